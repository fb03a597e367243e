#include "evaluation/report_charts.hpp"

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;

json interval_of(const Estimate& estimate) {
    if (!estimate.interval) return nullptr;
    return json::array({estimate.interval->low, estimate.interval->high});
}

json ranking_bars(const RankingEvaluation& ranking, RankingMetric metric) {
    json chart{{"kind", "bars"},
               {"axis", fmt::format("{}@{}", info_of(metric).title, ranking.k)},
               {"labels", json::array()},
               {"values", json::array()},
               {"intervals", json::array()},
               {"baselines", ranking.num_baselines}};
    for (const ModelEvaluation& model : ranking.models) {
        chart["labels"].push_back(model.name);
        chart["values"].push_back(model.metric(metric).value);
        chart["intervals"].push_back(interval_of(model.metric(metric)));
    }
    return chart;
}

json weight_bars(const std::vector<BlendWeight>& weights) {
    json chart{{"kind", "bars"},          {"axis", "Weight"},           {"labels", json::array()},
               {"values", json::array()}, {"intervals", json::array()}, {"baselines", 0}};
    for (const BlendWeight& entry : weights) {
        chart["labels"].push_back(entry.model);
        chart["values"].push_back(entry.weight);
        chart["intervals"].push_back(nullptr);
    }
    return chart;
}

json fold_bars(const ClassificationEvaluation& evaluation) {
    json chart{{"kind", "bars"},
               {"axis", "AUC"},
               {"labels", json::array()},
               {"values", evaluation.fold_auc},
               {"intervals", json::array()},
               {"baselines", 0}};
    for (std::size_t fold = 1; fold <= evaluation.fold_auc.size(); ++fold) {
        chart["labels"].push_back(fmt::format("Fold {}", fold));
        chart["intervals"].push_back(nullptr);
    }
    return chart;
}

json roc_line(const ClassificationEvaluation& evaluation) {
    json points = json::array();
    for (const RocPoint& point : evaluation.roc) {
        points.push_back({{"x", point.false_positive_rate}, {"y", point.true_positive_rate}});
    }
    return {
        {"kind", "line"},           {"x", "False positive rate"}, {"y", "True positive rate"},
        {"label", evaluation.name}, {"diagonal", "Chance"},       {"points", std::move(points)}};
}

json calibration_points(const ClassificationEvaluation& evaluation) {
    json points = json::array();
    for (const CalibrationBin& bin : evaluation.calibration.bins) {
        points.push_back(
            {{"x", bin.mean_probability}, {"y", bin.positive_share}, {"rows", bin.num_rows}});
    }
    return {{"kind", "points"},
            {"x", "Mean predicted probability"},
            {"y", "Share that came true"},
            {"label", evaluation.name},
            {"diagonal", "Perfectly calibrated"},
            {"points", std::move(points)}};
}

}  // namespace

std::string ranking_chart_id(RankingMetric metric) {
    return fmt::format("chart-{}", info_of(metric).key);
}

std::string blend_chart_id() {
    return "chart-blend";
}

std::string prediction_chart_id(std::size_t position, PredictionChart chart) {
    switch (chart) {
        case PredictionChart::kRoc:
            return fmt::format("chart-roc-{}", position);
        case PredictionChart::kCalibration:
            return fmt::format("chart-calibration-{}", position);
        case PredictionChart::kFolds:
            break;
    }
    return fmt::format("chart-folds-{}", position);
}

std::string chart_data(const EvaluationReport& report) {
    json charts = json::object();
    if (report.ranking) {
        for (const RankingMetric metric : kChartedMetrics) {
            charts[ranking_chart_id(metric)] = ranking_bars(*report.ranking, metric);
        }
    }
    if (!report.blend_weights.empty()) charts[blend_chart_id()] = weight_bars(report.blend_weights);
    for (std::size_t i = 0; i < report.classifications.size(); ++i) {
        const ClassificationEvaluation& evaluation = report.classifications[i];
        charts[prediction_chart_id(i, PredictionChart::kRoc)] = roc_line(evaluation);
        charts[prediction_chart_id(i, PredictionChart::kCalibration)] =
            calibration_points(evaluation);
        if (!evaluation.fold_auc.empty()) {
            charts[prediction_chart_id(i, PredictionChart::kFolds)] = fold_bars(evaluation);
        }
    }
    const std::string text = charts.dump(-1, ' ', false, json::error_handler_t::replace);
    std::string safe;
    for (const char byte : text) {
        if (byte == '<') {
            safe += "\\u003c";
        } else {
            safe += byte;
        }
    }
    return safe;
}

}  // namespace attune
