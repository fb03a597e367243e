#pragma once

#include <nlohmann/json_fwd.hpp>

#include "http/message.hpp"
#include "http/problem.hpp"

namespace attune {

/// Nesting that a body may have.
inline constexpr int kMaxJsonDepth = 32;

/// Reads the body as JSON. Problems: 415 where Content-Type is not `media_type` (or
/// application/json), 400 where it is no JSON, with line and column, names a key twice or nests
/// deeper than kMaxJsonDepth.
OrProblem<nlohmann::json> read_json(const HttpRequest& request,
                                    std::string_view media_type = "application/json");

/// The same, and the body must be an object. Problem: 422.
OrProblem<nlohmann::json> read_json_object(const HttpRequest& request,
                                           std::string_view media_type = "application/json");

/// An answer with a JSON body.
HttpResponse json_response(int status, const nlohmann::json& body);

}  // namespace attune
