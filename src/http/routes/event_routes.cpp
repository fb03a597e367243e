#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"
#include "serving/event_service.hpp"

namespace attune {
namespace {

using nlohmann::json;

/// The records of a body: one object, or {name: [objects]}.
OrProblem<std::vector<json>> read_records(const Call& call, const char* name) {
    ATTUNE_HTTP_ASSIGN(json body, read_json_object(call.request));
    if (!body.contains(name)) return std::vector<json>{std::move(body)};
    if (body.size() != 1 || !body[name].is_array() || body[name].empty()) {
        return tl::unexpected(Problem{422, "invalid_argument",
                                      std::string(name) + ": must be a list with at least one, and "
                                                          "the only key of the body",
                                      name});
    }
    return body[name].get<std::vector<json>>();
}

std::string place(const char* name, std::size_t index) {
    return name + ("[" + std::to_string(index) + "]");
}

/// Several things wrong with a body, each with its field (RFC 9457, an extension member).
HttpResponse problems_response(const Call& call, const std::vector<FieldProblem>& problems) {
    Problem first{422, std::string(error_code_name(problems.front().code)),
                  problems.front().field + ": " + problems.front().message, problems.front().field};
    HttpResponse response = problem_response(first, call.id);
    json body = json::parse(response.body);
    body["errors"] = json::array();
    for (const FieldProblem& problem : problems) {
        body["errors"].push_back({{"field", problem.field}, {"message", problem.message}});
    }
    response.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return response;
}

FieldProblem unseen_customer(std::string field, const std::string& id) {
    return {std::move(field), "customer '" + id + "': there is no such customer",
            ErrorCode::kNotFound};
}

OrProblem<HttpResponse> post_events(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::vector<json> documents, read_records(call, "events"));
    std::vector<Event> events;
    std::vector<FieldProblem> problems;
    const Timestamp now = parts.clock.now();
    for (std::size_t i = 0; i < documents.size(); ++i) {
        auto event = event_input_from_json(documents[i], now);
        if (!event) {
            problems.push_back({place("events", i), event.error().message, event.error().code});
        } else if (!call.principal.may_see_customer(event->customer_id)) {
            problems.push_back(
                unseen_customer(place("events", i) + ".customer_id", event->customer_id));
        } else {
            events.push_back(std::move(*event));
        }
    }
    if (!problems.empty()) return problems_response(call, problems);
    ATTUNE_HTTP_ASSIGN(const EventReceipt receipt, parts.live.events().submit(std::move(events)));
    if (!receipt.problems.empty()) return problems_response(call, receipt.problems);
    return json_response(
        202,
        {{"accepted", receipt.accepted}, {"duplicates", receipt.duplicates}, {"ids", receipt.ids}});
}

OrProblem<HttpResponse> get_events(const Call& call, ServiceParts& parts,
                                   const ServiceLimits& limits) {
    ATTUNE_HTTP_TRY(call.target.query.only({"limit", "cursor", "customer_id"}));
    ATTUNE_HTTP_ASSIGN(NewestFirst page, newest_first(call.target.query, limits));
    if (const auto id = call.target.query.get("customer_id")) {
        ATTUNE_HTTP_ASSIGN(page.customer_id, visible_customer(call, std::string(*id)));
    } else if (!call.principal.sees_all_customers()) {
        page.assigned_to = call.principal.name;
    }
    ATTUNE_HTTP_ASSIGN(std::vector<Event> events, parts.records.events(page));
    json body{{"events", json::array()}, {"next_cursor", nullptr}};
    if (events.size() == page.limit) {
        events.pop_back();
        body["next_cursor"] = to_cursor(TimeCursor{events.back().time, events.back().id});
    }
    for (const Event& event : events) body["events"].push_back(to_json(event));
    return json_response(200, body);
}

/// Transactions or posts: all or none of the body.
template <typename Record>
OrProblem<HttpResponse> post_records(
    const Call& call, const char* name, Result<Record> (*read)(const json&),
    const std::function<Result<PutCounts>(std::span<const Record>, const MoveCheck&)>& put) {
    ATTUNE_HTTP_ASSIGN(const std::vector<json> documents, read_records(call, name));
    std::vector<Record> records;
    std::vector<FieldProblem> problems;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        auto record = read(documents[i]);
        if (!record) {
            problems.push_back({place(name, i), record.error().message, record.error().code});
        } else if (!call.principal.may_see_customer(record->customer_id)) {
            problems.push_back(
                unseen_customer(place(name, i) + ".customer_id", record->customer_id));
        } else {
            records.push_back(std::move(*record));
        }
    }
    if (!problems.empty()) return problems_response(call, problems);
    // A correction may move a record to another customer, by those who may see both.
    std::string taken;
    const auto counts = put(records, [&](std::size_t i, const std::string& stored_under) -> Status {
        if (call.principal.may_see_customer(stored_under)) return {};
        taken = place(name, i) + ".id";
        return fail(ErrorCode::kConflict, "{}: '{}' is the id of another one", taken,
                    records[i].id);
    });
    if (!counts) {
        Problem problem = in_body(counts.error());
        if (!taken.empty()) problem.field = taken;
        return tl::unexpected(std::move(problem));
    }
    json ids = json::array();
    for (const Record& record : records) ids.push_back(record.id);
    return json_response(202, {{"accepted", counts->added + counts->changed},
                               {"duplicates", counts->unchanged},
                               {"ids", std::move(ids)}});
}

