#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "http/authenticate.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/token_route.hpp"

namespace attune {
namespace {

using nlohmann::json;

json principal_json(const Principal& principal) {
    json scopes = json::array();
    for (std::size_t i = 0; i < kNumScopes; ++i) {
        const auto scope = static_cast<Scope>(i);
        if (principal.permits(scope)) scopes.push_back(scope_name(scope));
    }
    return {{"name", principal.name},
            {"display_name", principal.display_name},
            {"role", role_name(principal.role)},
            {"must_change_password", principal.must_change_password},
            {"scopes", std::move(scopes)}};
}

json session_json(const Principal& principal, Timestamp expires_at) {
    return {{"account", principal_json(principal)},
            {"csrf_token", principal.csrf_token},
            {"expires_at", format_timestamp(expires_at)}};
}

struct Cookie {
    std::string_view name;
    std::string_view value;
    std::string_view path;
    std::int64_t max_age_s = 0;
    bool readable = false;  ///< by scripts of the page
};

std::string to_text(const Cookie& cookie, bool secure) {
    return fmt::format("{}={}; Path={}; Max-Age={}; SameSite=Strict{}{}", cookie.name, cookie.value,
                       cookie.path, cookie.max_age_s, cookie.readable ? "" : "; HttpOnly",
                       secure ? "; Secure" : "");
}

/// Hands the session to the browser, or takes it back where `signed_in` is none.
void set_cookies(HttpResponse& response, const SignedIn* signed_in, Timestamp now, bool secure) {
    const std::int64_t left_s =
        signed_in == nullptr ? 0 : (signed_in->refresh_expires_at.ms - now.ms) / 1'000;
    const auto text = [&](const std::string& value) {
        return signed_in == nullptr ? std::string_view{} : std::string_view(value);
    };
    static const SignedIn kNobody{};
    const SignedIn& session = signed_in == nullptr ? kNobody : *signed_in;
    for (const Cookie& cookie :
         {Cookie{kAccessCookie, text(session.access_token), "/", left_s, false},
          Cookie{kRefreshCookie, text(session.refresh_token), "/api/auth", left_s, false},
          Cookie{kCsrfCookie, text(session.principal.csrf_token), "/", left_s, true}}) {
        response.with("Set-Cookie", to_text(cookie, secure));
    }
}

HttpResponse signed_in_response(const SignedIn& signed_in, const ServiceParts& parts) {
    HttpResponse response =
        json_response(200, session_json(signed_in.principal, signed_in.access_expires_at));
    set_cookies(response, &signed_in, parts.clock.now(), parts.secure);
    return response;
}

/// The texts of a body that has just these. Problem: 422.
template <std::size_t N>
OrProblem<std::array<std::string, N>> read_texts(const Call& call,
                                                 const std::array<const char*, N>& names) {
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(call.request));
    std::array<std::string, N> texts;
    for (std::size_t i = 0; i < N; ++i) {
        const auto found = body.find(names[i]);
        if (found == body.end() || !found->is_string()) {
            return tl::unexpected(Problem{422, "invalid_argument",
                                          std::string(names[i]) + ": must be a text", names[i]});
        }
        texts[i] = found->template get<std::string>();
    }
    if (body.size() == N) return texts;
    return tl::unexpected(
        Problem{422, "invalid_argument", "the body has fields that are not known here", {}});
}

OrProblem<HttpResponse> sign_in(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const auto given, read_texts(call, std::array{"name", "password"}));
    ATTUNE_HTTP_ASSIGN(const auto outcome, parts.access.sessions().sign_in(given[0], given[1]));
    if (const auto* locked = std::get_if<LockedOut>(&outcome)) {
        HttpResponse response = problem_response(
            {429, "locked_out", "too many wrong passwords; wait as long as Retry-After says", {}},
            call.id);
        response.with("Retry-After", std::to_string(locked->retry_after_s));
        return response;
    }
    return signed_in_response(std::get<SignedIn>(outcome), parts);
}

OrProblem<HttpResponse> refresh(const Call& call, ServiceParts& parts) {
    const auto token = call.request.cookie(kRefreshCookie);
    if (!token) {
        return tl::unexpected(
            Problem{401, "unauthenticated", "there is no session to go on with: sign in", {}});
    }
    const auto signed_in = parts.access.sessions().refresh(*token);
    // Only what is known not to be good any more is taken back: a full disk signs nobody out.
    if (!signed_in && signed_in.error().code != ErrorCode::kUnauthenticated) {
        return tl::unexpected(Problem::of(signed_in.error()));
    }
    if (!signed_in) {
        HttpResponse response = problem_response(Problem::of(signed_in.error()), call.id);
        set_cookies(response, nullptr, parts.clock.now(), parts.secure);
        return response;
    }
    return signed_in_response(*signed_in, parts);
}

OrProblem<HttpResponse> sign_out(const Call& call, ServiceParts& parts) {
    if (call.principal.kind == PrincipalKind::kAccount) {
        ATTUNE_HTTP_TRY(parts.access.sessions().sign_out(call.principal));
    }
    HttpResponse response;
    response.status = 204;
    response.content_type.clear();
    set_cookies(response, nullptr, parts.clock.now(), parts.secure);
    return response;
}

OrProblem<HttpResponse> me(const Call& call, ServiceParts&) {
    return json_response(200, session_json(call.principal, call.principal.expires_at));
}

OrProblem<HttpResponse> change_password(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const auto given,
                       read_texts(call, std::array{"current_password", "new_password"}));
    const Status changed =
        parts.access.sessions().change_password(call.principal, given[0], given[1]);
    if (!changed && changed.error().code == ErrorCode::kUnauthenticated) {
        return tl::unexpected(Problem{422, "wrong_password",
                                      "current_password: is not the password of the account",
                                      "current_password"});
    }
    if (!changed) {
        Problem problem = in_body(changed.error());
        if (problem.status == 422 && problem.field.empty()) problem.field = "new_password";
        return tl::unexpected(std::move(problem));
    }
    HttpResponse response;
    response.status = 204;
    response.content_type.clear();
    return response;
}

}  // namespace

std::vector<Route> session_routes(ServiceParts& parts, const ServiceLimits&) {
    constexpr std::size_t kMostBytes = 16 << 10;
    const auto post = [&](std::string name, Entry entry, auto handler) {
        return Route{
            .method = HttpMethod::kPost,
            .pattern = "/api/auth/" + name,
            .entry = entry,
            .lane = Lane::kSigningIn,
            .max_body_bytes = kMostBytes,
            .handler = [handler, &parts](const Call& call) { return handler(call, parts); }};
    };
    return {
        post("sign-in", Entry::kOpen, sign_in),
        post("refresh", Entry::kOpen, refresh),
        post("sign-out", Entry::kAuthenticated, sign_out),
        post("password", Entry::kAuthenticated, change_password),
        token_route(parts),
        {.method = HttpMethod::kGet,
         .pattern = "/api/auth/me",
         .entry = Entry::kAuthenticated,
         .execution = Execution::kInline,
         .handler = [&parts](const Call& call) { return me(call, parts); }},
    };
}

}  // namespace attune
