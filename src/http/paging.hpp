#pragma once

#include <optional>

#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/service_parts.hpp"

namespace attune {

/// "limit" of a list. Problem: 400.
OrProblem<std::size_t> page_limit(const QueryParameters& query, const ServiceLimits& limits);

/// "cursor" of a list in the order of time. Problem: 400 where it is none that was given out.
OrProblem<std::optional<TimeCursor>> time_cursor(const QueryParameters& query);
OrProblem<std::optional<SortCursor>> sort_cursor(const QueryParameters& query);

std::string to_cursor(const TimeCursor& cursor);
std::string to_cursor(const SortCursor& cursor);

/// "limit" and "cursor" as the store takes them; one more is asked for, to see whether there is
/// another page.
OrProblem<NewestFirst> newest_first(const QueryParameters& query, const ServiceLimits& limits);

/// The problem of a value in the body: 422 where the store or a parser would say 400.
Problem in_body(const Error& error);

/// A tag of a body (RFC 9110, strong).
std::string etag_of(std::string_view body);

/// Fails where If-Match names another tag than that of the body as it is stored.
/// @param noun  "the customer", for the message
Status check_if_match(const HttpRequest& request, std::string_view etag, std::string_view noun);

/// The problem of a change: as in_body, and 412 where check_if_match was what failed.
Problem change_problem(const Error& error);

/// 404 unless the caller may see the customer, in the same words as for one that does not exist.
OrProblem<std::string> visible_customer(const Call& call, std::string id);

}  // namespace attune
