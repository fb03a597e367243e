#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace attune {

/// Plain text of one line: invalid UTF-8, control characters and characters that turn the direction
/// of writing are dropped, runs of blanks become one space, ends are trimmed, and what is longer
/// than `max_bytes` is cut at the end of a word (of a character, where words are very long) with
/// "..." after it.
/// @pre max_bytes >= 3
std::string one_line(std::string_view text, std::size_t max_bytes);

/// How ids and numbers read in one language. Entries of a names.txt, "KEY = text", win over the
/// rules: ids of categories and names of attributes; person, organisation; month.1 to month.12;
/// number.decimal_point.
class Names {
 public:
    Names() = default;

    /// @errors kInvalidArgument with the line: no " = ", an empty key, a key twice
    static Result<Names> parse(std::string_view text);

    /// "TERM_DEPOSITS" -> "term deposits", "marital_status" -> "marital status"; text with small
    /// letters or blanks and codes of three letters keep their capitals.
    [[nodiscard]] std::string humanised(std::string_view id) const;
    /// "3 Nov 2011".
    [[nodiscard]] std::string day(Timestamp time) const;
    /// A share of 0..1 as a percentage: "12 %", "3.4 %", "less than 0.1 %" has no number of its own
    /// and is "0.1 %" at least.
    [[nodiscard]] std::string percentage(double share) const;
    /// One decimal: "1.8".
    [[nodiscard]] std::string times(double lift) const;

 private:
    [[nodiscard]] std::string localised(std::string number) const;

    std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace attune
