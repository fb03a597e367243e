#include "evaluation/prediction_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/assert.hpp"

namespace attune {
namespace {

Status check_lengths(std::size_t num_predicted, std::size_t num_actual) {
    if (num_predicted == 0) return fail(ErrorCode::kInvalidArgument, "there are no predictions");
    if (num_predicted == num_actual) return {};
    return fail(ErrorCode::kInvalidArgument, "{} predictions for {} rows", num_predicted,
                num_actual);
}

Status check_finite(std::span<const double> values, std::string_view what) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            return fail(ErrorCode::kInvalidArgument, "row {}: {} is not finite", i, what);
        }
    }
    return {};
}

Status check_labels(std::span<const std::uint8_t> labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] > 1) {
            return fail(ErrorCode::kInvalidArgument, "row {}: label {} is neither 0 nor 1", i,
                        labels[i]);
        }
    }
    return {};
}

Status check_classes(std::span<const double> scores, std::span<const std::uint8_t> labels) {
    ATTUNE_TRY(check_lengths(scores.size(), labels.size()));
    ATTUNE_TRY(check_finite(scores, "the score"));
    ATTUNE_TRY(check_labels(labels));
    const auto num_positive =
        static_cast<std::size_t>(std::count(labels.begin(), labels.end(), std::uint8_t{1}));
    if (num_positive > 0 && num_positive < labels.size()) return {};
    return fail(ErrorCode::kInvalidArgument,
                "all {} rows are of one class: ranking them has no meaning", labels.size());
}

std::vector<std::size_t> ascending_order(std::span<const double> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

/// A bin whose means are still sums.
void add_to(CalibrationBin& bin, double probability, std::uint8_t label) {
    ++bin.num_rows;
    bin.mean_probability += probability;
    bin.positive_share += label;
}

std::vector<CalibrationBin> equal_width_bins(std::span<const double> probabilities,
                                             std::span<const std::uint8_t> labels,
                                             std::size_t num_bins) {
    std::vector<CalibrationBin> bins(num_bins);
    const auto count = static_cast<double>(num_bins);
    for (std::size_t b = 0; b < num_bins; ++b) {
        bins[b].low = static_cast<double>(b) / count;
        bins[b].high = static_cast<double>(b + 1) / count;
    }
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        const auto bin = static_cast<std::size_t>(probabilities[i] * count);
        add_to(bins[std::min(bin, num_bins - 1)], probabilities[i], labels[i]);
    }
    return bins;
}

std::vector<CalibrationBin> equal_count_bins(std::span<const double> probabilities,
                                             std::span<const std::uint8_t> labels,
                                             std::size_t num_bins) {
    const std::vector<std::size_t> order = ascending_order(probabilities);
    std::vector<CalibrationBin> bins;
    std::size_t division = 0;
    for (std::size_t next = 0; next < order.size();) {
        CalibrationBin bin;
        bin.low = probabilities[order[next]];
        // Ends where an even division would end, and where the next row differs.
        while (division * order.size() / num_bins <= next) ++division;
        const std::size_t end = division * order.size() / num_bins;
        do {
            bin.high = probabilities[order[next]];
            add_to(bin, bin.high, labels[order[next]]);
            ++next;
        } while (next < order.size() && (next < end || probabilities[order[next]] == bin.high));
        bins.push_back(bin);
    }
    return bins;
}

}  // namespace

Result<RegressionMetrics> regression_metrics(std::span<const double> predicted,
                                             std::span<const double> actual) {
    ATTUNE_TRY(check_lengths(predicted.size(), actual.size()));
    ATTUNE_TRY(check_finite(predicted, "the predicted number"));
    ATTUNE_TRY(check_finite(actual, "the actual number"));
    const auto count = static_cast<double>(actual.size());
    const double mean = std::accumulate(actual.begin(), actual.end(), 0.0) / count;
    double squared = 0;
    double absolute = 0;
    double spread = 0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double error = predicted[i] - actual[i];
        squared += error * error;
        absolute += std::abs(error);
        spread += (actual[i] - mean) * (actual[i] - mean);
    }
    const bool all_equal =
        std::adjacent_find(actual.begin(), actual.end(), std::not_equal_to<>()) == actual.end();
    if (all_equal || spread == 0) {
        return fail(ErrorCode::kInvalidArgument, "all {} actual numbers are equal: R2 has no value",
                    actual.size());
    }
    return RegressionMetrics{squared / count, std::sqrt(squared / count), absolute / count,
                             1 - squared / spread};
}

Result<AucOfCounts> AucOfCounts::create(std::span<const double> scores,
                                        std::span<const std::uint8_t> labels) {
    ATTUNE_TRY(check_classes(scores, labels));
    AucOfCounts auc_of;
    const std::vector<std::size_t> order = ascending_order(scores);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool last = i + 1 == order.size() || scores[order[i + 1]] != scores[order[i]];
        auc_of.rows_.push_back({order[i], labels[order[i]] == 1, last});
    }
    return auc_of;
}

