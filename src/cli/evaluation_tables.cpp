#include "cli/evaluation_tables.hpp"

namespace attune {
namespace {

std::string interval_text(const Estimate& estimate) {
    if (!estimate.interval) return {};
    return fmt::format("{:.4f} to {:.4f}", estimate.interval->low, estimate.interval->high);
}

}  // namespace

void show_ranking(const Context& context, const RankingEvaluation& evaluation) {
    context.say(fmt::format("{} customers, {} pairs to foresee, {} candidates, cut {}, k {}",
                            evaluation.num_customers, evaluation.num_pairs,
                            evaluation.num_candidates, format_date(evaluation.split.cut),
                            evaluation.k));
    const bool all = evaluation.split.test_products == TestProducts::kAll;
    context.say(fmt::format("counted as foreseen: {}{}", describe_test(evaluation.split),
                            all ? " (--new-only leaves those out)" : ""));
    context.say(fmt::format("  {:<18} {:>7}  {:^17}  {:>7}  {:>9}  {:>7}  {:>8}", "model", "NDCG",
                            "95 % interval", "recall", "precision", "hits", "coverage"));
    for (const ModelEvaluation& model : evaluation.models) {
        const Estimate& ndcg = model.metric(RankingMetric::kNdcg);
        context.say(fmt::format("  {:<18} {:>7.4f}  {:^17}  {:>7.4f}  {:>9.4f}  {:>7.4f}  {:>8.4f}",
                                model.name, ndcg.value, interval_text(ndcg),
                                model.metric(RankingMetric::kRecall).value,
                                model.metric(RankingMetric::kPrecision).value,
                                model.metric(RankingMetric::kHitRate).value,
                                model.metric(RankingMetric::kCoverage).value));
    }
    if (evaluation.comparison) context.say("  " + describe(*evaluation.comparison, evaluation.k));
}

void show_propensity_head(const Context& context, std::size_t num_folds,
                          std::size_t num_customers) {
    context.say(fmt::format("Propensity by {}-fold cross-validation, {} customers", num_folds,
                            num_customers));
    context.say(fmt::format("  {:<24} {:>7}  {:^17}  {:>8}  {:>8}  {:>6}  {:>6}  {:>7}  {:>11}",
                            "category", "AUC", "95 % interval", "log loss", "Brier", "RMSE", "MAE",
                            "R2", "calibration"));
}

void show_propensity(const Context& context, const PropensityEvaluation& evaluation) {
    const ClassificationEvaluation& chances = evaluation.probabilities;
    const RegressionEvaluation& numbers = evaluation.numbers;
    context.say(fmt::format(
        "  {:<24} {:>7.4f}  {:^17}  {:>8.4f}  {:>8.4f}  {:>6.4f}  {:>6.4f}  {:>7.4f}  {:>11.4f}",
        evaluation.category, chances.auc.value, interval_text(chances.auc), chances.log_loss.value,
        chances.brier.value, numbers.rmse.value, numbers.mae.value, numbers.r2.value,
        chances.calibration.expected_calibration_error));
    const RegressionMetrics& alone = numbers.baseline;
    context.say(fmt::format(
        "    {:<22} {:>7.4f}  {:^17}  {:>8.4f}  {:>8.4f}  {:>6.4f}  {:>6.4f}  {:>7.4f}",
        fmt::format("the share of {:.1f} % alone", 100 * static_cast<double>(chances.num_positive) /
                                                       static_cast<double>(chances.num_rows)),
        chances.baseline_auc, "", chances.baseline_log_loss, chances.baseline_brier, alone.rmse,
        alone.mae, alone.r2));
}

}  // namespace attune
