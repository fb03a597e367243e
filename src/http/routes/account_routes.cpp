#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

json time_or_null(const std::optional<Timestamp>& time) {
    return time ? json(format_timestamp(*time)) : json(nullptr);
}

json account_json(const AccountView& account) {
    return {{"name", account.name},
            {"display_name", account.display_name},
            {"role", role_name(account.role)},
            {"disabled", account.disabled},
            {"must_change_password", account.must_change_password},
            {"locked_until", time_or_null(account.locked_until)},
            {"created_at", format_timestamp(account.created_at)},
            {"num_customers", account.num_customers}};
}

json key_json(const ApiKeyView& key) {
    json scopes = json::array();
    for (std::size_t i = 0; i < kNumScopes; ++i) {
        const auto scope = static_cast<Scope>(i);
        if (key.scopes.contains(scope)) scopes.push_back(scope_name(scope));
    }
    return {{"id", key.id},
            {"name", key.name},
            {"scopes", std::move(scopes)},
            {"created_at", format_timestamp(key.created_at)},
            {"created_by", key.created_by},
            {"expires_at", time_or_null(key.expires_at)},
            {"last_used_at", time_or_null(key.last_used_at)},
            {"revoked", key.revoked}};
}

Problem bad_field(const std::string& field, const std::string& what) {
    return {422, "invalid_argument", field + ": " + what, field};
}

/// A page by id of the list before.
OrProblem<Page> id_page(const Call& call, const ServiceLimits& limits) {
    ATTUNE_HTTP_TRY(call.target.query.only({"limit", "cursor"}));
    Page page;
    ATTUNE_HTTP_ASSIGN(page.limit, page_limit(call.target.query, limits));
    ATTUNE_HTTP_ASSIGN(const auto cursor, sort_cursor(call.target.query));
    if (cursor) page.after = cursor->id;
    ++page.limit;
    return page;
}

/// The list's cursor, after the entry too many was taken off.
template <typename Record, typename IdOf>
json next_cursor(std::vector<Record>& records, const Page& page, const IdOf& id_of) {
    if (records.size() < page.limit) return nullptr;
    records.pop_back();
    return to_cursor(SortCursor{"", id_of(records.back())});
}

OrProblem<HttpResponse> list_accounts(const Call& call, ServiceParts& parts,
                                      const ServiceLimits& limits) {
    ATTUNE_HTTP_ASSIGN(const Page page, id_page(call, limits));
    ATTUNE_HTTP_ASSIGN(auto accounts, parts.access.accounts().list(page));
    json body{{"accounts", json::array()}};
    body["next_cursor"] = next_cursor(accounts, page, [](const auto& a) { return a.name; });
    for (const AccountView& account : accounts) body["accounts"].push_back(account_json(account));
    return json_response(200, body);
}

OrProblem<HttpResponse> create_account(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(call.request));
    NewAccount account;
    for (const auto& [name, value] : body.items()) {
        if (!value.is_string()) return tl::unexpected(bad_field(name, "must be a text"));
        const auto text = value.get<std::string>();
        if (name == "name") {
            account.name = text;
        } else if (name == "display_name") {
            account.display_name = text;
        } else if (name == "role") {
            const auto role = parse_role(text);
            if (!role) return tl::unexpected(bad_field(name, role.error().message));
            account.role = *role;
        } else {
            return tl::unexpected(bad_field(name, "known are name, display_name and role"));
        }
    }
    if (!body.contains("role")) return tl::unexpected(bad_field("role", "must be given"));
    const auto issued = parts.access.accounts().create(account);
    if (!issued) return tl::unexpected(in_body(issued.error()));
    return json_response(201, {{"account", account_json(issued->account)},
                               {"one_time_password", issued->one_time_password}});
}

OrProblem<HttpResponse> get_account(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const AccountView account, parts.access.accounts().get(call.parameter(0)));
    return json_response(200, account_json(account));
}

OrProblem<AccountChange> read_change(const Call& call) {
    ATTUNE_HTTP_ASSIGN(const json body,
                       read_json_object(call.request, "application/merge-patch+json"));
    AccountChange change;
    for (const auto& [name, value] : body.items()) {
        if (name == "role" && value.is_string()) {
            const auto role = parse_role(value.get<std::string>());
            if (!role) return tl::unexpected(bad_field(name, role.error().message));
            change.role = *role;
        } else if (name == "disabled" && value.is_boolean()) {
            change.disabled = value.get<bool>();
        } else if (name == "display_name" && value.is_string()) {
            change.display_name = value.get<std::string>();
        } else if (name == "reset_password" && value.is_boolean()) {
            change.reset_password = value.get<bool>();
        } else {
            return tl::unexpected(bad_field(
                name, "known are role and display_name (texts), disabled and reset_password"));
        }
    }
    return change;
}

AccountCheck precondition(const Call& call) {
    return [&request = call.request](const AccountView& stored) -> Status {
        return check_if_match(request, etag_of(json_response(200, account_json(stored)).body),
                              "the account");
    };
}

OrProblem<HttpResponse> change_account(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const AccountChange change, read_change(call));
    const auto changed =
        parts.access.accounts().change(call.parameter(0), change, precondition(call));
    if (!changed) return tl::unexpected(change_problem(changed.error()));
    json body{{"account", account_json(changed->account)}};
    if (changed->one_time_password) body["one_time_password"] = *changed->one_time_password;
    return json_response(200, body);
}

OrProblem<HttpResponse> delete_account(const Call& call, ServiceParts& parts) {
    const Status removed = parts.access.accounts().remove(call.parameter(0), precondition(call));
    if (!removed) return tl::unexpected(change_problem(removed.error()));
    return json_response(200, {{"message", "Account deleted successfully"}});
}

