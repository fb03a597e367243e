#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/evaluation_tables.hpp"
#include "cli/training_support.hpp"
#include "core/file_error.hpp"
#include "evaluation/report.hpp"
#include "serving/propensity_evaluation.hpp"
#include "serving/ranking_evaluation.hpp"
#include "serving/settings.hpp"
#include "serving/training_data_loader.hpp"

namespace attune {
namespace {

using nlohmann::json;

json propensity_json(const PropensityEvaluation& evaluation) {
    json object = regression_to_json(evaluation.numbers);
    object.update(classification_to_json(evaluation.probabilities));
    object["category"] = evaluation.category;
    return object;
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
            // Of a search, those tried in full.
            if (!tried.contains("ndcg") || tried.at("budget").get<double>() < 1) continue;
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
        CLI::Option* cut = command->add_option(
            "--cut", cut_,
            "The moment (2011-11-09); default: training.validation_days before the last event");
        CLI::Option* k = command->add_option("--k", k_, "Products in a list (default: training.k)")
                             ->check(CLI::Range(1, 1000));
        CLI::Option* new_only = command->add_flag(
            "--new-only", new_only_,
            "Count only purchases of products new to the customer; by default repeat purchases "
            "count too");
        CLI::Option* propensity =
            command
                ->add_option("--propensity", categories_,
                             "Foresee who holds this category, by cross-validation; \"all\": every "
                             "category that a model is trained for")
                ->allow_extra_args(false);
        for (CLI::Option* option : {cut, k, new_only}) option->excludes(propensity);
        command->add_option("--folds", num_folds_, "Folds of the cross-validation (default: 5)")
            ->check(CLI::Range(2, 100))
            ->needs(propensity);
        command->add_option("--resamples", num_resamples_, "Bootstrap resamples of the intervals")
            ->check(CLI::Range(100, 1'000'000));
        command->add_option("--report", report_file_, "Write a report with charts here (HTML)");
    }

    Status run(Context& context) override {
        // Before the work, which takes minutes.
        if (!report_file_.empty()) ATTUNE_TRY(check_can_be_written(report_file_));
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        TrainingDataOptions loading;
        loading.weights = event_weights(context.config());
        loading.now = SystemClock().now();
        ATTUNE_ASSIGN(const TrainingData data,
                      load_training_data(*database, loading, context.progress()));
        EvaluationReport report;
        report.title = "Attune evaluation";
        report.made_at = loading.now;
        report.data = {{"Database", context.database_url()},
                       {"Customers", fmt::format("{}", data.num_customers())},
                       {"Products", fmt::format("{}", data.num_products())},
                       {"Events", fmt::format("{}", data.interactions.size())}};
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
        context.emit(ranking_to_json(outcome.evaluation));
        return {};
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
        show_propensity_head(context, num_folds_, data.num_customers());
        for (const std::string& category : categories) {
            PropensityEvaluationRequest request;
            request.category = category;
            request.num_folds = num_folds_;
            request.seed = training.seed;
            request.options = training.base.propensity;
            request.prediction.bootstrap.num_resamples = num_resamples_;
            ATTUNE_ASSIGN(PropensityEvaluation evaluation,
                          evaluate_propensity(data, request, *pool, context.progress()));
            show_propensity(context, evaluation);
            context.emit(propensity_json(evaluation));
            report.classifications.push_back(std::move(evaluation.probabilities));
            report.regressions.push_back(std::move(evaluation.numbers));
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
