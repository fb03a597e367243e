#include "cli/training_support.hpp"

#include <nlohmann/json.hpp>

#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "serving/training_data_loader.hpp"

namespace attune {
namespace {

std::string weights_line(const nlohmann::json& blend) {
    std::string line;
    for (const auto& [name, weight] : blend.at("weights").items()) {
        if (weight.get<double>() > 0)
            line += fmt::format("  {} {:.2f}", name, weight.get<double>());
    }
    return line;
}

}  // namespace

std::unique_ptr<ThreadPool> make_training_pool(const Context& context) {
    return std::make_unique<ThreadPool>(
        static_cast<std::size_t>(context.config().integer("training.threads")));
}

Result<std::shared_ptr<const ModelSnapshot>> train(Context& context, Database& database) {
    const Config& config = context.config();
    TrainRequest request;
    ATTUNE_ASSIGN(request.options, training_options(config));
    request.event_weights = event_weights(config);
    request.folder = context.models_folder();
    request.num_kept = static_cast<std::size_t>(config.integer("storage.kept_models"));
    const auto pool = make_training_pool(context);
    return train_and_save(database, request, SystemClock(), *pool, context.progress());
}

Result<std::shared_ptr<const ModelSnapshot>> current_or_trained(Context& context,
                                                                Database& database) {
    ATTUNE_ASSIGN(auto catalogue, load_catalogue(database));
    auto loaded = load_current_snapshot(context.models_folder(), std::move(catalogue));
    if (!loaded && loaded.error().code == ErrorCode::kNotFound) {
        context.remark("no model is trained yet on this database: training one now");
        return train(context, database);
    }
    ATTUNE_TRY(loaded);
    for (const std::string& why : loaded->refused) {
        context.remark(fmt::format(
            "a model cannot be read and is passed over: {}; `attune train` makes a new one", why));
    }
    return std::move(loaded->snapshot);
}

void show_training(Context& context, const ModelSnapshot& snapshot) {
    const nlohmann::json& report = snapshot.report;
    const auto& data = report.at("data");
    context.say(fmt::format("Model {}: {} customers, {} products, {} events", snapshot.version,
                            data.at("customers").get<std::size_t>(),
                            data.at("products").get<std::size_t>(),
                            data.at("events").get<std::size_t>()));
    for (const auto& model : report.at("models")) {
        std::string line = fmt::format("  {:<11} {:6.2f} s", model.at("name").get<std::string>(),
                                       model.at("seconds").get<double>());
        if (model.contains("validation_ndcg")) {
            line += fmt::format("  NDCG {:.4f} on the validation days",
                                model.at("validation_ndcg").get<double>());
        }
        if (!model.at("parameters").empty()) line += "  " + model.at("parameters").dump();
        context.say(line);
    }
    for (const auto& left_out : report.at("left_out")) {
        context.say(fmt::format("  {:<11} left out: {}", left_out.at("name").get<std::string>(),
                                left_out.at("why").get<std::string>()));
    }
    if (report.contains("blend")) {
        context.say("  weights for customers with a history:" + weights_line(report.at("blend")));
    }
    context.say("  weights for customers without:" + weights_line(report.at("cold_blend")));
}

}  // namespace attune
