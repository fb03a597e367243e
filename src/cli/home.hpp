#pragma once

#include <filesystem>
#include <string>

#include "core/result.hpp"

namespace attune {

/// The folder that holds config/mappings, config/templates and data: $ATTUNE_HOME, or the nearest
/// folder above the program, or above the working directory, that has config/mappings in it, or
/// ../share/attune beside the program.
/// @errors kNotFound names the places that were looked at
Result<std::filesystem::path> find_home();

/// The pack.toml of the bundled pack `name`. @errors kNotFound lists the packs there are
Result<std::filesystem::path> find_pack(const std::filesystem::path& home, const std::string& name);

}  // namespace attune
