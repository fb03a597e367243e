#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// One file of a pack and how it is read.
struct PackImport {
    std::filesystem::path file;
    std::string mapping;  ///< for find_mapping
    std::string sheet;    ///< empty: as the mapping says
};

/// A folder with data that is ready to import, described by its pack.toml.
struct Pack {
    std::string name;
    std::string title;
    std::string notice;  ///< what has to be said wherever the data is shown
    std::string licence;
    std::vector<PackImport> imports;  ///< in the order in which they must run
};

/// @param path  the pack.toml, or the folder that holds it
/// @errors kNotFound: no manifest, or a file that it names is not there; kInvalidArgument: TOML, an
///         unknown or missing key, a file outside the pack
Result<Pack> load_pack(const std::filesystem::path& path);

}  // namespace attune
