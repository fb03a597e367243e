#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// The parameters of a query or of a form, decoded, in their order.
class QueryParameters {
 public:
    /// Reads "a=1&b=two%20words&a=2".
    /// @errors kInvalidArgument: bad percent-encoding, bytes that are no UTF-8, more than
    ///         `max_parameters`
    static Result<QueryParameters> parse(std::string_view text, std::size_t max_parameters = 200);

    /// The last value of that name.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    /// All values of that name; each may also be a list with commas.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    /// @errors kInvalidArgument: no whole number between the bounds
    [[nodiscard]] Result<std::int64_t> integer(std::string_view name, std::int64_t fallback,
                                               std::int64_t minimum, std::int64_t maximum) const;
    /// @errors kInvalidArgument: neither true nor false
    [[nodiscard]] Result<bool> boolean(std::string_view name, bool fallback) const;
    /// @errors kInvalidArgument: a name that is none of `known`, so that a misspelt one is seen
    [[nodiscard]] Status only(std::initializer_list<std::string_view> known) const;

    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const {
        return pairs_;
    }

 private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

/// A target taken apart.
struct Target {
    std::vector<std::string>
        segments;           ///< of the path, decoded: "/api/users/a%2Fb": api, users, a/b
    std::string_view path;  ///< as it came
    QueryParameters query;
};

/// @errors kInvalidArgument: no absolute path, bad encoding, NUL or control characters, "." or ".."
///         as a segment
Result<Target> parse_target(std::string_view target);

}  // namespace attune
