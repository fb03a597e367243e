#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace attune {

/// What kind of thing went wrong. One table (`exit_code`, `http_status`) maps it outward.
enum class ErrorCode {
    kInvalidArgument,  ///< the caller asked for something that cannot be
    kNotFound,         ///< the thing named does not exist
    kConflict,         ///< it clashes with what is stored
    kCorrupt,          ///< a file or a stored value is damaged
    kUnavailable,      ///< a resource cannot be reached now; trying again may help
    kForbidden,        ///< not allowed: consent, rights, read-only
    kInternal,         ///< a fault of Attune itself
    kNewerFormat,      ///< a database or model written by a newer version
    kEmptyInput,       ///< an input file without a single row
    kNotAFile,         ///< a directory, socket or device where a file is needed
    kMalformedText,    ///< text input with bytes no text has, such as NUL
    kLimitExceeded,    ///< more columns, longer cells or larger values than configured
    kExpansionLimit,   ///< a compressed file that unpacks to far more than it should
    kCancelled,        ///< stopped on request; nothing was changed
    kUnauthenticated,  ///< who asks is not known: no credential, or one that is not good
    kTooManyRequests,  ///< asked too often; later will help
};

/// Lower-case name of the code, such as "invalid_argument", for machine-readable output.
std::string_view error_code_name(ErrorCode code);

/// Exit status of the command line program; each code has its own, 2 and above.
int exit_code(ErrorCode code);

/// HTTP status that answers a request which failed so.
int http_status(ErrorCode code);

/// Says what was wrong, where, and what would be right.
struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;

    /// The same error with `where` put before its message: "<where>: <message>".
    [[nodiscard]] Error at(std::string_view where) const;

    /// The same error with `name` wherever its message names `path`: for those who are not to see
    /// where files lie here.
    [[nodiscard]] Error calling(std::string_view path, std::string_view name) const;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
    using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

/// Builds the error branch of a Result: `return fail(ErrorCode::kNotFound, "no customer {}", id);`
template <typename... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
    return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace attune

#define ATTUNE_CONCAT_INNER(a, b) a##b
#define ATTUNE_CONCAT(a, b) ATTUNE_CONCAT_INNER(a, b)

// The names carry a counter, not the line: within the arguments of a macro, such as a lambda with
// ATTUNE_TRY inside ATTUNE_TRY, every line is the same.

/// Returns the error of `expression` (a Status or Result) from the enclosing function.
#define ATTUNE_TRY(expression) \
    ATTUNE_TRY_INNER(ATTUNE_CONCAT(attune_status_, __COUNTER__), expression)
#define ATTUNE_TRY_INNER(status, expression)                \
    do {                                                    \
        auto&& status = (expression);                       \
        if (!status) return ::attune::fail(status.error()); \
    } while (false)

/// Declares `target` with the value of the Result, or returns its error.
#define ATTUNE_ASSIGN(target, expression) \
    ATTUNE_ASSIGN_INNER(ATTUNE_CONCAT(attune_result_, __COUNTER__), target, expression)
#define ATTUNE_ASSIGN_INNER(result, target, expression)            \
    auto result = (expression);                                    \
    if (!result) return ::attune::fail(std::move(result).error()); \
    target = std::move(*result)
