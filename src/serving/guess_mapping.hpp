#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "core/result.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// The name of the mapping whose columns a file has: one of the .toml files of the folders, the one
/// with the most columns where several fit; else the native one whose fields the file has.
///
/// @errors those of open_rows and of the mapping files; kInvalidArgument: none fits, with the
///         mappings that there are
Result<std::string> guess_mapping(const std::filesystem::path& file,
                                  std::span<const std::filesystem::path> folders,
                                  const ReaderLimits& limits);

}  // namespace attune
