#include "support/source_path.hpp"

namespace attune {

std::string source_path(std::string_view relative) {
    return ATTUNE_SOURCE_DIR "/" + std::string(relative);
}

}  // namespace attune
