#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// An interval of a quantity that is known only roughly, such as a company's revenue.
struct Range {
    std::optional<double> minimum;  ///< inclusive; none: open below
    std::optional<double> maximum;  ///< inclusive; none: open above

    /// The geometric middle of a closed range of positive bounds, else the known bound.
    [[nodiscard]] double typical() const;

    friend bool operator==(const Range&, const Range&) = default;
};

/// Reads "500-1000", "50M-80M", "1.5k - 2k", "10+", "<5M", ">= 100", "250" and thousands
/// separators. K, M, B and T multiply; a unit on the upper bound alone ("50-80M") holds for both.
/// @errors kInvalidArgument: not such a range, a negative bound, or bounds the wrong way round
Result<Range> parse_range(std::string_view text);

/// The shortest form that parse_range reads back: "500-1000", "10+", "<5000000".
std::string format_range(const Range& range);

}  // namespace attune
