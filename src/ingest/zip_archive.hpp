#pragma once

#include <zip.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/result.hpp"
#include "ingest/byte_source.hpp"
#include "ingest/input_file.hpp"

namespace attune {

/// One part of a zip archive, unpacked front to back. Checked on the way: against its declared
/// size, its checksum, and the limits.
///
/// @lifetime  the archive must outlive it
class ZipPart final : public ByteSource {
 public:
    /// @errors kCorrupt; kExpansionLimit
    Result<std::size_t> read(std::span<char> target) override;
    [[nodiscard]] double progress() const override;

 private:
    friend class ZipArchive;
    struct Closer {
        void operator()(zip_file_t* file) const { zip_fclose(file); }
    };

    ZipPart(zip_file_t* file, std::uint64_t size, ExpansionGuard guard)
        : file_(file), size_(size), guard_(guard) {}

    std::unique_ptr<zip_file_t, Closer> file_;
    std::uint64_t size_;
    ExpansionGuard guard_;
};

/// A zip archive opened for reading. Its directory is looked at before libzip loads it, so that a
/// huge one is refused and a missing one is told as a file that is cut off.
class ZipArchive {
 public:
    static constexpr std::uint64_t kMaxParts = 10'000;

    /// @errors kCorrupt: no zip archive, or damaged; kLimitExceeded: more than kMaxParts parts
    static Result<ZipArchive> open(InputFile file, const ReaderLimits& limits);

    /// Opens a part by its name, whatever its case; nullptr when there is none.
    /// @param max_bytes  that it may unpack to, next to the archive's limits
    /// @errors kCorrupt; kExpansionLimit: it declares more bytes than it may have;
    ///         kInvalidArgument: it is protected by a password
    Result<std::unique_ptr<ZipPart>> open_part(const std::string& name, std::uint64_t max_bytes);

 private:
    struct Discarder {
        void operator()(zip_t* archive) const { zip_discard(archive); }
    };

    ZipArchive(zip_t* archive, const ReaderLimits& limits) : archive_(archive), limits_(limits) {}

    std::unique_ptr<zip_t, Discarder> archive_;
    ReaderLimits limits_;
};

}  // namespace attune
