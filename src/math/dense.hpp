#pragma once

#include <cstddef>
#include <span>

namespace attune {

/// Inner product, summed in double in an order that depends on the length only.
///
/// Eight partial sums: compilers turn the inner loop into vector instructions without leave to
/// reorder floating-point sums.
template <typename A, typename B>
[[nodiscard]] double dot(const A* a, const B* b, std::size_t size) {
    constexpr std::size_t kLanes = 8;
    double lanes[kLanes] = {};
    std::size_t i = 0;
    for (; i + kLanes <= size; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            lanes[lane] += static_cast<double>(a[i + lane]) * static_cast<double>(b[i + lane]);
        }
    }
    double sum = 0;
    for (; i < size; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    for (const double lane : lanes) sum += lane;
    return sum;
}

/// Whether no value is infinite or NaN.
[[nodiscard]] bool all_finite(std::span<const float> values);
[[nodiscard]] bool all_finite(std::span<const double> values);

}  // namespace attune
