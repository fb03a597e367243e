#pragma once

#include "http/router.hpp"
#include "http/service_parts.hpp"

namespace attune {

/// POST /api/auth/token: the client credentials grant of OAuth 2.0.
/// @source RFC 6749, 4.4
Route token_route(ServiceParts& parts);

}  // namespace attune