/// One for all pages: what replaces all must not have changed on any.
std::string assignment_etag(const std::vector<std::string>& ids) {
    return etag_of(fmt::format("{}", fmt::join(ids, "\n")));
}

OrProblem<HttpResponse> get_assigned(const Call& call, ServiceParts& parts,
                                     const ServiceLimits& limits) {
    ATTUNE_HTTP_ASSIGN(const Page page, id_page(call, limits));
    ATTUNE_HTTP_ASSIGN(const auto all, parts.access.accounts().assigned(call.parameter(0)));
    const auto first = std::upper_bound(all.begin(), all.end(), page.after);
    const auto num_left = static_cast<std::size_t>(all.end() - first);
    const auto length = static_cast<std::ptrdiff_t>(std::min(num_left, page.limit));
    std::vector<std::string> ids(first, first + length);
    json cursor = next_cursor(ids, page, [](const std::string& id) { return id; });
    HttpResponse response =
        json_response(200, {{"customer_ids", ids}, {"next_cursor", std::move(cursor)}});
    response.with("ETag", assignment_etag(all));
    return response;
}

OrProblem<HttpResponse> put_assigned(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(call.request));
    const auto list = body.find("customer_ids");
    if (body.size() != 1 || list == body.end() || !list->is_array()) {
        return tl::unexpected(bad_field("customer_ids", "must be a list of ids, and all there is"));
    }
    std::vector<std::string> ids;
    for (const json& id : *list) {
        if (!id.is_string()) {
            return tl::unexpected(bad_field("customer_ids", "must be a list of ids"));
        }
        ids.push_back(id.get<std::string>());
    }
    const auto precondition = [&](const std::vector<std::string>& stored) {
        return check_if_match(call.request, assignment_etag(stored), "the assignment");
    };
    const Status assigned = parts.access.accounts().assign(call.parameter(0), ids, precondition);
    if (!assigned) return tl::unexpected(change_problem(assigned.error()));
    return json_response(
        200, {{"message", "Customers assigned successfully"}, {"num_customers", ids.size()}});
}

OrProblem<HttpResponse> list_keys(const Call& call, ServiceParts& parts,
                                  const ServiceLimits& limits) {
    ATTUNE_HTTP_ASSIGN(const Page page, id_page(call, limits));
    ATTUNE_HTTP_ASSIGN(auto keys, parts.access.api_keys().list(page));
    json body{{"keys", json::array()}};
    body["next_cursor"] = next_cursor(keys, page, [](const auto& key) { return key.id; });
    for (const ApiKeyView& key : keys) body["keys"].push_back(key_json(key));
    return json_response(200, body);
}

OrProblem<HttpResponse> create_key(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(call.request));
    NewApiKey key;
    for (const auto& [name, value] : body.items()) {
        if (name == "name" && value.is_string()) {
            key.name = value.get<std::string>();
        } else if (name == "scopes" && value.is_array()) {
            std::string text;
            for (const json& scope : value) {
                if (!scope.is_string()) return tl::unexpected(bad_field(name, "must be texts"));
                text += scope.get<std::string>() + " ";
            }
            const auto scopes = Scopes::parse(text);
            if (!scopes) return tl::unexpected(bad_field(name, scopes.error().message));
            key.scopes = *scopes;
        } else if (name == "expires_at" && value.is_string()) {
            const auto time = parse_timestamp(value.get<std::string>());
            if (!time) return tl::unexpected(bad_field(name, time.error().message));
            key.expires_at = *time;
        } else if (name != "expires_at" || !value.is_null()) {
            return tl::unexpected(
                bad_field(name, "known are name (text), scopes (list) and expires_at (time)"));
        }
    }
    const auto issued = parts.access.api_keys().create(key, call.principal.key());
    if (!issued) return tl::unexpected(in_body(issued.error()));
    return json_response(201, {{"key", key_json(issued->key)}, {"secret", issued->secret}});
}

OrProblem<HttpResponse> revoke_key(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_TRY(parts.access.api_keys().revoke(call.parameter(0)));
    return json_response(200, {{"message", "Key revoked successfully"}});
}

}  // namespace

std::vector<Route> account_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto route = [&](HttpMethod method, std::string pattern, auto handler) {
        return Route{.method = method,
                     .pattern = std::move(pattern),
                     .scope = Scope::kAccountsAdmin,
                     .max_body_bytes = method == HttpMethod::kGet ? 0 : limits.max_json_bytes,
                     .handler = [handler, &parts, limits](const Call& call) {
                         if constexpr (std::is_invocable_v<decltype(handler), const Call&,
                                                           ServiceParts&, const ServiceLimits&>) {
                             return handler(call, parts, limits);
                         } else {
                             return handler(call, parts);
                         }
                     }};
    };
    return {
        route(HttpMethod::kGet, "/api/accounts", list_accounts),
        route(HttpMethod::kPost, "/api/accounts", create_account),
        route(HttpMethod::kGet, "/api/accounts/{name}", get_account),
        route(HttpMethod::kPatch, "/api/accounts/{name}", change_account),
        route(HttpMethod::kDelete, "/api/accounts/{name}", delete_account),
        route(HttpMethod::kGet, "/api/accounts/{name}/customers", get_assigned),
        route(HttpMethod::kPut, "/api/accounts/{name}/customers", put_assigned),
        route(HttpMethod::kGet, "/api/keys", list_keys),
        route(HttpMethod::kPost, "/api/keys", create_key),
        route(HttpMethod::kDelete, "/api/keys/{id}", revoke_key),
    };
}

}  // namespace attune