double AucOfCounts::operator()(std::span<const std::uint32_t> counts) const {
    ATTUNE_ASSERT(counts.size() == rows_.size());
    // Whole numbers throughout (pairs are counted twice so that half a tie is one), hence exact.
    std::uint64_t twice_ordered = 0;
    std::uint64_t negatives_below = 0;
    std::uint64_t num_positive = 0;
    std::uint64_t tied_positive = 0;
    std::uint64_t tied_negative = 0;
    for (const Row& row : rows_) {
        (row.positive ? tied_positive : tied_negative) += counts[row.index];
        if (!row.ends_tie) continue;
        twice_ordered += tied_positive * (2 * negatives_below + tied_negative);
        negatives_below += tied_negative;
        num_positive += tied_positive;
        tied_positive = tied_negative = 0;
    }
    if (num_positive == 0 || negatives_below == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(twice_ordered) /
           (2 * static_cast<double>(num_positive) * static_cast<double>(negatives_below));
}

Result<double> auc(std::span<const double> scores, std::span<const std::uint8_t> labels) {
    ATTUNE_ASSIGN(const AucOfCounts auc_of, AucOfCounts::create(scores, labels));
    return auc_of(std::vector<std::uint32_t>(scores.size(), 1U));
}

Result<std::vector<RocPoint>> roc_curve(std::span<const double> scores,
                                        std::span<const std::uint8_t> labels) {
    ATTUNE_TRY(check_classes(scores, labels));
    const auto num_positive =
        static_cast<double>(std::count(labels.begin(), labels.end(), std::uint8_t{1}));
    const double num_negative = static_cast<double>(labels.size()) - num_positive;
    std::vector<std::size_t> order = ascending_order(scores);
    std::reverse(order.begin(), order.end());
    std::vector<RocPoint> curve{{0, 0, std::numeric_limits<double>::infinity()}};
    double true_positives = 0;
    double false_positives = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        (labels[order[i]] == 1 ? true_positives : false_positives) += 1;
        if (i + 1 < order.size() && scores[order[i + 1]] == scores[order[i]]) continue;
        curve.push_back(
            {false_positives / num_negative, true_positives / num_positive, scores[order[i]]});
    }
    return curve;
}

std::vector<RocPoint> thin_roc(std::span<const RocPoint> curve, double step) {
    std::vector<RocPoint> kept;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        const bool is_end = i == 0 || i + 1 == curve.size();
        if (is_end || curve[i].false_positive_rate - kept.back().false_positive_rate >= step ||
            curve[i].true_positive_rate - kept.back().true_positive_rate >= step) {
            kept.push_back(curve[i]);
        }
    }
    return kept;
}

Status check_probabilities(std::span<const double> probabilities,
                           std::span<const std::uint8_t> labels) {
    ATTUNE_TRY(check_lengths(probabilities.size(), labels.size()));
    ATTUNE_TRY(check_labels(labels));
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
            return fail(ErrorCode::kInvalidArgument, "row {}: {} is no probability: 0 to 1", i,
                        probabilities[i]);
        }
    }
    return {};
}

double log_loss_of(double probability, std::uint8_t label) {
    const double of_outcome = label == 1 ? probability : 1 - probability;
    return -std::log(std::clamp(of_outcome, kLogLossClip, 1 - kLogLossClip));
}

double squared_loss_of(double probability, std::uint8_t label) {
    return (probability - label) * (probability - label);
}

Result<double> log_loss(std::span<const double> probabilities,
                        std::span<const std::uint8_t> labels) {
    ATTUNE_TRY(check_probabilities(probabilities, labels));
    double sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) sum += log_loss_of(probabilities[i], labels[i]);
    return sum / static_cast<double>(labels.size());
}

Result<double> brier_score(std::span<const double> probabilities,
                           std::span<const std::uint8_t> labels) {
    ATTUNE_TRY(check_probabilities(probabilities, labels));
    double sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        sum += squared_loss_of(probabilities[i], labels[i]);
    }
    return sum / static_cast<double>(labels.size());
}

Result<Calibration> calibration(std::span<const double> probabilities,
                                std::span<const std::uint8_t> labels, std::size_t num_bins,
                                BinKind kind) {
    ATTUNE_TRY(check_probabilities(probabilities, labels));
    if (num_bins == 0) return fail(ErrorCode::kInvalidArgument, "calibration takes 1 bin or more");
    Calibration result;
    result.bins = kind == BinKind::kEqualWidth ? equal_width_bins(probabilities, labels, num_bins)
                                               : equal_count_bins(probabilities, labels, num_bins);
    std::erase_if(result.bins, [](const CalibrationBin& bin) { return bin.num_rows == 0; });
    for (CalibrationBin& bin : result.bins) {
        const auto count = static_cast<double>(bin.num_rows);
        bin.mean_probability /= count;
        bin.positive_share /= count;
        const double error = std::abs(bin.positive_share - bin.mean_probability);
        result.expected_calibration_error += error * count / static_cast<double>(labels.size());
        result.maximum_calibration_error = std::max(result.maximum_calibration_error, error);
    }
    return result;
}

}  // namespace attune
