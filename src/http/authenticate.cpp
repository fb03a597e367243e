#include "http/authenticate.hpp"

#include <fmt/core.h>

#include "access/secure_random.hpp"

namespace attune {
namespace {

bool is_safe(HttpMethod method) {
    return method == HttpMethod::kGet || method == HttpMethod::kHead ||
           method == HttpMethod::kOptions;
}

/// The credential after "Bearer "; none: no such header.
std::optional<std::string_view> bearer(const HttpRequest& request) {
    const auto header = request.header("authorization");
    constexpr std::string_view kScheme = "bearer ";
    if (!header || header->size() < kScheme.size()) return std::nullopt;
    for (std::size_t i = 0; i < kScheme.size(); ++i) {
        const char c = (*header)[i];
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (lower != kScheme[i]) return std::nullopt;
    }
    return header->substr(kScheme.size());
}

}  // namespace

std::optional<std::string_view> credential_of(const HttpRequest& request) {
    const auto credential = bearer(request);
    return credential ? credential : request.cookie(kAccessCookie);
}

OrProblem<Principal> authenticate(const HttpRequest& request, AccessService& access) {
    if (const auto credential = bearer(request)) {
        ATTUNE_HTTP_ASSIGN(Principal principal, access.authenticate(*credential));
        return principal;
    }
    const auto cookie = request.cookie(kAccessCookie);
    if (!cookie) {
        return tl::unexpected(
            Problem{401,
                    "unauthenticated",
                    "sign in, or send an API key or a token as 'Authorization: Bearer ...'",
                    {}});
    }
    ATTUNE_HTTP_ASSIGN(Principal principal, access.authenticate(*cookie));
    const bool guarded =
        is_safe(request.method) ||
        equal_in_constant_time(request.header("x-csrf-token").value_or(""), principal.csrf_token);
    if (!guarded || (principal.csrf_token.empty() && !is_safe(request.method))) {
        return tl::unexpected(
            Problem{403,
                    "csrf",
                    "X-CSRF-Token: must repeat the csrf_token of the session when cookies are sent",
                    {}});
    }
    return principal;
}

OrProblem<bool> authorize(const Principal& principal, const Route& route) {
    if (route.entry != Entry::kScoped) return true;
    if (principal.must_change_password) {
        return tl::unexpected(Problem{403,
                                      "password_change_required",
                                      "choose a password first: POST /api/auth/password",
                                      {}});
    }
    if (principal.permits(route.scope)) return true;
    return tl::unexpected(Problem{403,
                                  "forbidden",
                                  fmt::format("this takes the scope {}, which {} has not",
                                              scope_name(route.scope), role_name(principal.role)),
                                  {}});
}

}  // namespace attune
