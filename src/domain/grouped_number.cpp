#include "domain/grouped_number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace attune {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Drops the commas of a whole part such as "1,234,567"; false when they are anywhere else.
bool drop_group_commas(std::string& digits) {
    const std::size_t end = std::min(digits.find('.'), digits.size());
    if (digits.find(',', end) != std::string::npos) return false;
    std::string whole;
    std::size_t in_group = 0;
    std::size_t num_commas = 0;
    for (std::size_t i = 0; i < end; ++i) {
        if (digits[i] == ',') {
            if (num_commas == 0 ? in_group == 0 || in_group > 3 : in_group != 3) return false;
            ++num_commas;
            in_group = 0;
            continue;
        }
        in_group += is_digit(digits[i]) ? 1 : 0;
        whole += digits[i];
    }
    if (num_commas > 0 && in_group != 3) return false;
    digits = whole + digits.substr(end);
    return true;
}

}  // namespace

std::optional<double> parse_grouped_number(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.starts_with('$')) text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
    std::string digits(text);
    if (!drop_group_commas(digits)) return std::nullopt;
    double value = 0;
    const char* end = digits.data() + digits.size();
    const auto [read, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || read != end || !std::isfinite(value)) return std::nullopt;
    return negative ? -value : value;
}

}  // namespace attune