OrProblem<HttpResponse> post_feedback(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(call.request));
    const auto text = [&](const char* name) {
        const auto found = body.find(name);
        return found != body.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string{};
    };
    for (const auto& [name, value] : body.items()) {
        const bool known =
            name == "decision_id" || name == "user_id" || name == "product_id" || name == "action";
        if (known && value.is_string()) continue;
        return tl::unexpected(Problem{422, "invalid_argument",
                                      name + ": known are the texts decision_id, user_id, "
                                             "product_id and action",
                                      name});
    }
    if (!call.principal.may_see_customer(text("user_id"))) {
        return tl::unexpected(Problem{
            422, "not_found", unseen_customer("user_id", text("user_id")).message, "user_id"});
    }
    auto event =
        feedback_event(text("decision_id"), text("user_id"), text("product_id"), text("action"));
    if (!event) return tl::unexpected(in_body(event.error()));
    if (event->time.ms == 0) event->time = parts.clock.now();
    std::vector<Event> events{std::move(*event)};
    ATTUNE_HTTP_ASSIGN(const EventReceipt receipt, parts.live.events().submit(std::move(events)));
    if (!receipt.problems.empty()) return problems_response(call, receipt.problems);
    return json_response(202, {{"event_id", receipt.ids.front()}});
}

}  // namespace

std::vector<Route> event_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto post = [&limits](std::string pattern, Handler handler) {
        return Route{.method = HttpMethod::kPost,
                     .pattern = std::move(pattern),
                     .scope = Scope::kEventsWrite,
                     .max_body_bytes = limits.max_json_bytes,
                     .handler = std::move(handler)};
    };
    return {
        post("/api/events", [&parts](const Call& call) { return post_events(call, parts); }),
        post("/api/feedback", [&parts](const Call& call) { return post_feedback(call, parts); }),
        post("/api/transactions",
             [&parts](const Call& call) {
                 return post_records<Transaction>(
                     call, "transactions", transaction_from_json,
                     [&](auto records, const MoveCheck& check) {
                         return parts.live.customers().add_transactions(records, check);
                     });
             }),
        post("/api/posts",
             [&parts](const Call& call) {
                 return post_records<Post>(
                     call, "posts", post_from_json, [&](auto records, const MoveCheck& check) {
                         return parts.live.customers().add_posts(records, check);
                     });
             }),
        {.method = HttpMethod::kGet,
         .pattern = "/api/events",
         .scope = Scope::kCustomersRead,
         .handler = [&parts, limits](const Call& call) { return get_events(call, parts, limits); }},
    };
}

}  // namespace attune
