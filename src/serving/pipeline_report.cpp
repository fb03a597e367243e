#include "serving/pipeline_report.hpp"

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;

json stage(const char* name, std::size_t in, std::size_t out, double us, std::string detail) {
    return {{"name", name},
            {"in", in},
            {"out", out},
            {"ms", us / 1'000},
            {"detail", std::move(detail)}};
}

}  // namespace

Result<json> pipeline_report(const LiveRecommender& recommender, const RecommendRequest& request) {
    StageClock clock;
    ATTUNE_ASSIGN(const auto body, recommender.answer(request, &clock));
    const json counts = json::parse(body->stages_json);
    const auto scored = counts.at("scored").get<std::size_t>();
    const auto allowed = counts.at("allowed").get<std::size_t>();
    const auto pooled = counts.at("pooled").get<std::size_t>();
    const auto selected = counts.at("selected").get<std::size_t>();
    json stages = json::array();
    stages.push_back(stage("state", 0, 0, clock.state_us(),
                           body->known ? (body->personalized ? "a customer, personalised"
                                                             : "a customer who refused it")
                                       : "a visitor of whom nothing is known"));
    stages.push_back(stage("score", scored, scored, clock.score_us(),
                           fmt::format("{} models, blended", clock.models().size())));
    stages.push_back(stage("constrain", scored, allowed, clock.constrain_us(),
                           "availability, eligibility, held, dismissed, the request's filters"));
    stages.push_back(stage("choose", allowed, selected, clock.choose_us(),
                           fmt::format("the best {} by score, then diversity and caps", pooled)));
    stages.push_back(stage("explain", selected, selected, clock.explain_us(), "evidence"));
    stages.push_back(stage("reasons", selected, selected, clock.reasons_us(), "words"));
    stages.push_back(stage("answer", selected, selected, clock.text_us(), "JSON"));
    json refused = json::array();
    for (const auto& [refusal, products] : counts.at("refused").items()) {
        refused.push_back({{"refusal", refusal}, {"products", products}});
    }
    json models = json::array();
    for (const StageClock::Model& model : clock.models()) {
        models.push_back({{"name", model.name},
                          {"weight", model.weight},
                          {"scored", scored},
                          {"ms", model.us / 1'000}});
    }
    return json{{"stages", std::move(stages)},          {"refused", std::move(refused)},
                {"models", std::move(models)},          {"total_ms", clock.total_us() / 1'000},
                {"model_version", body->model_version}, {"items", json::parse(body->items_json)}};
}

}  // namespace attune
