#include <nlohmann/json.hpp>

#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/recommend_request.hpp"
#include "http/routes/routes.hpp"
#include "serving/engagement_report.hpp"
#include "serving/event_service.hpp"
#include "serving/pipeline_report.hpp"
#include "serving/what_if.hpp"
#include "serving/why_not.hpp"

namespace attune {
namespace {

using nlohmann::json;

OrProblem<HttpResponse> get_engagement(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(const auto report,
                       engagement_of(parts.live.states(), id, parts.clock.now()));
    return json_response(200, to_json(report));
}

OrProblem<HttpResponse> get_pipeline(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_TRY(call.target.query.only(
        {"n", "purpose", "category", "brand", "exclude", "boost", "explain"}));
    ATTUNE_HTTP_ASSIGN(const RecommendRequest request, recommend_request(call.target.query, id));
    ATTUNE_HTTP_ASSIGN(const json report, pipeline_report(parts.live.recommender(), request));
    return json_response(200, report);
}

OrProblem<std::vector<Event>> extra_events(const json& list, const std::string& customer_id,
                                           Timestamp now) {
    if (!list.is_array() || list.size() > 1'000) {
        return tl::unexpected(
            Problem{422, "invalid_argument", "events: must be a list of at most 1000", "events"});
    }
    std::vector<Event> events;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string field = "events[" + std::to_string(i) + "]";
        if (!list[i].is_object()) {
            return tl::unexpected(
                Problem{422, "invalid_argument", field + ": must be an object", field});
        }
        json document = list[i];
        document["customer_id"] = customer_id;
        auto event = event_input_from_json(document, now);
        if (!event) return tl::unexpected(in_body(event.error().at(field)));
        events.push_back(std::move(*event));
    }
    return events;
}

OrProblem<HttpResponse> post_what_if(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(json body, read_json_object(call.request));
    const json changes = body.value("changes", json::object());
    const json extra = body.value("events", json::array());
    body.erase("changes");
    body.erase("events");
    body.erase("user_id");
    ATTUNE_HTTP_ASSIGN(const auto events, extra_events(extra, id, parts.clock.now()));
    ATTUNE_HTTP_ASSIGN(RecommendRequest request, recommend_request(body));
    request.customer_id = id;
    const auto outcome = what_if(parts.live.recommender(), request, changes, events);
    if (!outcome) return tl::unexpected(in_body(outcome.error()));
    return json_response(200, to_json(*outcome));
}

OrProblem<HttpResponse> get_why_not(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    const QueryParameters& query = call.target.query;
    ATTUNE_HTTP_TRY(query.only(
        {"product_id", "n", "purpose", "category", "brand", "exclude", "boost", "explain"}));
    const auto product = query.get("product_id");
    if (!product) {
        return tl::unexpected(
            Problem{400, "invalid_argument", "product_id: which product is meant", "product_id"});
    }
    ATTUNE_HTTP_ASSIGN(const RecommendRequest request, recommend_request(query, id));
    ATTUNE_HTTP_ASSIGN(const auto answer,
                       why_not(parts.live.recommender(), request, std::string(*product)));
    return json_response(200, to_json(answer));
}

}  // namespace

std::vector<Route> user_insight_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto with = [&parts](auto handler) {
        return [handler, &parts](const Call& call) { return handler(call, parts); };
    };
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/users/{id}/engagement",
         .scope = Scope::kCustomersRead,
         .handler = with(get_engagement)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/users/{id}/pipeline",
         .scope = Scope::kRecommend,
         .handler = with(get_pipeline)},
        {.method = HttpMethod::kPost,
         .pattern = "/api/users/{id}/what-if",
         .scope = Scope::kRecommend,
         .lane = Lane::kReading,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(post_what_if)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/users/{id}/why-not",
         .scope = Scope::kRecommend,
         .handler = with(get_why_not)},
    };
}

}  // namespace attune
