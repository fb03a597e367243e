#include "ingest/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace attune {
namespace {

// Any small file may unpack well; what counts as a bomb has to be big.
constexpr std::uint64_t kFreeUnpackedBytes = 64ULL << 20;

class FileBytes final : public ByteSource {
 public:
    explicit FileBytes(InputFile file) : file_(std::move(file)) {}

    Result<std::size_t> read(std::span<char> target) override {
        ATTUNE_ASSIGN(const std::size_t count, file_.read_at(offset_, target));
        offset_ += count;
        return count;
    }

    [[nodiscard]] double progress() const override {
        return std::min(1.0, static_cast<double>(offset_) / static_cast<double>(file_.size()));
    }

 private:
    InputFile file_;
    std::uint64_t offset_ = 0;
};

class MemoryBytes final : public ByteSource {
 public:
    explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)) {}

    Result<std::size_t> read(std::span<char> target) override {
        const std::size_t count = std::min(target.size(), bytes_.size() - offset_);
        std::memcpy(target.data(), bytes_.data() + offset_, count);
        offset_ += count;
        return count;
    }

    [[nodiscard]] double progress() const override {
        if (bytes_.empty()) return 1.0;
        return static_cast<double>(offset_) / static_cast<double>(bytes_.size());
    }

 private:
    std::string bytes_;
    std::size_t offset_ = 0;
};

}  // namespace

Status ExpansionGuard::add(std::uint64_t unpacked) {
    unpacked_ += unpacked;
    if (unpacked_ > max_unpacked_bytes_) {
        return fail(ErrorCode::kExpansionLimit,
                    "unpacks to more than the {} MiB allowed{} (it has {} bytes packed)",
                    max_unpacked_bytes_ >> 20, is_setting_ ? " by import.max_unpacked_mib" : "",
                    packed_size_);
    }
    const double ratio = static_cast<double>(unpacked_) /
                         static_cast<double>(std::max<std::uint64_t>(packed_size_, 1));
    if (unpacked_ > kFreeUnpackedBytes && ratio > max_ratio_) {
        return fail(ErrorCode::kExpansionLimit,
                    "unpacks to more than {:g} times (import.max_expansion_ratio) its {} bytes; "
                    "no real data does",
                    max_ratio_, packed_size_);
    }
    return {};
}

std::unique_ptr<ByteSource> memory_bytes(std::string bytes) {
    return std::make_unique<MemoryBytes>(std::move(bytes));
}

std::unique_ptr<ByteSource> open_bytes(InputFile file, Compression compression,
                                       const ReaderLimits& limits) {
    const std::uint64_t size = file.size();
    auto plain = std::make_unique<FileBytes>(std::move(file));
    switch (compression) {
        case Compression::kGzip:
            return gzip_bytes(std::move(plain), size, limits);
        case Compression::kXz:
            return xz_bytes(std::move(plain), size, limits);
        case Compression::kNone:
            break;
    }
    return plain;
}

}  // namespace attune
