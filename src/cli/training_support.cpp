#include "cli/training_support.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "serving/model_choice.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "serving/training_data_loader.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// "half_life_days 3, neighbours 20".
std::string parameters_text(const json& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters.items()) {
        if (!text.empty()) text += ", ";
        text += name + " ";
        if (value.is_number_float()) {
            text += fmt::format("{:g}", value.get<double>());
        } else {
            text += value.is_string() ? value.get<std::string>() : value.dump();
        }
    }
    return text;
}

/// The recommender's weight in the blend; "-" without one.
std::string weight_text(const json& report, const char* blend, const std::string& model) {
    const json weights = report.value(blend, json::object()).value("weights", json::object());
    if (!weights.contains(model)) return "-";
    return fmt::format("{:.2f}", weights.at(model).get<double>());
}

void show_model(const Context& context, const json& report, const json& model) {
    const std::string name = model.at("name").get<std::string>();
    const std::string ndcg = model.contains("validation_ndcg")
                                 ? fmt::format("{:.4f}", model.at("validation_ndcg").get<double>())
                                 : "-";
    std::string line =
        fmt::format("  {:<12} {:>7}  {:>12}  {:>15}  {:>7.2f}  {}", name, ndcg,
                    weight_text(report, "blend", name), weight_text(report, "cold_blend", name),
                    model.at("seconds").get<double>(), parameters_text(model.at("parameters")));
    line.erase(line.find_last_not_of(' ') + 1);
    context.say(line);
}

/// The trials of a search, those on the largest budget first, then the best.
void show_search(const Context& context, const json& model) {
    if (!model.contains("search")) return;
    const json& search = model.at("search");
    context.say(
        fmt::format("  Search for {} ({}): {} candidates, {} trials worth {:.1f} whole fits",
                    model.at("name").get<std::string>(), search.at("method").get<std::string>(),
                    search.at("candidates").get<std::size_t>(), model.at("trials").size(),
                    search.at("budget").get<double>()));
    context.say(
        fmt::format("    {:>7}  {:>6}  {:>7}  {}", "NDCG", "budget", "seconds", "parameters"));
    std::vector<json> trials = model.at("trials");
    const auto rank = [](const json& trial) {
        return std::pair(trial.at("budget").get<double>(), trial.value("ndcg", -1.0));
    };
    std::stable_sort(trials.begin(), trials.end(),
                     [&](const json& a, const json& b) { return rank(a) > rank(b); });
    for (const json& trial : trials) {
        const std::string ndcg = trial.contains("ndcg")
                                     ? fmt::format("{:.4f}", trial.at("ndcg").get<double>())
                                     : "failed";
        std::string line =
            fmt::format("    {:>7}  {:>6.3f}  {:>7.2f}  {}", ndcg, trial.at("budget").get<double>(),
                        trial.at("seconds").get<double>(), parameters_text(trial.at("parameters")));
        if (trial.contains("error")) line += ": " + trial.at("error").get<std::string>();
        context.say(line);
    }
}

void show_weights_from(const Context& context, const json& report, const char* blend,
                       const char* title) {
    if (!report.contains(blend)) return;
    std::string from = report.at(blend).at("weights_from").get<std::string>();
    if (from == "validation") from = "learned on those days";
    context.say(fmt::format("  weights for customers {}: {}", title, from));
}

/// Why a search that was asked for did not take place, and what it would take.
void remark_skipped_search(const Context& context, const json& report) {
    if (!report.contains("search")) return;
    context.remark(
        fmt::format("no parameters were searched, the configured ones are used: {}; a search looks "
                    "at the last training.validation_days days and learns from those before",
                    report.at("search").at("skipped").get<std::string>()));
}

/// Which file is damaged, what serves instead and what to do.
void remark_refused(const Context& context, const LoadedSnapshot& loaded) {
    for (const std::string& why : loaded.refused) {
        context.remark(fmt::format("a trained model cannot be used: {}", why));
    }
    if (loaded.refused.empty()) return;
    context.remark(fmt::format("model {} answers instead; `attune train` makes a new one",
                               loaded.snapshot->version));
}

}  // namespace

std::unique_ptr<ThreadPool> make_training_pool(const Context& context) {
    return std::make_unique<ThreadPool>(
        static_cast<std::size_t>(context.config().integer("training.threads")));
}

Result<std::shared_ptr<const ModelSnapshot>> train(Context& context, Database& database,
                                                   const SearchFlags& search) {
    const Config& config = context.config();
    TrainRequest request;
    ATTUNE_ASSIGN(request.options, training_options(config));
    ATTUNE_ASSIGN(request.options.search, parse_parameter_search(search.method));
    request.options.num_trials = search.num_trials;
    request.options.search_models = search.models;
    request.event_weights = event_weights(config);
    request.folder = context.models_folder();
    request.num_kept = static_cast<std::size_t>(config.integer("storage.kept_models"));
    const auto pool = make_training_pool(context);
    ATTUNE_ASSIGN(auto snapshot,
                  train_and_save(database, request, SystemClock(), *pool, context.progress()));
    remark_skipped_search(context, snapshot->report);
    return snapshot;
}

Result<std::shared_ptr<const ModelSnapshot>> current_or_trained(Context& context,
                                                                Database& database) {
    ATTUNE_ASSIGN(auto catalogue, load_catalogue(database));
    auto loaded = load_current_snapshot(context.models_folder(), std::move(catalogue));
    if (!loaded && loaded.error().code == ErrorCode::kNotFound) {
        context.remark("no model is trained yet on this database: training one now");
        return train(context, database);
    }
    if (!loaded) {
        return fail(loaded.error().code,
                    "the trained model cannot be used: {}; nor can an older one: make a new one "
                    "with `attune train`",
                    loaded.error().message);
    }
    remark_refused(context, *loaded);
    return std::move(loaded->snapshot);
}

void show_training(const Context& context, const ModelSnapshot& snapshot) {
    const json& report = snapshot.report;
    const json& data = report.at("data");
    context.say(fmt::format("Model {}: {} customers, {} products, {} events", snapshot.version,
                            data.at("customers").get<std::size_t>(),
                            data.at("products").get<std::size_t>(),
                            data.at("events").get<std::size_t>()));
    context.say(fmt::format("  {:<12} {:>7}  {:>12}  {:>15}  {:>7}  {}", "recommender", "NDCG",
                            "with history", "without history", "seconds", "parameters"));
    for (const json& model : report.at("models")) show_model(context, report, model);
    for (const json& left_out : report.at("left_out")) {
        context.say(fmt::format("  {:<12} left out: {}", left_out.at("name").get<std::string>(),
                                left_out.at("why").get<std::string>()));
    }
    if (report.contains("validation")) {
        const json& validation = report.at("validation");
        context.say(fmt::format(
            "  NDCG: foreseeing {} pairs of {} customers from {} on, where parameters were chosen",
            validation.at("pairs").get<std::size_t>(),
            validation.at("customers").get<std::size_t>(),
            validation.at("from").get<std::string>().substr(0, 10)));
    }
    for (const json& model : report.at("models")) show_search(context, model);
    show_weights_from(context, report, "blend", "with a history");
    show_weights_from(context, report, "cold_blend", "without a history");
}

}  // namespace attune
