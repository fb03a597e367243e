#pragma once

#include <cstddef>

namespace attune {

/// Inner product by the widest vectors of this processor, summed in float: between instruction sets
/// it differs by rounding, at most 2 size 2^-24 of the sum of the absolute products. `dot` sums in
/// double, alike everywhere.
/// @cost O(size)
[[nodiscard]] float float_dot(const float* a, const float* b, std::size_t size);

}  // namespace attune
