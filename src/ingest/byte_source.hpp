#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include "core/result.hpp"
#include "ingest/file_format.hpp"
#include "ingest/input_file.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// Bytes from front to back, in bounded memory.
class ByteSource {
 public:
    virtual ~ByteSource() = default;

    /// Puts the next bytes into `target`, which is not empty; 0 only at the end.
    /// @errors kCorrupt: a packed stream is damaged or cut off; kExpansionLimit: it unpacks to more
    ///         than the limits allow; kLimitExceeded: unpacking it takes too much memory;
    ///         kUnavailable: the system cannot read
    virtual Result<std::size_t> read(std::span<char> target) = 0;

    /// Share of the packed bytes behind us, 0 to 1.
    [[nodiscard]] virtual double progress() const = 0;
};

/// Opens the bytes of `file`, unpacked.
std::unique_ptr<ByteSource> open_bytes(InputFile file, Compression compression,
                                       const ReaderLimits& limits);

/// Bytes that are in memory already.
std::unique_ptr<ByteSource> memory_bytes(std::string bytes);

/// Unpacks a gzip file, members one after another included.
std::unique_ptr<ByteSource> gzip_bytes(std::unique_ptr<ByteSource> packed,
                                       std::uint64_t packed_size, const ReaderLimits& limits);

/// Unpacks an .xz file, streams one after another included.
std::unique_ptr<ByteSource> xz_bytes(std::unique_ptr<ByteSource> packed, std::uint64_t packed_size,
                                     const ReaderLimits& limits);

/// Counts what a packed file unpacks to and says when it is too much.
class ExpansionGuard {
 public:
    /// @param max_bytes  a limit of its own, next to those that can be set
    ExpansionGuard(std::uint64_t packed_size, const ReaderLimits& limits,
                   std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max())
        : packed_size_(packed_size),
          is_setting_(limits.max_unpacked_bytes <= max_bytes),
          max_unpacked_bytes_(std::min(limits.max_unpacked_bytes, max_bytes)),
          max_ratio_(limits.max_expansion_ratio) {}

    /// @errors kExpansionLimit
    Status add(std::uint64_t unpacked);

    [[nodiscard]] std::uint64_t unpacked() const { return unpacked_; }

 private:
    std::uint64_t packed_size_;
    bool is_setting_;  ///< whether the limit below is the one that can be set
    std::uint64_t max_unpacked_bytes_;
    double max_ratio_;
    std::uint64_t unpacked_ = 0;
};

}  // namespace attune
