#include <zlib.h>

#include <algorithm>
#include <vector>

#include "core/assert.hpp"
#include "ingest/byte_source.hpp"

namespace attune {
namespace {

constexpr std::size_t kPackedChunkBytes = 64 << 10;
constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip header

class GzipBytes final : public ByteSource {
 public:
    GzipBytes(std::unique_ptr<ByteSource> packed, std::uint64_t packed_size,
              const ReaderLimits& limits)
        : packed_(std::move(packed)), guard_(packed_size, limits), chunk_(kPackedChunkBytes) {
        ATTUNE_ASSERT(inflateInit2(&stream_, kGzipWindow) == Z_OK);
    }
    ~GzipBytes() override { inflateEnd(&stream_); }
    GzipBytes(const GzipBytes&) = delete;
    GzipBytes& operator=(const GzipBytes&) = delete;

    Result<std::size_t> read(std::span<char> target) override {
        const std::size_t wanted = std::min<std::size_t>(target.size(), 1U << 30);
        stream_.next_out = reinterpret_cast<Bytef*>(target.data());
        stream_.avail_out = static_cast<uInt>(wanted);
        while (stream_.avail_out == wanted) {
            if (stream_.avail_in == 0) ATTUNE_TRY(fill());
            if (stream_.avail_in == 0) {
                if (between_members_) return 0;
                return fail(ErrorCode::kCorrupt, "is cut off: the gzip stream has no end");
            }
            if (between_members_ && !start_member()) {
                if (stream_.avail_in == 0) continue;
                return fail(ErrorCode::kCorrupt, "has bytes that are not gzip after the data");
            }
            ATTUNE_TRY(unpack());
        }
        const std::size_t count = wanted - stream_.avail_out;
        ATTUNE_TRY(guard_.add(count));
        return count;
    }

    [[nodiscard]] double progress() const override { return packed_->progress(); }

 private:
    Status fill() {
        ATTUNE_ASSIGN(const std::size_t count, packed_->read(chunk_));
        stream_.next_in = reinterpret_cast<Bytef*>(chunk_.data());
        stream_.avail_in = static_cast<uInt>(count);
        return {};
    }

    // Tapes and some tools pad with zeros; only those are passed over.
    bool start_member() {
        while (!first_ && stream_.avail_in > 0 && *stream_.next_in == 0) {
            ++stream_.next_in;
            --stream_.avail_in;
        }
        if (stream_.avail_in == 0) return false;
        if (!first_ && *stream_.next_in != 0x1F) return false;
        if (!first_) inflateReset(&stream_);
        first_ = false;
        between_members_ = false;
        return true;
    }

    Status unpack() {
        const int answer = inflate(&stream_, Z_NO_FLUSH);
        if (answer == Z_STREAM_END) {
            between_members_ = true;
            return {};
        }
        if (answer == Z_OK || answer == Z_BUF_ERROR) return {};
        return fail(ErrorCode::kCorrupt, "is not a sound gzip file: {}",
                    stream_.msg != nullptr ? stream_.msg : "damaged data");
    }

    std::unique_ptr<ByteSource> packed_;
    ExpansionGuard guard_;
    std::vector<char> chunk_;
    z_stream stream_{};
    bool first_ = true;
    bool between_members_ = true;
};

}  // namespace

std::unique_ptr<ByteSource> gzip_bytes(std::unique_ptr<ByteSource> packed,
                                       std::uint64_t packed_size, const ReaderLimits& limits) {
    return std::make_unique<GzipBytes>(std::move(packed), packed_size, limits);
}

}  // namespace attune
