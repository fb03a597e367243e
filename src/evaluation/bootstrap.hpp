#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/thread_pool.hpp"

namespace attune {

struct Interval {
    double low = 0;
    double high = 0;

    friend bool operator==(const Interval&, const Interval&) = default;
};

/// A figure and how sure it is.
struct Estimate {
    double value = 0;
    std::optional<Interval> interval;  ///< none where resampling would mislead

    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// What a gain comes to: "better" or "worse" when its interval lies on one side of 0, else "no
/// clear difference".
std::string_view verdict_of(const Estimate& gain);

struct BootstrapOptions {
    std::size_t num_resamples = 1000;  ///< 100 to 1,000,000
    double confidence = 0.95;          ///< above 0, below 1
    std::uint64_t seed = 1;
};

/// Means over units (customers, rows) with percentile bootstrap intervals. All columns are
/// resampled together, so a column that holds the difference of two others gives the paired
/// comparison. The answer does not depend on the number of threads.
///
/// @param values  num_units x num_columns, by rows
/// @errors kInvalidArgument: no units, values that do not fill the rows, a value that is not
///         finite, options out of range
/// @cost   O(resamples units columns)
/// @source Efron, Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13
Result<std::vector<Estimate>> bootstrap_means(std::span<const double> values,
                                              std::size_t num_columns,
                                              const BootstrapOptions& options, ThreadPool& pool);

/// Mean of a - b, unit by unit.
/// @errors kInvalidArgument: different lengths, and those of bootstrap_means
Result<Estimate> bootstrap_difference(std::span<const double> a, std::span<const double> b,
                                      const BootstrapOptions& options, ThreadPool& pool);

/// A figure of the whole sample, such as an AUC.
///
/// @param statistic  of the sample in which unit i stands counts[i] times; NaN where it has no
///                   value (such as no positive row drawn): that resample is left out. Called from
///                   many threads.
/// @errors kInvalidArgument: no units, no value for the sample itself, fewer than half of the
///         resamples with a value, options out of range
Result<Estimate> bootstrap_statistic(
    std::size_t num_units, const std::function<double(std::span<const std::uint32_t>)>& statistic,
    const BootstrapOptions& options, ThreadPool& pool);

}  // namespace attune
