#include "math/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/assert.hpp"

namespace attune {

double mean(std::span<const double> values) {
    if (values.empty()) return 0;
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance(std::span<const double> values) {
    if (values.size() < 2) return 0;
    const double center = mean(values);
    double squares = 0;
    for (const double value : values) squares += (value - center) * (value - center);
    return squares / static_cast<double>(values.size() - 1);
}

double quantile(std::span<const double> values, double probability) {
    ATTUNE_ASSERT(probability >= 0 && probability <= 1);
    if (values.empty()) return 0;
    std::vector<double> sorted(values.begin(), values.end());
    const double position = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const auto lower = sorted.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(sorted.begin(), lower, sorted.end());
    const double low = *lower;
    if (below + 1 == sorted.size()) return low;
    const double high = *std::min_element(lower + 1, sorted.end());
    return low + (position - static_cast<double>(below)) * (high - low);
}

}  // namespace attune
