#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/bootstrap.hpp"
#include "evaluation/prediction_metrics.hpp"

namespace attune {

/// Probabilities for rows that the model did not learn from, such as each fold's by the model of
/// the other folds.
struct ProbabilityPredictions {
    std::string name;    ///< of the model
    std::string target;  ///< what is foreseen: "term deposit taken"
    std::span<const double> probabilities;
    std::span<const std::uint8_t> labels;  ///< 1 when it came true
    std::span<const std::uint32_t> folds;  ///< of each row, from 0; empty: not cross-validated
};

struct PredictionOptions {
    BootstrapOptions bootstrap = {};
    std::size_t num_bins = 10;  ///< of the calibration
    BinKind bin_kind = BinKind::kEqualWidth;
};

/// How well probabilities rank and how well they can be taken at their word. The baseline says
/// everybody's share of positives to everyone.
struct ClassificationEvaluation {
    std::string name;
    std::string target;
    BootstrapOptions bootstrap;
    std::size_t num_rows = 0;
    std::size_t num_positive = 0;
    Estimate auc;
    Estimate log_loss;  ///< nats
    Estimate brier;
    double baseline_auc = 0.5;
    double baseline_log_loss = 0;
    double baseline_brier = 0;
    Calibration calibration;
    std::vector<RocPoint> roc;     ///< thinned for drawing
    std::vector<double> fold_auc;  ///< by fold
    double fold_auc_mean = 0;
    double fold_auc_deviation = 0;  ///< sample standard deviation over folds
};

/// @errors kInvalidArgument: those of auc, log_loss and bootstrap_means; folds that are not one a
///         row; a fold with rows of one class only
Result<ClassificationEvaluation> evaluate_probabilities(const ProbabilityPredictions& predictions,
                                                        const PredictionOptions& options,
                                                        ThreadPool& pool);

struct NumberPredictions {
    std::string name;
    std::string target;
    std::string unit;  ///< of the numbers: "EUR a year"
    std::span<const double> predicted;
    std::span<const double> actual;
};

/// How far off predicted numbers are. The baseline says the actual mean.
struct RegressionEvaluation {
    std::string name;
    std::string target;
    std::string unit;
    BootstrapOptions bootstrap;
    std::size_t num_rows = 0;
    Estimate mse;
    Estimate rmse;
    Estimate mae;
    Estimate r2;
    RegressionMetrics baseline;
};

/// @errors kInvalidArgument: those of regression_metrics and bootstrap_statistic
Result<RegressionEvaluation> evaluate_numbers(const NumberPredictions& predictions,
                                              const BootstrapOptions& options, ThreadPool& pool);

}  // namespace attune
