#include "http/routes/token_route.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <restinio/utils/base64.hpp>

#include "http/json_body.hpp"

namespace attune {
namespace {

/// Errors of this route look as RFC 6749, 5.2, asks.
HttpResponse oauth_error(int status, const char* error, const std::string& description) {
    HttpResponse response =
        json_response(status, {{"error", error}, {"error_description", description}});
    if (status == 401) response.with("WWW-Authenticate", "Basic realm=\"attune\"");
    return response;
}

struct ClientCredentials {
    std::string id;
    std::string secret;
};

/// By Basic authentication, or by the form.
std::optional<ClientCredentials> read_client(const HttpRequest& request,
                                             const QueryParameters& form) {
    const auto header = request.header("authorization");
    constexpr std::string_view kScheme = "Basic ";
    if (header && header->starts_with(kScheme)) {
        const std::string_view encoded = header->substr(kScheme.size());
        const auto decoded = restinio::utils::base64::try_decode({encoded.data(), encoded.size()});
        if (!decoded) return std::nullopt;
        const auto colon = decoded->find(':');
        if (colon == std::string::npos) return std::nullopt;
        return ClientCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
    }
    const auto id = form.get("client_id");
    const auto secret = form.get("client_secret");
    if (!id || !secret) return std::nullopt;
    return ClientCredentials{std::string(*id), std::string(*secret)};
}

OrProblem<HttpResponse> give_token(const Call& call, ServiceParts& parts) {
    const auto type = call.request.header("content-type").value_or("");
    if (!type.starts_with("application/x-www-form-urlencoded")) {
        return oauth_error(400, "invalid_request",
                           "Content-Type: must be application/x-www-form-urlencoded");
    }
    const auto form = QueryParameters::parse(call.request.body);
    if (!form) return oauth_error(400, "invalid_request", form.error().message);
    if (form->get("grant_type") != "client_credentials") {
        return oauth_error(400, "unsupported_grant_type",
                           "grant_type: client_credentials is the one there is");
    }
    const auto client = read_client(call.request, *form);
    if (!client)
        return oauth_error(401, "invalid_client", "client_id and client_secret are needed");
    const auto granted =
        parts.access.api_keys().grant(client->id, client->secret, form->get("scope").value_or(""));
    if (!granted) {
        switch (granted.error().code) {
            case ErrorCode::kUnauthenticated:
                return oauth_error(401, "invalid_client", granted.error().message);
            case ErrorCode::kInvalidArgument:
            case ErrorCode::kForbidden:
                return oauth_error(400, "invalid_scope", granted.error().message);
            default:
                return tl::unexpected(Problem::of(granted.error()));
        }
    }
    return json_response(200, {{"access_token", granted->access_token},
                               {"token_type", "Bearer"},
                               {"expires_in", granted->expires_in_s},
                               {"scope", granted->scopes.text()}});
}

}  // namespace

Route token_route(ServiceParts& parts) {
    return {.method = HttpMethod::kPost,
            .pattern = "/api/auth/token",
            .entry = Entry::kOpen,
            .lane = Lane::kSigningIn,
            .max_body_bytes = 16 << 10,
            .handler = [&parts](const Call& call) { return give_token(call, parts); }};
}

}  // namespace attune
