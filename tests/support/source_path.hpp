#pragma once

#include <string>
#include <string_view>

namespace attune {

/// Of a file of the source tree: "config/mappings".
std::string source_path(std::string_view relative);

}  // namespace attune
