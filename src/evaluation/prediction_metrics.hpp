#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// How far predicted numbers are from the actual ones, in their unit (squared for `mse`).
/// @source Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2009, ch. 7
struct RegressionMetrics {
    double mse = 0;   ///< mean squared error
    double rmse = 0;  ///< its square root
    double mae = 0;   ///< mean absolute error
    double r2 = 0;    ///< 1 - squared error / squared error of the actual mean; can be negative
};

/// @errors kInvalidArgument: no rows, different lengths, a number that is not finite, actual
///         numbers that are all equal (R2 has no value)
Result<RegressionMetrics> regression_metrics(std::span<const double> predicted,
                                             std::span<const double> actual);

/// Chance that a positive row scores above a negative one; ties count half. By ranks, exact.
///
/// @param labels  1 for positive rows, 0 for negative ones
/// @errors kInvalidArgument: no rows, different lengths, a score that is not finite, a label other
///         than 0 and 1, only one class
/// @cost   O(n log n)
/// @source Hanley, McNeil, Radiology 143(1), 1982; Mann, Whitney, 1947
Result<double> auc(std::span<const double> scores, std::span<const std::uint8_t> labels);

/// The AUC of resamples: the rows are sorted once.
/// @lifetime  owns its copy of what it needs
class AucOfCounts {
 public:
    /// @errors those of `auc`
    static Result<AucOfCounts> create(std::span<const double> scores,
                                      std::span<const std::uint8_t> labels);

    /// Row i stands counts[i] times; NaN when only one class is left.
    /// @pre counts has one entry a row. @cost O(n)
    [[nodiscard]] double operator()(std::span<const std::uint32_t> counts) const;

 private:
    struct Row {
        std::size_t index;
        bool positive;
        bool ends_tie;  ///< the last of the rows with this score
    };
    std::vector<Row> rows_;  ///< ascending by score
};

/// A point of the receiver operating characteristic: what calling positive all rows with at least
/// `threshold` gives.
struct RocPoint {
    double false_positive_rate = 0;
    double true_positive_rate = 0;
    double threshold = 0;  ///< infinity at (0, 0)
};

/// From (0, 0) to (1, 1), one point a distinct score. @errors those of `auc`
/// @source Fawcett, Pattern Recognition Letters 27(8), 2006
Result<std::vector<RocPoint>> roc_curve(std::span<const double> scores,
                                        std::span<const std::uint8_t> labels);

/// As few of the points as draw the same picture: neighbours closer than `step` are left out, the
/// ends stay.
std::vector<RocPoint> thin_roc(std::span<const RocPoint> curve, double step);

/// Probabilities of exactly 0 or 1 are taken for this far from them, so that one confident mistake
/// does not make the loss infinite.
inline constexpr double kLogLossClip = 1e-15;

/// Mean of -ln of the probability given to what happened, in nats.
/// @errors kInvalidArgument: no rows, different lengths, a probability outside [0, 1], a label
///         other than 0 and 1
/// @source Good, J. Royal Statistical Society B 14(1), 1952
Result<double> log_loss(std::span<const double> probabilities,
                        std::span<const std::uint8_t> labels);

/// Mean squared difference of probability and outcome. @errors those of log_loss
/// @source Brier, Monthly Weather Review 78(1), 1950
Result<double> brier_score(std::span<const double> probabilities,
                           std::span<const std::uint8_t> labels);

/// The two losses of one row with a checked probability and label.
double log_loss_of(double probability, std::uint8_t label);
double squared_loss_of(double probability, std::uint8_t label);

/// Refuses what log_loss refuses.
Status check_probabilities(std::span<const double> probabilities,
                           std::span<const std::uint8_t> labels);

enum class BinKind {
    kEqualWidth,  ///< of probability
    kEqualCount,  ///< of rows; rows of one probability stay together
};

struct CalibrationBin {
    double low = 0;   ///< inclusive; for equal counts the lowest probability in the bin
    double high = 0;  ///< exclusive but for the last; for equal counts the highest in the bin
    std::size_t num_rows = 0;
    double mean_probability = 0;
    double positive_share = 0;
};

/// Whether of the rows given p a share of p is positive.
struct Calibration {
    std::vector<CalibrationBin> bins;       ///< those with rows, ascending
    double expected_calibration_error = 0;  ///< mean |share - probability| over bins, by rows
    double maximum_calibration_error = 0;
};

/// @errors those of log_loss, and 0 bins
/// @source Naeini, Cooper, Hauskrecht, AAAI 2015; DeGroot, Fienberg, The Statistician 32, 1983
Result<Calibration> calibration(std::span<const double> probabilities,
                                std::span<const std::uint8_t> labels, std::size_t num_bins = 10,
                                BinKind kind = BinKind::kEqualWidth);

}  // namespace attune
