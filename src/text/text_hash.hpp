#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace attune {

/// Lets hash tables of strings be asked with views.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
using TextSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

}  // namespace attune
