#pragma once

#include <filesystem>
#include <string>

#include "core/result.hpp"

namespace attune {

/// Where to look for the home folder.
struct HomePlaces {
    std::string set;                 ///< $ATTUNE_HOME; empty: not set
    std::filesystem::path program;   ///< the folder of the program
    std::filesystem::path work_dir;  ///< the working directory
};

/// The folder that holds config/mappings, config/templates and data. In this order: $ATTUNE_HOME;
/// ../share/attune beside the program, where it is installed; the nearest folder above the program
/// with config/mappings in it, where it is built; and only then the nearest above the working
/// directory: what lies where somebody happens to work must not change what an installed program
/// does.
/// @errors kNotFound names the places that were looked at
Result<std::filesystem::path> find_home(const HomePlaces& places);

/// The same for this process.
Result<std::filesystem::path> find_home();

/// The pack.toml of the bundled pack `name`. @errors kNotFound lists the packs there are
Result<std::filesystem::path> find_pack(const std::filesystem::path& home, const std::string& name);

}  // namespace attune
