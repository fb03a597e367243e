#include "http/refusal.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "http/message.hpp"
#include "http/problem.hpp"

namespace attune {
namespace {

thread_local std::optional<int> pending_status;

std::string_view detail_of(int status) {
    switch (status) {
        case 413:
            return "the body is longer than this service reads";
        case 414:
            return "the target is longer than this service reads";
        case 431:
            return "the headers are more or longer than this service reads";
        case 503:
            return "too much is being read from others; try again";
        default:
            return "this is no HTTP/1.1 request";
    }
}

}  // namespace

bool PendingRefusal::note(std::string_view message) {
    note_parser_error(message);
    return pending_status || message.find("prepare connection error") != std::string_view::npos;
}

void PendingRefusal::note_parser_error(std::string_view message) {
    constexpr std::string_view kMark = "parser error HPE_";
    const auto at = message.find(kMark);
    if (at == std::string_view::npos) return;
    const std::string_view name = message.substr(at + kMark.size());
    static constexpr std::array<std::pair<std::string_view, int>, 6> kStatuses{
        {{"CB_url", 414},
         {"CB_header_field", 431},
         {"CB_header_value", 431},
         {"HEADER_OVERFLOW", 431},
         {"CB_headers_complete", 413},
         {"CB_body", 413}}};
    for (const auto& [cause, status] : kStatuses) {
        if (name.substr(0, cause.size()) == cause) return set(status);
    }
    // The peer went away in the middle of a request: nobody is left to answer.
    constexpr std::string_view kEnd = "INVALID_EOF_STATE";
    if (name.substr(0, kEnd.size()) != kEnd) set(400);
}

void PendingRefusal::set(int status) {
    pending_status = status;
}

std::optional<int> PendingRefusal::take() {
    return std::exchange(pending_status, std::nullopt);
}

std::string refusal_answer(int status) {
    const Problem problem{
        status, status == 503 ? "unavailable" : "not_read", std::string(detail_of(status)), {}};
    const HttpResponse response = problem_response(problem, "");
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n"
        "X-Content-Type-Options: nosniff\r\n{}\r\n{}",
        status, http_reason_phrase(status), response.content_type, response.body.size(),
        status == 503 ? "Retry-After: 1\r\n" : "", response.body);
}

}  // namespace attune
