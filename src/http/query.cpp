#include "http/query.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <restinio/utils/percent_encoding.hpp>

namespace attune {
namespace {

Result<std::string> decoded(std::string_view text, std::string_view what) {
    const auto result =
        restinio::utils::try_unescape_percent_encoding<restinio::utils::relaxed_unescape_traits>(
            {text.data(), text.size()});
    if (!result) {
        return fail(ErrorCode::kInvalidArgument, "{}: '{}' is not percent-encoded UTF-8 (RFC 3986)",
                    what, text.substr(0, 60));
    }
    const bool has_controls = std::any_of(result->begin(), result->end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (has_controls) {
        return fail(ErrorCode::kInvalidArgument, "{}: holds a control character", what);
    }
    return *result;
}

}  // namespace

Result<QueryParameters> QueryParameters::parse(std::string_view text, std::size_t max_parameters) {
    QueryParameters query;
    while (!text.empty()) {
        const auto end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (pair.empty()) continue;
        if (query.pairs_.size() == max_parameters) {
            return fail(ErrorCode::kInvalidArgument, "query: more than {} parameters",
                        max_parameters);
        }
        const auto equals = pair.find('=');
        ATTUNE_ASSIGN(std::string name, decoded(pair.substr(0, equals), "query"));
        std::string value;
        if (equals != std::string_view::npos) {
            ATTUNE_ASSIGN(value, decoded(pair.substr(equals + 1), name));
        }
        query.pairs_.emplace_back(std::move(name), std::move(value));
    }
    return query;
}

std::optional<std::string_view> QueryParameters::get(std::string_view name) const {
    const auto found = std::find_if(pairs_.rbegin(), pairs_.rend(),
                                    [&](const auto& pair) { return pair.first == name; });
    if (found == pairs_.rend()) return std::nullopt;
    return found->second;
}

std::vector<std::string> QueryParameters::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [key, value] : pairs_) {
        if (key != name) continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto end = rest.find(',');
            if (end != 0) values.emplace_back(rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
    }
    return values;
}

Result<std::int64_t> QueryParameters::integer(std::string_view name, std::int64_t fallback,
                                              std::int64_t minimum, std::int64_t maximum) const {
    const auto text = get(name);
    if (!text) return fallback;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool whole = error == std::errc{} && end == text->data() + text->size();
    if (!whole || value < minimum || value > maximum) {
        return fail(ErrorCode::kInvalidArgument, "{}: '{}' is no whole number from {} to {}", name,
                    *text, minimum, maximum);
    }
    return value;
}

Result<bool> QueryParameters::boolean(std::string_view name, bool fallback) const {
    const auto text = get(name);
    if (!text) return fallback;
    if (*text == "true") return true;
    if (*text == "false") return false;
    return fail(ErrorCode::kInvalidArgument, "{}: '{}' is neither true nor false", name, *text);
}

Status QueryParameters::only(std::initializer_list<std::string_view> known) const {
    for (const auto& pair : pairs_) {
        if (std::find(known.begin(), known.end(), pair.first) != known.end()) continue;
        return fail(ErrorCode::kInvalidArgument, "{}: no such parameter here; known are {}",
                    pair.first, fmt::join(known, ", "));
    }
    return {};
}

Result<Target> parse_target(std::string_view target) {
    if (target.empty() || target.front() != '/') {
        return fail(ErrorCode::kInvalidArgument, "the target must be a path that begins with '/'");
    }
    Target result;
    const auto question = target.find('?');
    result.path = target.substr(0, question);
    if (question != std::string_view::npos) {
        ATTUNE_ASSIGN(result.query, QueryParameters::parse(target.substr(question + 1)));
    }
    std::string_view rest = result.path.substr(1);
    while (!rest.empty()) {
        const auto end = rest.find('/');
        auto segment = decoded(rest.substr(0, end), "path");
        ATTUNE_TRY(segment);
        if (*segment == "." || *segment == "..") {
            return fail(ErrorCode::kInvalidArgument, "path: '{}' is no segment here", *segment);
        }
        result.segments.push_back(std::move(*segment));
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return result;
}

}  // namespace attune
