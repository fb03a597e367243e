#include "domain/range.hpp"

#include <fmt/core.h>

#include <cmath>

#include "domain/grouped_number.hpp"

namespace attune {
namespace {

struct Bound {
    double number = 0;
    double unit = 1;
    bool has_unit = false;
};

std::optional<double> unit_of(char letter) {
    switch (letter) {
        case 'k':
        case 'K':
            return 1e3;
        case 'm':
        case 'M':
            return 1e6;
        case 'b':
        case 'B':
            return 1e9;
        case 't':
        case 'T':
            return 1e12;
        default:
            return std::nullopt;
    }
}

std::optional<Bound> parse_bound(std::string_view text) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    Bound bound;
    if (text.empty()) return std::nullopt;
    if (const auto unit = unit_of(text.back())) {
        bound.unit = *unit;
        bound.has_unit = true;
        text.remove_suffix(1);
    }
    const auto number = parse_grouped_number(text);
    if (!number || *number < 0) return std::nullopt;
    bound.number = *number;
    return bound;
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<Range> parse_half_open(std::string_view text) {
    const bool below = text.front() == '<';
    const bool above = text.front() == '>';
    if (!below && !above && text.back() != '+') return std::nullopt;
    if (below || above) {
        text.remove_prefix(text.size() > 1 && text[1] == '=' ? 2 : 1);
    } else {
        text.remove_suffix(1);
    }
    const auto bound = parse_bound(text);
    if (!bound) return std::nullopt;
    const double value = bound->number * bound->unit;
    return below ? Range{std::nullopt, value} : Range{value, std::nullopt};
}

std::optional<Range> parse_closed(std::string_view text) {
    const std::size_t dash = text.find('-');
    auto low = parse_bound(text.substr(0, dash));
    const auto high = dash == std::string_view::npos ? low : parse_bound(text.substr(dash + 1));
    if (!low || !high) return std::nullopt;
    if (!low->has_unit && high->has_unit) low->unit = high->unit;
    const Range range{low->number * low->unit, high->number * high->unit};
    if (*range.minimum > *range.maximum) return std::nullopt;
    return range;
}

}  // namespace

double Range::typical() const {
    if (minimum && maximum) {
        return *minimum > 0 ? std::sqrt(*minimum * *maximum) : (*minimum + *maximum) / 2;
    }
    return minimum ? *minimum : maximum.value_or(0);
}

Result<Range> parse_range(std::string_view text) {
    const std::string_view whole = trim(text);
    std::optional<Range> range;
    if (!whole.empty()) {
        range = parse_half_open(whole);
        if (!range) range = parse_closed(whole);
    }
    if (!range) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not a range; write it as 500-1000, 50M-80M, 10+ or <5M",
                    text.substr(0, 64));
    }
    return *range;
}

std::string format_range(const Range& range) {
    const auto plain = [](double value) { return fmt::format("{:.15g}", value); };
    if (range.minimum && range.maximum) {
        return *range.minimum == *range.maximum
                   ? plain(*range.minimum)
                   : fmt::format("{}-{}", plain(*range.minimum), plain(*range.maximum));
    }
    if (range.minimum) return plain(*range.minimum) + "+";
    if (range.maximum) return "<" + plain(*range.maximum);
    return "";
}

}  // namespace attune
