#include <nlohmann/json.hpp>

#include "evaluation/report.hpp"

namespace attune {
namespace {

using nlohmann::json;

json to_json(const Estimate& estimate) {
    json result{{"value", estimate.value}};
    if (estimate.interval) {
        result["low"] = estimate.interval->low;
        result["high"] = estimate.interval->high;
    }
    return result;
}

json to_json(const BootstrapOptions& options) {
    return {{"resamples", options.num_resamples},
            {"confidence", options.confidence},
            {"seed", options.seed}};
}

json to_json(const TimeSplitOptions& split) {
    json result{
        {"cut", format_timestamp(split.cut)},
        {"positive_events",
         split.positive_events == PositiveEvents::kPurchases ? "purchases" : "any_weight"},
        {"test_products", split.test_products == TestProducts::kNewOnly ? "new_only" : "all"},
        {"candidates", split.candidates == CandidateProducts::kSeenBeforeCut ? "seen_before_cut"
                                                                             : "whole_catalogue"},
        {"minimum_history", split.minimum_history}};
    if (split.until) result["until"] = format_timestamp(*split.until);
    return result;
}

json to_json(const ModelEvaluation& model, bool is_baseline) {
    json metrics = json::object();
    json gains = json::object();
    for (const MetricInfo& info : ranking_metric_infos()) {
        const auto position = static_cast<std::size_t>(info.metric);
        metrics[std::string(info.key)] = to_json(model.metrics[position]);
        if (position < kNumCustomerMetrics) {
            gains[std::string(info.key)] = to_json(model.gains[position]);
        }
    }
    return {{"name", model.name},
            {"baseline", is_baseline},
            {"metrics", std::move(metrics)},
            {"gains_over_popularity", std::move(gains)}};
}

json to_json(const RankingEvaluation& ranking) {
    json metrics = json::array();
    for (const MetricInfo& info : ranking_metric_infos()) {
        metrics.push_back({{"key", info.key},
                           {"title", info.title},
                           {"unit", info.unit},
                           {"meaning", info.meaning},
                           {"source", info.source}});
    }
    json models = json::array();
    for (std::size_t m = 0; m < ranking.models.size(); ++m) {
        models.push_back(to_json(ranking.models[m], m < ranking.num_baselines));
    }
    return {{"split", to_json(ranking.split)},
            {"k", ranking.k},
            {"bootstrap", to_json(ranking.bootstrap)},
            {"customers", ranking.num_customers},
            {"pairs", ranking.num_pairs},
            {"candidates", ranking.num_candidates},
            {"products", ranking.num_products},
            {"train_customers", ranking.num_train_customers},
            {"train_events", ranking.num_train_events},
            {"metrics", std::move(metrics)},
            {"models", std::move(models)}};
}

json to_json(const Calibration& calibration) {
    json bins = json::array();
    for (const CalibrationBin& bin : calibration.bins) {
        bins.push_back({{"low", bin.low},
                        {"high", bin.high},
                        {"rows", bin.num_rows},
                        {"mean_probability", bin.mean_probability},
                        {"positive_share", bin.positive_share}});
    }
    return {{"expected_calibration_error", calibration.expected_calibration_error},
            {"maximum_calibration_error", calibration.maximum_calibration_error},
            {"bins", std::move(bins)}};
}

json to_json(const ClassificationEvaluation& evaluation) {
    json roc = json::array();
    for (const RocPoint& point : evaluation.roc) {
        roc.push_back({point.false_positive_rate, point.true_positive_rate});
    }
    json result{{"name", evaluation.name},
                {"target", evaluation.target},
                {"rows", evaluation.num_rows},
                {"positive", evaluation.num_positive},
                {"bootstrap", to_json(evaluation.bootstrap)},
                {"auc", to_json(evaluation.auc)},
                {"log_loss", to_json(evaluation.log_loss)},
                {"brier", to_json(evaluation.brier)},
                {"baseline",
                 {{"auc", evaluation.baseline_auc},
                  {"log_loss", evaluation.baseline_log_loss},
                  {"brier", evaluation.baseline_brier}}},
                {"calibration", to_json(evaluation.calibration)},
                {"roc", std::move(roc)}};
    if (!evaluation.fold_auc.empty()) {
        result["fold_auc"] = {{"values", evaluation.fold_auc},
                              {"mean", evaluation.fold_auc_mean},
                              {"deviation", evaluation.fold_auc_deviation}};
    }
    return result;
}

json to_json(const RegressionEvaluation& evaluation) {
    return {{"name", evaluation.name},
            {"target", evaluation.target},
            {"unit", evaluation.unit},
            {"rows", evaluation.num_rows},
            {"bootstrap", to_json(evaluation.bootstrap)},
            {"mse", to_json(evaluation.mse)},
            {"rmse", to_json(evaluation.rmse)},
            {"mae", to_json(evaluation.mae)},
            {"r2", to_json(evaluation.r2)},
            {"baseline",
             {{"mse", evaluation.baseline.mse},
              {"rmse", evaluation.baseline.rmse},
              {"mae", evaluation.baseline.mae},
              {"r2", evaluation.baseline.r2}}}};
}

json to_json(const ModelSelection& selection) {
    json trials = json::array();
    for (const Trial& trial : selection.trials) {
        json parameters = json::object();
        for (const auto& [name, value] : trial.parameters) parameters[name] = value;
        trials.push_back({{"parameters", std::move(parameters)}, {"score", trial.score}});
    }
    return {{"model", selection.model},
            {"metric", selection.metric},
            {"chosen", selection.chosen},
            {"trials", std::move(trials)}};
}

template <typename Part>
void add_parts(json& document, const char* key, const std::vector<Part>& parts) {
    if (parts.empty()) return;
    document[key] = json::array();
    for (const Part& part : parts) document[key].push_back(to_json(part));
}

}  // namespace

json report_to_json(const EvaluationReport& report) {
    json document{{"format", 1},
                  {"title", report.title},
                  {"made_at", format_timestamp(report.made_at)},
                  {"version", report.version}};
    json data = json::array();
    for (const LabelledText& entry : report.data) {
        data.push_back({{"label", entry.label}, {"text", entry.text}});
    }
    document["data"] = std::move(data);
    if (report.ranking) document["ranking"] = to_json(*report.ranking);
    if (!report.blend_weights.empty()) {
        json weights = json::array();
        for (const BlendWeight& entry : report.blend_weights) {
            weights.push_back({{"model", entry.model}, {"weight", entry.weight}});
        }
        document["blend_weights"] = std::move(weights);
    }
    add_parts(document, "selections", report.selections);
    add_parts(document, "classifications", report.classifications);
    add_parts(document, "regressions", report.regressions);
    if (!report.notes.empty()) document["notes"] = report.notes;
    return document;
}

std::string report_to_json_text(const EvaluationReport& report) {
    return report_to_json(report).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace attune
