#include "evaluation/evaluate_predictions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "math/statistics.hpp"

namespace attune {
namespace {

constexpr double kRocStep = 0.005;  ///< finer than a pixel of the report's charts

Status add_folds(const ProbabilityPredictions& predictions, ClassificationEvaluation& evaluation) {
    if (predictions.folds.empty()) return {};
    if (predictions.folds.size() != predictions.labels.size()) {
        return fail(ErrorCode::kInvalidArgument, "{} folds for {} rows", predictions.folds.size(),
                    predictions.labels.size());
    }
    const std::uint32_t last =
        *std::max_element(predictions.folds.begin(), predictions.folds.end());
    if (last >= predictions.folds.size()) {
        return fail(ErrorCode::kInvalidArgument, "fold {} of {} rows: folds count from 0", last,
                    predictions.folds.size());
    }
    struct FoldRowsOfOne {
        std::vector<double> scores;
        std::vector<std::uint8_t> labels;
    };
    std::vector<FoldRowsOfOne> by_fold(last + 1);
    for (std::size_t i = 0; i < predictions.folds.size(); ++i) {
        by_fold[predictions.folds[i]].scores.push_back(predictions.probabilities[i]);
        by_fold[predictions.folds[i]].labels.push_back(predictions.labels[i]);
    }
    for (std::size_t fold = 0; fold < by_fold.size(); ++fold) {
        const Result<double> of_fold = auc(by_fold[fold].scores, by_fold[fold].labels);
        if (!of_fold) return fail(of_fold.error().at(fmt::format("fold {}", fold)));
        evaluation.fold_auc.push_back(*of_fold);
    }
    evaluation.fold_auc_mean = mean(evaluation.fold_auc);
    evaluation.fold_auc_deviation = std::sqrt(variance(evaluation.fold_auc));
    return {};
}

void add_baseline(ClassificationEvaluation& evaluation) {
    const double share =
        static_cast<double>(evaluation.num_positive) / static_cast<double>(evaluation.num_rows);
    evaluation.baseline_log_loss =
        share * log_loss_of(share, 1) + (1 - share) * log_loss_of(share, 0);
    evaluation.baseline_brier = share * (1 - share);
}

}  // namespace

Result<ClassificationEvaluation> evaluate_probabilities(const ProbabilityPredictions& predictions,
                                                        const PredictionOptions& options,
                                                        ThreadPool& pool) {
    const auto probabilities = predictions.probabilities;
    const auto labels = predictions.labels;
    ATTUNE_TRY(check_probabilities(probabilities, labels));
    ClassificationEvaluation evaluation;
    evaluation.name = predictions.name;
    evaluation.target = predictions.target;
    evaluation.bootstrap = options.bootstrap;
    evaluation.num_rows = labels.size();
    evaluation.num_positive =
        static_cast<std::size_t>(std::count(labels.begin(), labels.end(), std::uint8_t{1}));

    ATTUNE_ASSIGN(const AucOfCounts auc_of, AucOfCounts::create(probabilities, labels));
    ATTUNE_ASSIGN(evaluation.auc,
                  bootstrap_statistic(labels.size(), auc_of, options.bootstrap, pool));
    std::vector<double> losses;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        losses.push_back(log_loss_of(probabilities[i], labels[i]));
        losses.push_back(squared_loss_of(probabilities[i], labels[i]));
    }
    ATTUNE_ASSIGN(const std::vector<Estimate> means,
                  bootstrap_means(losses, 2, options.bootstrap, pool));
    evaluation.log_loss = means[0];
    evaluation.brier = means[1];
    add_baseline(evaluation);
    ATTUNE_ASSIGN(evaluation.calibration,
                  calibration(probabilities, labels, options.num_bins, options.bin_kind));
    ATTUNE_ASSIGN(const std::vector<RocPoint> curve, roc_curve(probabilities, labels));
    evaluation.roc = thin_roc(curve, kRocStep);
    ATTUNE_TRY(add_folds(predictions, evaluation));
    return evaluation;
}

Result<RegressionEvaluation> evaluate_numbers(const NumberPredictions& predictions,
                                              const BootstrapOptions& options, ThreadPool& pool) {
    const auto predicted = predictions.predicted;
    const auto actual = predictions.actual;
    ATTUNE_TRY(regression_metrics(predicted, actual));
    RegressionEvaluation evaluation;
    evaluation.name = predictions.name;
    evaluation.target = predictions.target;
    evaluation.unit = predictions.unit;
    evaluation.bootstrap = options;
    evaluation.num_rows = actual.size();

    std::vector<double> errors;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double error = predicted[i] - actual[i];
        errors.push_back(error * error);
        errors.push_back(std::abs(error));
    }
    ATTUNE_ASSIGN(const std::vector<Estimate> means, bootstrap_means(errors, 2, options, pool));
    evaluation.mse = means[0];
    evaluation.mae = means[1];
    // The root keeps the order, so the interval's ends may be taken one by one.
    evaluation.rmse = {std::sqrt(means[0].value), Interval{std::sqrt(means[0].interval->low),
                                                           std::sqrt(means[0].interval->high)}};
    const auto r2_of = [&](std::span<const std::uint32_t> counts) {
        double total = 0;
        double sum = 0;
        for (std::size_t i = 0; i < actual.size(); ++i) {
            total += counts[i];
            sum += counts[i] * actual[i];
        }
        double squared = 0;
        double spread = 0;
        for (std::size_t i = 0; i < actual.size(); ++i) {
            squared += counts[i] * errors[2 * i];
            spread += counts[i] * (actual[i] - sum / total) * (actual[i] - sum / total);
        }
        return spread > 0 ? 1 - squared / spread : std::numeric_limits<double>::quiet_NaN();
    };
    ATTUNE_ASSIGN(evaluation.r2, bootstrap_statistic(actual.size(), r2_of, options, pool));
    const std::vector<double> constant(actual.size(), mean(actual));
    ATTUNE_ASSIGN(evaluation.baseline, regression_metrics(constant, actual));
    return evaluation;
}

}  // namespace attune
