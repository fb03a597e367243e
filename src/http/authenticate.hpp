#pragma once

#include "access/access_service.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"

namespace attune {

inline constexpr std::string_view kAccessCookie = "attune_access";
inline constexpr std::string_view kRefreshCookie = "attune_refresh";
inline constexpr std::string_view kCsrfCookie = "attune_csrf";

/// The API key or token that the request comes with, by its Authorization header or else its
/// cookie.
std::optional<std::string_view> credential_of(const HttpRequest& request);

/// Who makes the request, by its Authorization header or else its cookie. A cookie is sent by any
/// page that makes the browser ask: unsafe methods must repeat the token of the session in
/// X-CSRF-Token.
/// Problem: 401 without good credentials; 403 without the token.
OrProblem<Principal> authenticate(const HttpRequest& request, AccessService& access);

/// Whether they may call the route. Problem: 403, "password_change_required" where that is why.
OrProblem<bool> authorize(const Principal& principal, const Route& route);

}  // namespace attune
