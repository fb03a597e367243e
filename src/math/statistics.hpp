#pragma once

#include <span>

namespace attune {

/// Arithmetic mean; 0 for no values.
double mean(std::span<const double> values);

/// Sample variance, divided by n - 1; 0 for fewer than two values.
double variance(std::span<const double> values);

/// The value below which the share `probability` of the values lies, interpolated linearly between
/// the two nearest; 0 for no values. @pre 0 <= probability <= 1
/// @source Hyndman, Fan, The American Statistician 50(4), 1996: definition 7
double quantile(std::span<const double> values, double probability);

}  // namespace attune
