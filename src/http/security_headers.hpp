#pragma once

#include "http/message.hpp"

namespace attune {

/// Adds what every answer says to browsers: what its page may load, and that nothing frames it.
/// @param secure  it came over TLS, which is to be kept
/// @source        Content Security Policy Level 3, HTML, RFC 6797
void add_security_headers(HttpResponse& response, bool secure);

}  // namespace attune
