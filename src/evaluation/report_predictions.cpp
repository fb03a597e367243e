#include <cmath>

#include "evaluation/report_charts.hpp"
#include "evaluation/report_parts.hpp"

namespace attune {
namespace {

using kainjow::mustache::data;

constexpr std::size_t kMaxRocRows = 21;  ///< of the table beside the curve

/// How a metric of a prediction is shown.
struct MetricRow {
    std::string title;
    std::string unit;
    std::string source;
    Estimate estimate;
    double baseline;
};

data rows_of(const std::vector<MetricRow>& rows) {
    data list{data::type::list};
    for (const MetricRow& row : rows) {
        data item;
        item.set("title", row.title);
        item.set("unit", row.unit);
        item.set("source", row.source);
        item.set("value", fmt::format("{:.4f}", row.estimate.value));
        item.set("baseline", fmt::format("{:.4f}", row.baseline));
        set_text(item, "interval", format_interval(row.estimate, 4));
        list << item;
    }
    return list;
}

std::vector<MetricRow> metrics_of(const ClassificationEvaluation& evaluation) {
    std::vector<MetricRow> rows{
        {"AUC", "0 to 1, higher is better", "Hanley, McNeil, Radiology 143(1), 1982",
         evaluation.auc, evaluation.baseline_auc},
        {"Log loss", "nats, lower is better", "Good, J. Royal Statistical Society B 14(1), 1952",
         evaluation.log_loss, evaluation.baseline_log_loss},
        {"Brier score", "0 to 1, lower is better", "Brier, Monthly Weather Review 78(1), 1950",
         evaluation.brier, evaluation.baseline_brier},
        {"Expected calibration error",
         "0 to 1, lower is better",
         "Naeini, Cooper, Hauskrecht, AAAI 2015",
         {evaluation.calibration.expected_calibration_error, std::nullopt},
         0},
    };
    return rows;
}

data bins_of(const Calibration& calibration) {
    data list{data::type::list};
    for (const CalibrationBin& bin : calibration.bins) {
        data item;
        item.set("range", fmt::format("{:.3g} to {:.3g}", bin.low, bin.high));
        item.set("rows", format_count(bin.num_rows));
        item.set("mean", fmt::format("{:.4f}", bin.mean_probability));
        item.set("share", fmt::format("{:.4f}", bin.positive_share));
        list << item;
    }
    return list;
}

/// A few points that stand for the curve.
data roc_rows_of(const std::vector<RocPoint>& roc) {
    data list{data::type::list};
    for (const RocPoint& point : thin_roc(roc, 1.0 / static_cast<double>(kMaxRocRows - 1))) {
        data item;
        item.set("x", fmt::format("{:.4f}", point.false_positive_rate));
        item.set("y", fmt::format("{:.4f}", point.true_positive_rate));
        list << item;
    }
    return list;
}

void set_folds(data& part, const ClassificationEvaluation& evaluation, std::size_t position) {
    part.set("has_folds", data{!evaluation.fold_auc.empty()});
    data list{data::type::list};
    for (std::size_t fold = 0; fold < evaluation.fold_auc.size(); ++fold) {
        data item;
        item.set("fold", std::to_string(fold + 1));
        item.set("value", fmt::format("{:.4f}", evaluation.fold_auc[fold]));
        list << item;
    }
    part.set("folds", list);
    part.set("folds_id", prediction_chart_id(position, PredictionChart::kFolds));
    part.set("folds_height", std::to_string(bars_height(evaluation.fold_auc.size())));
    part.set("folds_summary", fmt::format("mean {:.4f}, standard deviation {:.4f}",
                                          evaluation.fold_auc_mean, evaluation.fold_auc_deviation));
}

}  // namespace

data classification_part(const ClassificationEvaluation& evaluation, std::size_t position) {
    data part;
    part.set("position", std::to_string(position));
    part.set("name", evaluation.name);
    part.set("target", evaluation.target);
    part.set("rows", format_count(evaluation.num_rows));
    part.set("positive", format_count(evaluation.num_positive));
    part.set("share", fmt::format("{:.1f}", 100 * static_cast<double>(evaluation.num_positive) /
                                                static_cast<double>(evaluation.num_rows)));
    part.set("confidence", fmt::format("{:g}", 100 * evaluation.bootstrap.confidence));
    part.set("resamples", format_count(evaluation.bootstrap.num_resamples));
    part.set("auc", fmt::format("{:.4f}", evaluation.auc.value));
    part.set("ece", fmt::format("{:.4f}", evaluation.calibration.expected_calibration_error));
    part.set("roc_id", prediction_chart_id(position, PredictionChart::kRoc));
    part.set("calibration_id", prediction_chart_id(position, PredictionChart::kCalibration));
    part.set("metrics", rows_of(metrics_of(evaluation)));
    part.set("bins", bins_of(evaluation.calibration));
    part.set("roc_rows", roc_rows_of(evaluation.roc));
    set_folds(part, evaluation, position);
    return part;
}

data regression_part(const RegressionEvaluation& evaluation, std::size_t position) {
    const std::string source = "Hastie, Tibshirani, Friedman, Statistical Learning, 2009, ch. 7";
    const std::string& unit = evaluation.unit;
    data part;
    part.set("position", std::to_string(position));
    part.set("name", evaluation.name);
    part.set("target", evaluation.target);
    part.set("rows", format_count(evaluation.num_rows));
    part.set("confidence", fmt::format("{:g}", 100 * evaluation.bootstrap.confidence));
    part.set("resamples", format_count(evaluation.bootstrap.num_resamples));
    part.set("metrics",
             rows_of({{"RMSE", unit, source, evaluation.rmse, evaluation.baseline.rmse},
                      {"MAE", unit, source, evaluation.mae, evaluation.baseline.mae},
                      {"MSE", unit.empty() ? unit : unit + " squared", source, evaluation.mse,
                       evaluation.baseline.mse},
                      {"R2", "at most 1", source, evaluation.r2, evaluation.baseline.r2}}));
    return part;
}

}  // namespace attune
