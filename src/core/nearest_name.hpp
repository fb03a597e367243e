#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace attune {

/// The one of `known` that somebody who wrote `name` most likely meant: the fewest letters left
/// out, added, exchanged or swapped with their neighbour. None when even that one is further away
/// than a third of its length (at least 2).
/// @cost   O(names x length^2)
/// @source Damerau, CACM 7(3), 1964: optimal string alignment
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> known);

}  // namespace attune
