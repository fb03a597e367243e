#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

OrProblem<CustomerQuery> read_query(const Call& call, const ServiceLimits& limits) {
    const QueryParameters& given = call.target.query;
    ATTUNE_HTTP_TRY(given.only({"limit", "cursor", "q", "kind", "location", "sort"}));
    CustomerQuery query;
    ATTUNE_HTTP_ASSIGN(query.limit, page_limit(given, limits));
    ATTUNE_HTTP_ASSIGN(query.after, sort_cursor(given));
    query.text = given.get("q").value_or("");
    query.location = given.get("location").value_or("");
    if (const auto kind = given.get("kind")) {
        ATTUNE_HTTP_ASSIGN(query.kind, parse_customer_kind(*kind));
    }
    std::string_view sort = given.get("sort").value_or("id");
    if (sort.starts_with('-')) {
        query.order = SortOrder::kDescending;
        sort.remove_prefix(1);
    }
    if (sort == "name") {
        query.sort = CustomerSort::kName;
    } else if (sort == "age") {
        query.sort = CustomerSort::kAge;
    } else if (sort != "id") {
        return tl::unexpected(Problem{400, "invalid_argument",
                                      "sort: must be id, name or age, with - for descending",
                                      "sort"});
    }
    if (!call.principal.sees_all_customers()) query.assigned_to = call.principal.name;
    return query;
}

/// What If-Match is held against: the tag that GET gives.
CustomerCheck precondition(const Call& call) {
    return [&request = call.request](const Customer& stored) -> Status {
        return check_if_match(request, etag_of(json_response(200, to_json(stored)).body),
                              "the customer");
    };
}

OrProblem<Customer> read_customer(const Call& call, const std::optional<std::string>& id) {
    ATTUNE_HTTP_ASSIGN(json body, read_json_object(call.request));
    if (id && !body.contains("id")) body["id"] = *id;
    auto customer = customer_from_json(body);
    if (!customer) return tl::unexpected(in_body(customer.error()));
    if (id && customer->id != *id) {
        return tl::unexpected(
            Problem{422, "invalid_argument", "id: must be that of the path, or left out", "id"});
    }
    return std::move(*customer);
}

OrProblem<HttpResponse> list_users(const Call& call, ServiceParts& parts,
                                   const ServiceLimits& limits) {
    ATTUNE_HTTP_ASSIGN(const CustomerQuery query, read_query(call, limits));
    ATTUNE_HTTP_ASSIGN(const auto found, parts.records.customers(query));
    json users = json::array();
    for (const Customer& customer : found.page.records) users.push_back(to_json(customer));
    json body{{"users", std::move(users)}, {"total", found.total}, {"next_cursor", nullptr}};
    if (found.page.next) body["next_cursor"] = to_cursor(*found.page.next);
    return json_response(200, body);
}

/// Advisers work with the customers they were given: they neither add nor remove any.
OrProblem<bool> check_may_add_or_remove(const Call& call) {
    if (call.principal.sees_all_customers()) return true;
    return tl::unexpected(
        Problem{403, "forbidden", "advisers neither add nor remove customers", {}});
}

OrProblem<HttpResponse> create_user(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_TRY(check_may_add_or_remove(call));
    ATTUNE_HTTP_ASSIGN(const Customer customer, read_customer(call, std::nullopt));
    const Status created = parts.live.customers().create(customer);
    if (!created) return tl::unexpected(in_body(created.error()));
    HttpResponse response =
        json_response(201, {{"message", "User created successfully"}, {"user", to_json(customer)}});
    response.with("Location", "/api/users/" + customer.id);
    return response;
}

OrProblem<HttpResponse> get_user(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(const Customer customer, parts.records.customer(id));
    return json_response(200, to_json(customer));
}

OrProblem<HttpResponse> replace_user(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(const Customer customer, read_customer(call, id));
    const auto replaced = parts.live.customers().replace(customer, precondition(call));
    if (!replaced) return tl::unexpected(change_problem(replaced.error()));
    return json_response(200, {{"message", "User updated successfully"}});
}

OrProblem<HttpResponse> patch_user(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_ASSIGN(const json patch,
                       read_json_object(call.request, "application/merge-patch+json"));
    const auto patched = parts.live.customers().patch(id, patch, precondition(call));
    if (!patched) return tl::unexpected(change_problem(patched.error()));
    return json_response(200, {{"message", "User updated successfully"}});
}

OrProblem<HttpResponse> delete_user(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const std::string id, visible_customer(call, call.parameter(0)));
    ATTUNE_HTTP_TRY(check_may_add_or_remove(call));
    const Status removed = parts.live.customers().remove(id, precondition(call));
    if (!removed) return tl::unexpected(change_problem(removed.error()));
    parts.access.customer_removed();
    return json_response(200, {{"message", "User deleted successfully"}});
}

}  // namespace

std::vector<Route> user_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto with = [&parts](auto handler) {
        return [handler, &parts](const Call& call) { return handler(call, parts); };
    };
    const std::string one = "/api/users/{id}";
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/users",
         .scope = Scope::kCustomersRead,
         .handler = [&parts, limits](const Call& call) { return list_users(call, parts, limits); }},
        {.method = HttpMethod::kPost,
         .pattern = "/api/users",
         .scope = Scope::kCustomersWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(create_user)},
        {.method = HttpMethod::kGet,
         .pattern = one,
         .scope = Scope::kCustomersRead,
         .handler = with(get_user)},
        {.method = HttpMethod::kPut,
         .pattern = one,
         .scope = Scope::kCustomersWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(replace_user)},
        {.method = HttpMethod::kPatch,
         .pattern = one,
         .scope = Scope::kCustomersWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(patch_user)},
        {.method = HttpMethod::kDelete,
         .pattern = one,
         .scope = Scope::kCustomersWrite,
         .handler = with(delete_user)},
    };
}

}  // namespace attune
