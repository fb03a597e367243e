#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"
#include "serving/replay.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// The body of a list in the order of time, of which one more was read than is shown.
template <typename Record, typename ToJson>
json page_body(std::vector<Record> records, std::size_t limit, const char* name,
               const ToJson& to_document) {
    json body{{"next_cursor", nullptr}};
    if (records.size() > limit) {
        records.resize(limit);
        body["next_cursor"] = to_cursor(TimeCursor{records.back().time, records.back().id});
    }
    json& list = body[name] = json::array();
    for (const Record& record : records) list.push_back(to_document(record));
    return body;
}

/// A route that lists a customer's records of one kind, newest first.
template <typename Read>
Route newest_route(ServiceParts& parts, const ServiceLimits& limits, const char* name,
                   const Read& read) {
    return {.method = HttpMethod::kGet,
            .pattern = std::string("/api/users/{id}/") + name,
            .scope = Scope::kCustomersRead,
            .handler = [&parts, limits, name, read](const Call& call) -> OrProblem<HttpResponse> {
                ATTUNE_HTTP_TRY(call.target.query.only({"limit", "cursor"}));
                ATTUNE_HTTP_ASSIGN(NewestFirst page, newest_first(call.target.query, limits));
                ATTUNE_HTTP_ASSIGN(page.customer_id, visible_customer(call, call.parameter(0)));
                ATTUNE_HTTP_ASSIGN(auto records, read(parts.records, page));
                return json_response(200,
                                     page_body(std::move(records), page.limit - 1, name,
                                               [](const auto& record) { return to_json(record); }));
            }};
}

OrProblem<HttpResponse> list_decisions(ServiceParts& parts, const NewestFirst& page) {
    ATTUNE_HTTP_ASSIGN(std::vector<Decision> decisions, parts.records.decisions(page));
    json body{{"next_cursor", nullptr}, {"decisions", json::array()}};
    if (decisions.size() == page.limit) {
        decisions.pop_back();
        body["next_cursor"] = to_cursor(TimeCursor{decisions.back().time, decisions.back().id});
    }
    for (const Decision& decision : decisions) {
        ATTUNE_HTTP_ASSIGN(json document, to_json(decision));
        body["decisions"].push_back(std::move(document));
    }
    return json_response(200, body);
}

OrProblem<HttpResponse> user_decisions(const Call& call, ServiceParts& parts,
                                       const ServiceLimits& limits) {
    ATTUNE_HTTP_TRY(call.target.query.only({"limit", "cursor"}));
    ATTUNE_HTTP_ASSIGN(NewestFirst page, newest_first(call.target.query, limits));
    ATTUNE_HTTP_ASSIGN(page.customer_id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_TRY(parts.records.customer(*page.customer_id));
    return list_decisions(parts, page);
}

OrProblem<HttpResponse> all_decisions(const Call& call, ServiceParts& parts,
                                      const ServiceLimits& limits) {
    ATTUNE_HTTP_TRY(call.target.query.only({"limit", "cursor", "user_id"}));
    ATTUNE_HTTP_ASSIGN(NewestFirst page, newest_first(call.target.query, limits));
    if (const auto id = call.target.query.get("user_id")) {
        ATTUNE_HTTP_ASSIGN(page.customer_id, visible_customer(call, std::string(*id)));
    } else if (!call.principal.sees_all_customers()) {
        page.assigned_to = call.principal.name;
    }
    return list_decisions(parts, page);
}

OrProblem<HttpResponse> get_decision(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Decision decision, parts.records.decision(call.parameter(0)));
    if (!call.principal.may_see_customer(decision.customer_id)) {
        return tl::unexpected(Problem{
            404, "not_found", "decision '" + decision.id + "': there is no such decision", {}});
    }
    ATTUNE_HTTP_ASSIGN(const json document, to_json(decision));
    return json_response(200, document);
}

OrProblem<HttpResponse> replay_decision(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_TRY(get_decision(call, parts));
    ATTUNE_HTTP_ASSIGN(const json document, replay(parts.live.database(), parts.live.recommender(),
                                                   parts.live.models(), call.parameter(0)));
    return json_response(200, document);
}

OrProblem<HttpResponse> list_consents(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(const auto consents, parts.records.consents(id));
    json list = json::array();
    for (const Consent& consent : consents) list.push_back(to_json(consent));
    return json_response(200, {{"consents", std::move(list)}, {"next_cursor", nullptr}});
}

OrProblem<HttpResponse> post_consent(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(json body, read_json_object(call.request));
    body["customer_id"] = id;
    if (!body.contains("time")) body["time"] = format_timestamp(parts.clock.now());
    auto consent = consent_from_json(body);
    if (!consent) return tl::unexpected(in_body(consent.error()));
    ATTUNE_HTTP_TRY(parts.live.customers().add_consent(*consent));
    return json_response(201, to_json(*consent));
}

OrProblem<HttpResponse> list_household(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(const auto relations, parts.records.household(id));
    json list = json::array();
    for (const HouseholdRelation& relation : relations) {
        // Who is related may be somebody whom the caller may not see.
        if (call.principal.may_see_customer(relation.related_id)) {
            list.push_back(to_json(relation));
        }
    }
    return json_response(200, {{"relations", std::move(list)}, {"next_cursor", nullptr}});
}

}  // namespace

std::vector<Route> user_record_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto with = [&parts](auto handler) {
        return [handler, &parts](const Call& call) { return handler(call, parts); };
    };
    return {
        newest_route(
            parts, limits, "events",
            [](RecordReader& records, const NewestFirst& page) { return records.events(page); }),
        newest_route(parts, limits, "transactions",
                     [](RecordReader& records, const NewestFirst& page) {
                         return records.transactions(page);
                     }),
        newest_route(
            parts, limits, "posts",
            [](RecordReader& records, const NewestFirst& page) { return records.posts(page); }),
        {.method = HttpMethod::kGet,
         .pattern = "/api/users/{id}/consents",
         .scope = Scope::kCustomersRead,
         .handler = with(list_consents)},
        {.method = HttpMethod::kPost,
         .pattern = "/api/users/{id}/consents",
         .scope = Scope::kCustomersWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(post_consent)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/users/{id}/household",
         .scope = Scope::kCustomersRead,
         .handler = with(list_household)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/users/{id}/decisions",
         .scope = Scope::kDecisionsRead,
         .handler = [&parts,
                     limits](const Call& call) { return user_decisions(call, parts, limits); }},
    };
}

std::vector<Route> decision_routes(ServiceParts& parts, const ServiceLimits& limits) {
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/decisions",
         .scope = Scope::kDecisionsRead,
         .handler = [&parts,
                     limits](const Call& call) { return all_decisions(call, parts, limits); }},
        {.method = HttpMethod::kGet,
         .pattern = "/api/decisions/{id}",
         .scope = Scope::kDecisionsRead,
         .handler = [&parts](const Call& call) { return get_decision(call, parts); }},
        {.method = HttpMethod::kGet,
         .pattern = "/api/decisions/{id}/replay",
         .scope = Scope::kDecisionsRead,
         .handler = [&parts](const Call& call) { return replay_decision(call, parts); }},
    };
}

}  // namespace attune
