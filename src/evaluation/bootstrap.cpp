#include "evaluation/bootstrap.hpp"

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "math/statistics.hpp"

namespace attune {
namespace {

constexpr std::size_t kMinResamples = 100;
constexpr std::size_t kMaxResamples = 1'000'000;

Status check(std::size_t num_units, const BootstrapOptions& options) {
    if (num_units == 0) {
        return fail(ErrorCode::kInvalidArgument, "there is nothing to resample");
    }
    if (options.num_resamples < kMinResamples || options.num_resamples > kMaxResamples) {
        return fail(ErrorCode::kInvalidArgument, "{} resamples: take {} to {}",
                    options.num_resamples, kMinResamples, kMaxResamples);
    }
    if (!(options.confidence > 0 && options.confidence < 1)) {
        return fail(ErrorCode::kInvalidArgument, "confidence {}: take one between 0 and 1",
                    options.confidence);
    }
    return {};
}

/// Each resample has a stream of its own, so that it does not matter which thread draws it.
std::vector<std::uint64_t> resample_seeds(const BootstrapOptions& options) {
    Random random(options.seed);
    std::vector<std::uint64_t> seeds(options.num_resamples);
    for (std::uint64_t& seed : seeds) seed = random.next();
    return seeds;
}

/// Draws as many units as there are, with replacement.
void draw_counts(std::uint64_t seed, std::vector<std::uint32_t>& counts) {
    Random random(seed);
    std::fill(counts.begin(), counts.end(), 0U);
    for (std::size_t i = 0; i < counts.size(); ++i) ++counts[random.below(counts.size())];
}

Interval percentile_interval(std::span<const double> values, double confidence) {
    const double tail = (1 - confidence) / 2;
    return {quantile(values, tail), quantile(values, 1 - tail)};
}

void add_row(std::span<const double> row, double count, double* sums) {
    for (std::size_t column = 0; column < row.size(); ++column) sums[column] += count * row[column];
}

}  // namespace

std::string_view verdict_of(const Estimate& gain) {
    if (gain.interval && gain.interval->low > 0) return "better";
    if (gain.interval && gain.interval->high < 0) return "worse";
    return "no clear difference";
}

Result<std::vector<Estimate>> bootstrap_means(std::span<const double> values,
                                              std::size_t num_columns,
                                              const BootstrapOptions& options, ThreadPool& pool) {
    if (num_columns == 0 || values.size() % num_columns != 0) {
        return fail(ErrorCode::kInvalidArgument, "{} values do not make rows of {}", values.size(),
                    num_columns);
    }
    const std::size_t num_units = values.size() / num_columns;
    ATTUNE_TRY(check(num_units, options));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            return fail(ErrorCode::kInvalidArgument, "row {}, column {} is not finite",
                        i / num_columns, i % num_columns);
        }
    }
    const double scale = 1.0 / static_cast<double>(num_units);
    const std::vector<std::uint64_t> seeds = resample_seeds(options);
    std::vector<double> sums(options.num_resamples * num_columns, 0.0);
    pool.parallel_for(options.num_resamples, 16,
                      [&](std::size_t begin, std::size_t end, std::size_t) {
                          std::vector<std::uint32_t> counts(num_units);
                          for (std::size_t resample = begin; resample < end; ++resample) {
                              draw_counts(seeds[resample], counts);
                              double* const row_sums = &sums[resample * num_columns];
                              for (std::size_t unit = 0; unit < num_units; ++unit) {
                                  if (counts[unit] == 0) continue;
                                  add_row(values.subspan(unit * num_columns, num_columns),
                                          counts[unit], row_sums);
                              }
                          }
                      });

    std::vector<Estimate> estimates(num_columns);
    std::vector<double> means(options.num_resamples);
    for (std::size_t column = 0; column < num_columns; ++column) {
        double sum = 0;
        for (std::size_t unit = 0; unit < num_units; ++unit)
            sum += values[unit * num_columns + column];
        for (std::size_t resample = 0; resample < options.num_resamples; ++resample) {
            means[resample] = sums[resample * num_columns + column] * scale;
        }
        estimates[column] = {sum * scale, percentile_interval(means, options.confidence)};
    }
    return estimates;
}

Result<Estimate> bootstrap_difference(std::span<const double> a, std::span<const double> b,
                                      const BootstrapOptions& options, ThreadPool& pool) {
    if (a.size() != b.size()) {
        return fail(ErrorCode::kInvalidArgument,
                    "a paired comparison takes as many values of each: {} and {}", a.size(),
                    b.size());
    }
    std::vector<double> differences(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
    ATTUNE_ASSIGN(const std::vector<Estimate> estimates,
                  bootstrap_means(differences, 1, options, pool));
    return estimates.front();
}

Result<Estimate> bootstrap_statistic(
    std::size_t num_units, const std::function<double(std::span<const std::uint32_t>)>& statistic,
    const BootstrapOptions& options, ThreadPool& pool) {
    ATTUNE_TRY(check(num_units, options));
    const std::vector<std::uint32_t> once(num_units, 1U);
    const double value = statistic(once);
    if (!std::isfinite(value)) {
        return fail(ErrorCode::kInvalidArgument, "the figure has no value for this sample");
    }
    const std::vector<std::uint64_t> seeds = resample_seeds(options);
    std::vector<double> resampled(options.num_resamples);
    pool.parallel_for(options.num_resamples, 4,
                      [&](std::size_t begin, std::size_t end, std::size_t) {
                          std::vector<std::uint32_t> counts(num_units);
                          for (std::size_t i = begin; i < end; ++i) {
                              draw_counts(seeds[i], counts);
                              resampled[i] = statistic(counts);
                          }
                      });
    std::erase_if(resampled, [](double figure) { return std::isnan(figure); });
    if (resampled.size() * 2 < options.num_resamples) {
        return fail(ErrorCode::kInvalidArgument,
                    "only {} of {} resamples have a value: there are too few units",
                    resampled.size(), options.num_resamples);
    }
    return Estimate{value, percentile_interval(resampled, options.confidence)};
}

}  // namespace attune
