#include "http/problem.hpp"

#include <nlohmann/json.hpp>

namespace attune {
namespace {

/// Messages name the field first: "age: must be ..." or "events[3].type: ...".
std::string leading_field(const std::string& message) {
    const auto colon = message.find(": ");
    if (colon == std::string::npos || colon == 0) return {};
    const std::string field = message.substr(0, colon);
    const bool plain =
        field.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.[]-") == std::string::npos;
    return plain ? field : std::string{};
}

}  // namespace

Problem Problem::of(const Error& error) {
    const int status = http_status(error.code);
    Problem problem{status, std::string(error_code_name(error.code)), error.message, {}};
    if (status == 422 || status == 400) problem.field = leading_field(error.message);
    if (status == 500) {
        problem.detail = "a fault of the service; its log has the details";
        problem.cause = error.message;
    }
    return problem;
}

HttpResponse problem_response(const Problem& problem, std::string_view instance) {
    nlohmann::json body{{"type", "about:blank"},    {"title", http_reason_phrase(problem.status)},
                        {"status", problem.status}, {"detail", problem.detail},
                        {"instance", instance},     {"code", problem.code}};
    if (!problem.field.empty()) body["field"] = problem.field;
    HttpResponse response;
    response.status = problem.status;
    response.content_type = "application/problem+json";
    // What a client sent may be quoted in the detail: bytes that are no UTF-8 are replaced.
    response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return response;
}

}  // namespace attune
