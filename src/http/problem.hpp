#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "http/message.hpp"

namespace attune {

/// What went wrong with a request.
struct Problem {
    int status = 500;
    std::string code;     ///< for programs: "invalid_argument", "password_change_required"
    std::string detail;   ///< for people: what was wrong, where, what would be right
    std::string field;    ///< the parameter or the path in the body; empty: none in particular
    std::string cause{};  ///< of a fault, for the log alone: it may name files and addresses

    /// What is damaged is a fault of the service: what a caller sent is said to be so where it is
    /// read.
    static Problem of(const Error& error);
};

/// A value, or the problem that answers the request.
template <typename T>
using OrProblem = tl::expected<T, Problem>;

inline Problem to_problem(const Error& error) {
    return Problem::of(error);
}
inline Problem to_problem(Problem problem) {
    return problem;
}

/// The problem as `application/problem+json`.
/// @param instance  the request's id
/// @source RFC 9457
HttpResponse problem_response(const Problem& problem, std::string_view instance);

}  // namespace attune

/// Returns the error of a Result, or the problem of an OrProblem, from a handler.
#define ATTUNE_HTTP_TRY(expression) \
    ATTUNE_HTTP_TRY_INNER(ATTUNE_CONCAT(attune_http_, __COUNTER__), expression)
#define ATTUNE_HTTP_TRY_INNER(result, expression)                                              \
    do {                                                                                       \
        auto&& result = (expression);                                                          \
        if (!result) return ::tl::unexpected(::attune::to_problem(std::move(result).error())); \
    } while (false)

/// Declares `target` with the value, or returns the problem.
#define ATTUNE_HTTP_ASSIGN(target, expression) \
    ATTUNE_HTTP_ASSIGN_INNER(ATTUNE_CONCAT(attune_http_, __COUNTER__), target, expression)
#define ATTUNE_HTTP_ASSIGN_INNER(result, target, expression)                               \
    auto result = (expression);                                                            \
    if (!result) return ::tl::unexpected(::attune::to_problem(std::move(result).error())); \
    target = std::move(*result)
