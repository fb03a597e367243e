#pragma once

#include <cstddef>

#include "core/random.hpp"
#include "math/factor_rows.hpp"

namespace attune {

/// What a descent begins with: normal factors that make rows of the length `deviation` on average.
FactorRows random_factors(std::size_t num_rows, std::size_t num_factors, double deviation,
                          Random& random);

/// Whether it came to no infinity or NaN.
bool all_finite(const FactorRows& factors);

}  // namespace attune
