#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.hpp"
#include "ingest/file_format.hpp"

namespace attune {

/// A file that is written front to back, packed on the way if asked for, and appears under its
/// name at `finish`.
class ByteSink {
 public:
    virtual ~ByteSink() = default;
    /// @errors kUnavailable
    virtual Status write(std::string_view bytes) = 0;
    virtual Status finish() = 0;
};

/// @errors those of OutputFile::create
Result<std::unique_ptr<ByteSink>> create_bytes(const std::filesystem::path& path,
                                               Compression compression);

}  // namespace attune
