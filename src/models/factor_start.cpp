#include "models/factor_start.hpp"

#include <cmath>
#include <span>

#include "math/dense.hpp"

namespace attune {

FactorRows random_factors(std::size_t num_rows, std::size_t num_factors, double deviation,
                          Random& random) {
    const double each = deviation / std::sqrt(static_cast<double>(num_factors));
    FactorRows factors(num_rows, num_factors);
    for (std::size_t row = 0; row < num_rows; ++row) {
        for (float& value : factors.row(row)) value = static_cast<float>(each * random.normal());
    }
    return factors;
}

bool all_finite(const FactorRows& factors) {
    return all_finite(std::span(factors.data(), factors.num_rows() * factors.stride()));
}

}  // namespace attune
