#include "serving/replay.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "domain/json.hpp"
#include "serving/answer_json.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr double kSameScore = 1e-9;

Result<RecommendRequest> request_of(const Decision& decision, const json& document) {
    RecommendRequest request;
    request.customer_id = decision.customer_id;
    request.purpose = decision.purpose;
    try {
        const json& kept = document.at("request");
        request.num_items = kept.at("n").get<std::size_t>();
        request.explain = kept.value("explain", false) ? Explain::kYes : Explain::kNo;
        request.filter.categories = kept.value("categories", std::vector<std::string>());
        request.filter.brands = kept.value("brands", std::vector<std::string>());
        request.filter.excluded_ids = kept.value("exclude", std::vector<std::string>());
        for (const json& boost : kept.value("boosts", json::array())) {
            request.filter.boosts.push_back(
                {boost.at("subject").get<std::string>(), boost.at("factor").get<double>()});
        }
    } catch (const json::exception& error) {
        return fail(ErrorCode::kCorrupt, "decision {}: {}", decision.id, error.what());
    }
    return request;
}

/// The customer as they were, as far as that can be known; says what cannot.
Result<CustomerInput> input_then(const Decision& decision, const json& document,
                                 const LiveRecommender& recommender, const ServingModel& model,
                                 std::vector<std::string>& differences) {
    ATTUNE_ASSIGN(CustomerInput input,
                  recommender.input_of(decision.customer_id, model, decision.time));
    const json state = document.value("state", json::object());
    const bool was_known = document.value("known", false);
    if (was_known && !input.record) differences.emplace_back("the customer was removed since");
    if (!was_known && input.record) {
        differences.emplace_back("the customer was not known then");
    }
    input.profile = nullptr;
    if (state.contains("profile")) {
        ATTUNE_ASSIGN(Customer profile, customer_from_json(state.at("profile")));
        input.profile = std::make_shared<const Customer>(std::move(profile));
    }
    const EventsMark now = mark_events(input.record.get(), decision.time);
    if (was_known && input.record &&
        (now.count != state.value("num_events", std::size_t{0}) ||
         to_hex(now.hash) != state.value("events_hash", std::string()))) {
        differences.push_back(
            fmt::format("events from before the decision came or went since: {} now, {} then",
                        now.count, state.value("num_events", std::size_t{0})));
    }
    const bool was_refused = !document.value("personalized", true);
    if (was_refused != input.personalization_refused) {
        differences.emplace_back("consent with effect before the decision was recorded since");
        input.personalization_refused = was_refused;
    }
    return input;
}

void compare_items(const json& then, const std::vector<ListedItem>& now,
                   std::vector<std::string>& differences) {
    if (then.size() != now.size()) {
        differences.push_back(fmt::format("{} items now, {} then", now.size(), then.size()));
    }
    for (std::size_t i = 0; i < std::min(then.size(), now.size()); ++i) {
        const auto id = then[i].value("product_id", std::string());
        const double score = then[i].value("score", 0.0);
        if (id != now[i].product_id) {
            differences.push_back(
                fmt::format("position {}: {} now, {} then", i + 1, now[i].product_id, id));
        } else if (!(std::abs(score - now[i].score) <= kSameScore)) {
            differences.push_back(
                fmt::format("position {}: score {} now, {} then", i + 1, now[i].score, score));
        }
    }
}

void compare_surroundings(const json& document, const ServingModel& model,
                          std::vector<std::string>& differences) {
    if (document.value("settings_hash", std::string()) != model.settings_hash) {
        differences.emplace_back("settings of rules, ranking or weights were changed since");
    }
    if (document.value("products_hash", std::string()) != to_hex(model.products_hash)) {
        differences.emplace_back("products were changed since");
    }
}

Result<std::shared_ptr<const ServingModel>> model_of(const std::string& version,
                                                     const ModelHolder& models) {
    auto current = models.current();
    if (current && current->snapshot().version == version) return current;
    return models.load(version);
}

}  // namespace

Result<json> to_json(const Decision& decision) {
    json document = json::parse(decision.document, nullptr, false);
    if (!document.is_object()) {
        return fail(ErrorCode::kCorrupt, "decision {}: its document cannot be read", decision.id);
    }
    document["id"] = decision.id;
    document["customer_id"] = decision.customer_id;
    document["time"] = format_timestamp(decision.time);
    document["purpose"] = decision.purpose;
    document["model_version"] = decision.model_version;
    document["latency_us"] = decision.latency_us;
    document["cached"] = decision.cached;
    return document;
}

Result<json> replay(Database& database, const LiveRecommender& recommender,
                    const ModelHolder& models, const std::string& decision_id) {
    Decision decision;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(decision, stores.decisions().get(decision_id));
        return {};
    }));
    ATTUNE_ASSIGN(json document, to_json(decision));
    json report{{"decision", document}, {"replayed", nullptr}, {"identical", false}};
    std::vector<std::string> differences;
    const auto model = model_of(decision.model_version, models);
    if (!model) {
        differences.push_back(fmt::format("model {} cannot be used any more: {}",
                                          decision.model_version, model.error().message));
        report["differences"] = differences;
        return report;
    }
    ATTUNE_ASSIGN(const RecommendRequest request, request_of(decision, document));
    ATTUNE_ASSIGN(const CustomerInput input,
                  input_then(decision, document, recommender, **model, differences));
    const auto body = make_answer(request, {**model, input, decision.time}, nullptr);
    std::vector<std::string> other_items;
    if (body) {
        report["replayed"] = {{"items", json::parse((*body)->items_json)}};
        compare_items(document.value("items", json::array()), (*body)->items, other_items);
    } else {
        other_items.push_back(fmt::format("it cannot be asked for now: {}", body.error().message));
    }
    report["identical"] = other_items.empty();
    if (!other_items.empty()) compare_surroundings(document, **model, differences);
    differences.insert(differences.end(), other_items.begin(), other_items.end());
    report["differences"] = differences;
    return report;
}

}  // namespace attune
