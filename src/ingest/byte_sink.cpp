#include "ingest/byte_sink.hpp"

#include <lzma.h>
#define ZLIB_CONST  // input that is not written to
#include <zlib.h>

#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "ingest/output_file.hpp"

namespace attune {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;
constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip header
constexpr std::uint32_t kXzPreset = 6;

class PlainSink final : public ByteSink {
 public:
    explicit PlainSink(OutputFile file) : file_(std::move(file)) { buffer_.reserve(kBufferBytes); }

    Status write(std::string_view bytes) override {
        if (buffer_.size() + bytes.size() > kBufferBytes) {
            ATTUNE_TRY(file_.write(buffer_));
            buffer_.clear();
        }
        if (bytes.size() > kBufferBytes) return file_.write(bytes);
        buffer_ += bytes;
        return {};
    }

    Status finish() override {
        ATTUNE_TRY(file_.write(buffer_));
        return file_.commit();
    }

 private:
    OutputFile file_;
    std::string buffer_;
};

class GzipSink final : public ByteSink {
 public:
    explicit GzipSink(OutputFile file) : file_(std::move(file)), packed_(kBufferBytes) {
        ATTUNE_ASSERT(deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                                   Z_DEFAULT_STRATEGY) == Z_OK);
    }
    ~GzipSink() override { deflateEnd(&stream_); }
    GzipSink(const GzipSink&) = delete;
    GzipSink& operator=(const GzipSink&) = delete;

    Status write(std::string_view bytes) override {
        constexpr std::size_t kMaxPiece = 1U << 30;  // zlib counts in 32 bits
        while (!bytes.empty()) {
            const std::string_view piece = bytes.substr(0, kMaxPiece);
            ATTUNE_TRY(pack(piece, Z_NO_FLUSH));
            bytes.remove_prefix(piece.size());
        }
        return {};
    }

    Status finish() override {
        ATTUNE_TRY(pack({}, Z_FINISH));
        return file_.commit();
    }

 private:
    Status pack(std::string_view bytes, int flush) {
        stream_.next_in = reinterpret_cast<const Bytef*>(bytes.data());
        stream_.avail_in = static_cast<uInt>(bytes.size());
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(packed_.data());
            stream_.avail_out = static_cast<uInt>(packed_.size());
            ATTUNE_ASSERT(deflate(&stream_, flush) != Z_STREAM_ERROR);
            ATTUNE_TRY(file_.write({packed_.data(), packed_.size() - stream_.avail_out}));
        } while (stream_.avail_out == 0);
        return {};
    }

    OutputFile file_;
    std::vector<char> packed_;
    z_stream stream_{};
};

class XzSink final : public ByteSink {
 public:
    explicit XzSink(OutputFile file) : file_(std::move(file)), packed_(kBufferBytes) {
        ATTUNE_ASSERT(lzma_easy_encoder(&stream_, kXzPreset, LZMA_CHECK_CRC64) == LZMA_OK);
    }
    ~XzSink() override { lzma_end(&stream_); }
    XzSink(const XzSink&) = delete;
    XzSink& operator=(const XzSink&) = delete;

    Status write(std::string_view bytes) override { return pack(bytes, LZMA_RUN); }

    Status finish() override {
        ATTUNE_TRY(pack({}, LZMA_FINISH));
        return file_.commit();
    }

 private:
    Status pack(std::string_view bytes, lzma_action action) {
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
        stream_.avail_in = bytes.size();
        while (true) {
            stream_.next_out = reinterpret_cast<std::uint8_t*>(packed_.data());
            stream_.avail_out = packed_.size();
            const lzma_ret answer = lzma_code(&stream_, action);
            if (answer == LZMA_MEM_ERROR) {
                return fail(ErrorCode::kUnavailable, "cannot be packed: out of memory");
            }
            ATTUNE_ASSERT(answer == LZMA_OK || answer == LZMA_STREAM_END ||
                          answer == LZMA_BUF_ERROR);
            ATTUNE_TRY(file_.write({packed_.data(), packed_.size() - stream_.avail_out}));
            const bool done = action == LZMA_RUN ? stream_.avail_in == 0 && stream_.avail_out > 0
                                                 : answer == LZMA_STREAM_END;
            if (done) return {};
        }
    }

    OutputFile file_;
    std::vector<char> packed_;
    lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace

Result<std::unique_ptr<ByteSink>> create_bytes(const std::filesystem::path& path,
                                               Compression compression) {
    ATTUNE_ASSIGN(OutputFile file, OutputFile::create(path));
    std::unique_ptr<ByteSink> sink;
    switch (compression) {
        case Compression::kNone:
            sink = std::make_unique<PlainSink>(std::move(file));
            break;
        case Compression::kGzip:
            sink = std::make_unique<GzipSink>(std::move(file));
            break;
        case Compression::kXz:
            sink = std::make_unique<XzSink>(std::move(file));
            break;
    }
    return sink;
}

}  // namespace attune
