#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/problem.hpp"

/// What is asked of an Idempotency-Key wherever it is heeded.
/// @source draft-ietf-httpapi-idempotency-key-header
namespace attune {

/// @errors 400: not 1 to 200 characters
OrProblem<std::string> checked_idempotency_key(std::string_view key);

/// Tells what was asked for from anything else that could be.
std::string idempotent_request_hash(const HttpRequest& request);

/// 422: the key came with something else before.
Problem idempotency_key_reused();

}  // namespace attune
