#include <nlohmann/json.hpp>

#include "evaluation/report.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// "ndcg": 0.15, "ndcg_interval": [0.14, 0.16].
void put(json& object, const std::string& key, const Estimate& estimate) {
    object[key] = estimate.value;
    if (const auto& interval = estimate.interval) {
        object[key + "_interval"] = {interval->low, interval->high};
    }
}

json bootstrap_json(const BootstrapOptions& options) {
    return {{"resamples", options.num_resamples},
            {"confidence", options.confidence},
            {"seed", options.seed}};
}

json split_json(const TimeSplitOptions& split) {
    json object{
        {"cut", format_timestamp(split.cut)},
        {"positive_events",
         split.positive_events == PositiveEvents::kPurchases ? "purchases" : "any_weight"},
        {"test_products", split.test_products == TestProducts::kNewOnly ? "new_only" : "all"},
        {"candidate_products", split.candidates == CandidateProducts::kSeenBeforeCut
                                   ? "seen_before_cut"
                                   : "whole_catalogue"},
        {"minimum_history", split.minimum_history}};
    if (split.until) object["until"] = format_timestamp(*split.until);
    return object;
}

json model_json(const ModelEvaluation& model, bool is_baseline) {
    json object{{"name", model.name}, {"baseline", is_baseline}};
    json gains = json::object();
    for (const MetricInfo& info : ranking_metric_infos()) {
        const auto position = static_cast<std::size_t>(info.metric);
        put(object, std::string(info.key), model.metrics[position]);
        if (position < kNumCustomerMetrics) {
            put(gains, std::string(info.key), model.gains[position]);
        }
    }
    object["gains_over_popularity"] = std::move(gains);
    return object;
}

json calibration_bins(const Calibration& calibration) {
    json bins = json::array();
    for (const CalibrationBin& bin : calibration.bins) {
        bins.push_back({{"low", bin.low},
                        {"high", bin.high},
                        {"rows", bin.num_rows},
                        {"mean_probability", bin.mean_probability},
                        {"positive_share", bin.positive_share}});
    }
    return bins;
}

}  // namespace

json ranking_to_json(const RankingEvaluation& ranking) {
    json models = json::array();
    for (std::size_t m = 0; m < ranking.models.size(); ++m) {
        models.push_back(model_json(ranking.models[m], m < ranking.num_baselines));
    }
    json object = split_json(ranking.split);
    object.update({{"k", ranking.k},
                   {"customers", ranking.num_customers},
                   {"pairs", ranking.num_pairs},
                   {"candidates", ranking.num_candidates},
                   {"products", ranking.num_products},
                   {"train_customers", ranking.num_train_customers},
                   {"train_events", ranking.num_train_events},
                   {"bootstrap", bootstrap_json(ranking.bootstrap)},
                   {"models", std::move(models)}});
    if (const auto& comparison = ranking.comparison) {
        json& entry = object["comparison"];
        entry = {{"model", comparison->model},
                 {"against", comparison->against},
                 {"verdict", verdict_of(comparison->ndcg_gain)}};
        put(entry, "ndcg_gain", comparison->ndcg_gain);
    }
    return object;
}

json classification_to_json(const ClassificationEvaluation& evaluation) {
    json roc = json::array();
    for (const RocPoint& point : evaluation.roc) {
        roc.push_back({point.false_positive_rate, point.true_positive_rate});
    }
    json object{{"name", evaluation.name},
                {"target", evaluation.target},
                {"rows", evaluation.num_rows},
                {"positive", evaluation.num_positive},
                {"bootstrap", bootstrap_json(evaluation.bootstrap)},
                {"baseline_auc", evaluation.baseline_auc},
                {"baseline_log_loss", evaluation.baseline_log_loss},
                {"baseline_brier", evaluation.baseline_brier},
                {"ece", evaluation.calibration.expected_calibration_error},
                {"maximum_calibration_error", evaluation.calibration.maximum_calibration_error},
                {"calibration_bins", calibration_bins(evaluation.calibration)},
                {"roc", std::move(roc)}};
    put(object, "auc", evaluation.auc);
    put(object, "log_loss", evaluation.log_loss);
    put(object, "brier", evaluation.brier);
    if (!evaluation.fold_auc.empty()) {
        object["fold_auc"] = evaluation.fold_auc;
        object["fold_auc_mean"] = evaluation.fold_auc_mean;
        object["fold_auc_deviation"] = evaluation.fold_auc_deviation;
    }
    return object;
}

json regression_to_json(const RegressionEvaluation& evaluation) {
    json object{{"name", evaluation.name},
                {"target", evaluation.target},
                {"unit", evaluation.unit},
                {"rows", evaluation.num_rows},
                {"bootstrap", bootstrap_json(evaluation.bootstrap)},
                {"baseline_mse", evaluation.baseline.mse},
                {"baseline_rmse", evaluation.baseline.rmse},
                {"baseline_mae", evaluation.baseline.mae},
                {"baseline_r2", evaluation.baseline.r2}};
    put(object, "mse", evaluation.mse);
    put(object, "rmse", evaluation.rmse);
    put(object, "mae", evaluation.mae);
    put(object, "r2", evaluation.r2);
    return object;
}

}  // namespace attune
