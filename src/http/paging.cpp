#include "http/paging.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "core/hash.hpp"

namespace attune {
namespace {

using nlohmann::json;

// Callers must not read cursors: in hexadecimal digits nobody is tempted to.
std::string hex_of(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0 || text.size() > 4'096) return std::nullopt;
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        return -1;
    };
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]);
        const int low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

constexpr std::string_view kIfMatch = "If-Match";

Problem bad_cursor() {
    return {400, "invalid_argument", "cursor: not one that a list gave as next_cursor", "cursor"};
}

/// The two parts of a cursor of the wanted types.
OrProblem<std::optional<json>> cursor_parts(const QueryParameters& query) {
    const auto text = query.get("cursor");
    if (!text) return std::nullopt;
    const auto bytes = from_hex(*text);
    if (!bytes) return tl::unexpected(bad_cursor());
    json parts = json::parse(*bytes, nullptr, false);
    if (!parts.is_array() || parts.size() != 2 || !parts[1].is_string()) {
        return tl::unexpected(bad_cursor());
    }
    return parts;
}

std::string encode(const json& parts) {
    return hex_of(parts.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

OrProblem<std::size_t> page_limit(const QueryParameters& query, const ServiceLimits& limits) {
    ATTUNE_HTTP_ASSIGN(const std::int64_t limit,
                       query.integer("limit", static_cast<std::int64_t>(limits.default_page), 1,
                                     static_cast<std::int64_t>(limits.max_page)));
    return static_cast<std::size_t>(limit);
}

OrProblem<std::optional<TimeCursor>> time_cursor(const QueryParameters& query) {
    ATTUNE_HTTP_ASSIGN(const auto parts, cursor_parts(query));
    if (!parts) return std::nullopt;
    if (!(*parts)[0].is_number_integer()) return tl::unexpected(bad_cursor());
    return TimeCursor{Timestamp{(*parts)[0].get<std::int64_t>()}, (*parts)[1].get<std::string>()};
}

OrProblem<std::optional<SortCursor>> sort_cursor(const QueryParameters& query) {
    ATTUNE_HTTP_ASSIGN(const auto parts, cursor_parts(query));
    if (!parts) return std::nullopt;
    if (!(*parts)[0].is_string()) return tl::unexpected(bad_cursor());
    return SortCursor{(*parts)[0].get<std::string>(), (*parts)[1].get<std::string>()};
}

std::string to_cursor(const TimeCursor& cursor) {
    return encode(json::array({cursor.time.ms, cursor.id}));
}

std::string to_cursor(const SortCursor& cursor) {
    return encode(json::array({cursor.value, cursor.id}));
}

OrProblem<NewestFirst> newest_first(const QueryParameters& query, const ServiceLimits& limits) {
    NewestFirst page;
    ATTUNE_HTTP_ASSIGN(page.limit, page_limit(query, limits));
    ++page.limit;
    ATTUNE_HTTP_ASSIGN(page.before, time_cursor(query));
    return page;
}

Problem in_body(const Error& error) {
    Problem problem = Problem::of(error);
    if (problem.status == 400) problem.status = 422;
    return problem;
}

std::string etag_of(std::string_view body) {
    return "\"" + to_hex(hash64(body)) + "\"";
}

Status check_if_match(const HttpRequest& request, std::string_view etag, std::string_view noun) {
    const auto wanted = request.header("if-match");
    if (!wanted || *wanted == "*" || wanted->find(etag) != std::string_view::npos) return {};
    return fail(ErrorCode::kConflict, "{}: {} has changed since", kIfMatch, noun);
}

Problem change_problem(const Error& error) {
    Problem problem = in_body(error);
    if (problem.status == 409 && problem.detail.starts_with(kIfMatch)) problem.status = 412;
    return problem;
}

OrProblem<std::string> visible_customer(const Call& call, std::string id) {
    if (call.principal.may_see_customer(id)) return id;
    return tl::unexpected(Problem::of(
        Error{ErrorCode::kNotFound, fmt::format("customer '{}': there is no such customer", id)}));
}

}  // namespace attune
