#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/training_support.hpp"
#include "evaluation/report.hpp"
#include "serving/propensity_evaluation.hpp"
#include "serving/ranking_evaluation.hpp"
#include "serving/settings.hpp"
#include "serving/training_data_loader.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// {"name": ..., "ndcg": ..., ...}: plain values, for programs that compare.
json model_json(const ModelEvaluation& model) {
    json entry{{"name", model.name}};
    for (const MetricInfo& info : ranking_metric_infos()) {
        entry[std::string(info.key)] = model.metric(info.metric).value;
    }
    const auto& interval = model.metric(RankingMetric::kNdcg).interval;
    if (interval) entry["ndcg_interval"] = {interval->low, interval->high};
    return entry;
}

json ranking_json(const RankingEvaluation& evaluation) {
    json models = json::array();
    for (const ModelEvaluation& model : evaluation.models) models.push_back(model_json(model));
    return {{"customers", evaluation.num_customers},         {"pairs", evaluation.num_pairs},
            {"candidates", evaluation.num_candidates},       {"k", evaluation.k},
            {"cut", format_timestamp(evaluation.split.cut)}, {"models", std::move(models)}};
}

json propensity_json(const ClassificationEvaluation& evaluation, std::string_view category) {
    json entry{{"category", category},
               {"customers", evaluation.num_rows},
               {"holders", evaluation.num_positive},
               {"auc", evaluation.auc.value},
               {"fold_auc", evaluation.fold_auc},
               {"log_loss", evaluation.log_loss.value},
               {"baseline_log_loss", evaluation.baseline_log_loss},
               {"brier", evaluation.brier.value},
               {"ece", evaluation.calibration.expected_calibration_error}};
    if (const auto& interval = evaluation.auc.interval) {
        entry["auc_interval"] = {interval->low, interval->high};
    }
    return entry;
}

/// The parameters that were tried for each recommender, for the report.
std::vector<ModelSelection> selections_of(const json& training_report, std::size_t k) {
    std::vector<ModelSelection> selections;
    for (const json& model : training_report.at("models")) {
        if (!model.contains("trials") || model.at("trials").size() < 2) continue;
        ModelSelection selection{model.at("name").get<std::string>(),
                                 fmt::format("NDCG@{} on the validation days", k),
                                 {},
                                 0};
        for (const json& tried : model.at("trials")) {
            if (tried.at("parameters") == model.at("parameters")) {
                selection.chosen = selection.trials.size();
            }
            Trial trial;
            trial.score = tried.at("ndcg").get<double>();
            for (const auto& [name, value] : tried.at("parameters").items()) {
                trial.parameters.emplace_back(name, value.dump());
            }
            selection.trials.push_back(std::move(trial));
        }
        selections.push_back(std::move(selection));
    }
    return selections;
}

class EvaluateCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command = declare(
            app, "evaluate",
            "Measure recommendations against baselines: train on what came before a moment and "
            "compare with what customers did after it; or the propensity to take a category");
        command->add_option("--cut", cut_,
                            "The moment (2011-11-09); default: 30 days before the last event");
        command->add_option("--k", k_, "Products in a list (default: training.k)")
            ->check(CLI::Range(1, 1000));
        command->add_flag("--new-only", new_only_,
                          "Only products that the customer had not dealt with before");
        command
            ->add_option("--propensity", categories_,
                         "Foresee who holds this category, by cross-validation; \"all\": every "
                         "category that a model is trained for")
            ->allow_extra_args(false);
        command->add_option("--folds", num_folds_, "Folds of the cross-validation")
            ->check(CLI::Range(2, 100));
        command->add_option("--resamples", num_resamples_, "Bootstrap resamples of the intervals")
            ->check(CLI::Range(100, 1'000'000));
        command->add_option("--report", report_file_, "Write a report with charts here (HTML)");
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        TrainingDataOptions loading;
        loading.weights = event_weights(context.config());
        loading.now = SystemClock().now();
        ATTUNE_ASSIGN(const TrainingData data,
                      load_training_data(*database, loading, context.progress()));
        EvaluationReport report;
        report.title = "Attune evaluation";
        report.made_at = loading.now;
        report.data = {{"database", context.database_url()},
                       {"customers", fmt::format("{}", data.num_customers())},
                       {"products", fmt::format("{}", data.num_products())},
                       {"events", fmt::format("{}", data.interactions.size())}};
        if (categories_.empty()) {
            ATTUNE_TRY(run_ranking(context, data, report));
        } else {
            ATTUNE_TRY(run_propensity(context, data, report));
        }
        return write_report(context, report);
    }

 private:
    Status run_ranking(Context& context, const TrainingData& data, EvaluationReport& report) {
        if (data.interactions.empty()) {
            return fail(ErrorCode::kInvalidArgument,
                        "there are no events to compare recommendations with; what customers hold "
                        "can be foreseen with --propensity CATEGORY or --propensity all");
        }
        RankingEvaluationRequest request;
        ATTUNE_ASSIGN(request.training, training_options(context.config()));
        if (k_ > 0) request.training.k = k_;
        request.ranking.k = request.training.k;
        request.ranking.bootstrap.num_resamples = num_resamples_;
        request.split.test_products = new_only_ ? TestProducts::kNewOnly : TestProducts::kAll;
        if (cut_.empty()) {
            ATTUNE_ASSIGN(request.split.cut,
                          cut_days_before_end(data, request.training.validation_days));
        } else {
            ATTUNE_ASSIGN(request.split.cut, parse_timestamp(cut_));
        }
        const auto pool = make_training_pool(context);
        ATTUNE_ASSIGN(const RankingEvaluationOutcome outcome,
                      evaluate_ranking(data, request, *pool, context.progress()));
        show_ranking(context, outcome.evaluation);
        report.selections = selections_of(outcome.training_report, request.training.k);
        if (outcome.training_report.contains("blend")) {
            for (const auto& [name, weight] :
                 outcome.training_report.at("blend").at("weights").items()) {
                report.blend_weights.push_back({name, weight.get<double>()});
            }
        }
        report.ranking = outcome.evaluation;
        context.emit({{"training", outcome.training_report}});
        context.emit(ranking_json(outcome.evaluation));
        return {};
    }

    static void show_ranking(Context& context, const RankingEvaluation& evaluation) {
        context.say(fmt::format("{} customers, {} pairs to foresee, {} candidates, cut {}, k {}",
                                evaluation.num_customers, evaluation.num_pairs,
                                evaluation.num_candidates, format_date(evaluation.split.cut),
                                evaluation.k));
        context.say(fmt::format("  {:<18} {:>7}  {:^17}  {:>7}  {:>9}  {:>7}  {:>8}", "model",
                                "NDCG", "95 % interval", "recall", "precision", "hits",
                                "coverage"));
        for (const ModelEvaluation& model : evaluation.models) {
            const Estimate& ndcg = model.metric(RankingMetric::kNdcg);
            const std::string interval =
                ndcg.interval
                    ? fmt::format("{:.4f} to {:.4f}", ndcg.interval->low, ndcg.interval->high)
                    : "";
            context.say(fmt::format(
                "  {:<18} {:>7.4f}  {:^17}  {:>7.4f}  {:>9.4f}  {:>7.4f}  {:>8.4f}", model.name,
                ndcg.value, interval, model.metric(RankingMetric::kRecall).value,
                model.metric(RankingMetric::kPrecision).value,
                model.metric(RankingMetric::kHitRate).value,
                model.metric(RankingMetric::kCoverage).value));
        }
    }

    Status run_propensity(Context& context, const TrainingData& data, EvaluationReport& report) {
        ATTUNE_ASSIGN(const TrainingOptions training, training_options(context.config()));
        std::vector<std::string> categories = categories_;
        if (categories == std::vector<std::string>{"all"}) {
            categories = held_categories(data, training.base.propensity);
            if (categories.empty()) {
                return fail(ErrorCode::kInvalidArgument,
                            "no category of products is held by enough customers to foresee it");
            }
        }
        const auto pool = make_training_pool(context);
        context.say(fmt::format("Propensity by {}-fold cross-validation, {} customers", num_folds_,
                                data.num_customers()));
        for (const std::string& category : categories) {
            PropensityEvaluationRequest request;
            request.category = category;
            request.num_folds = num_folds_;
            request.seed = training.seed;
            request.options = training.base.propensity;
            request.prediction.bootstrap.num_resamples = num_resamples_;
            ATTUNE_ASSIGN(ClassificationEvaluation evaluation,
                          evaluate_propensity(data, request, *pool, context.progress()));
            context.say(fmt::format(
                "  {:<28} AUC {:.4f}  log loss {:.4f} (share alone {:.4f})  {} of "
                "{} customers",
                category, evaluation.auc.value, evaluation.log_loss.value,
                evaluation.baseline_log_loss, evaluation.num_positive, evaluation.num_rows));
            context.emit(propensity_json(evaluation, category));
            report.classifications.push_back(std::move(evaluation));
        }
        return {};
    }

    Status write_report(Context& context, const EvaluationReport& report) const {
        if (report_file_.empty()) return {};
        ATTUNE_ASSIGN(const std::string html, report_to_html(report));
        std::ofstream stream(report_file_, std::ios::binary);
        stream << html;
        stream.close();
        if (!stream) {
            return fail(ErrorCode::kUnavailable, "{}: cannot be written", report_file_);
        }
        context.remark(fmt::format("report with charts: {}", report_file_));
        return {};
    }

    std::string cut_;
    std::size_t k_ = 0;
    bool new_only_ = false;
    std::vector<std::string> categories_;
    std::size_t num_folds_ = 5;
    std::size_t num_resamples_ = 1000;
    std::string report_file_;
};

}  // namespace

std::unique_ptr<Command> make_evaluate_command() {
    return std::make_unique<EvaluateCommand>();
}

}  // namespace attune
