#include <lzma.h>

#include <vector>

#include "core/assert.hpp"
#include "ingest/byte_source.hpp"

namespace attune {
namespace {

constexpr std::size_t kPackedChunkBytes = 64 << 10;
// `xz -9` takes 65 MiB to unpack; a header may ask for 4 GiB.
constexpr std::uint64_t kMaxUnpackMemory = 256ULL << 20;

class XzBytes final : public ByteSource {
 public:
    XzBytes(std::unique_ptr<ByteSource> packed, std::uint64_t packed_size,
            const ReaderLimits& limits)
        : packed_(std::move(packed)), guard_(packed_size, limits), chunk_(kPackedChunkBytes) {
        ATTUNE_ASSERT(lzma_stream_decoder(&stream_, kMaxUnpackMemory, LZMA_CONCATENATED) ==
                      LZMA_OK);
    }
    ~XzBytes() override { lzma_end(&stream_); }
    XzBytes(const XzBytes&) = delete;
    XzBytes& operator=(const XzBytes&) = delete;

    Result<std::size_t> read(std::span<char> target) override {
        stream_.next_out = reinterpret_cast<std::uint8_t*>(target.data());
        stream_.avail_out = target.size();
        while (!ended_ && stream_.avail_out == target.size()) {
            if (stream_.avail_in == 0 && !input_ended_) ATTUNE_TRY(fill());
            const lzma_ret answer = lzma_code(&stream_, input_ended_ ? LZMA_FINISH : LZMA_RUN);
            if (answer == LZMA_STREAM_END) {
                ended_ = true;
            } else if (answer != LZMA_OK) {
                return refuse(answer);
            }
        }
        const std::size_t count = target.size() - stream_.avail_out;
        ATTUNE_TRY(guard_.add(count));
        return count;
    }

    [[nodiscard]] double progress() const override { return packed_->progress(); }

 private:
    Status fill() {
        ATTUNE_ASSIGN(const std::size_t count, packed_->read(chunk_));
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(chunk_.data());
        stream_.avail_in = count;
        input_ended_ = count == 0;
        return {};
    }

    tl::unexpected<Error> refuse(lzma_ret answer) {
        switch (answer) {
            case LZMA_BUF_ERROR:
                return fail(ErrorCode::kCorrupt, "is cut off: the xz stream has no end");
            case LZMA_FORMAT_ERROR:
                return fail(ErrorCode::kCorrupt, "is not an .xz file");
            case LZMA_OPTIONS_ERROR:
                return fail(ErrorCode::kCorrupt, "uses options of xz that are not known");
            case LZMA_MEMLIMIT_ERROR:
                return fail(ErrorCode::kLimitExceeded,
                            "takes {} MiB of memory to unpack, {} are allowed; pack it with xz -9 "
                            "or less",
                            lzma_memusage(&stream_) >> 20, kMaxUnpackMemory >> 20);
            case LZMA_MEM_ERROR:
                return fail(ErrorCode::kUnavailable, "cannot be unpacked: out of memory");
            default:
                return fail(ErrorCode::kCorrupt, "is not a sound .xz file: damaged data");
        }
    }

    std::unique_ptr<ByteSource> packed_;
    ExpansionGuard guard_;
    std::vector<char> chunk_;
    lzma_stream stream_ = LZMA_STREAM_INIT;
    bool input_ended_ = false;
    bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> xz_bytes(std::unique_ptr<ByteSource> packed, std::uint64_t packed_size,
                                     const ReaderLimits& limits) {
    return std::make_unique<XzBytes>(std::move(packed), packed_size, limits);
}

}  // namespace attune
