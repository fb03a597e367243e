#include "ingest/value_convert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

Checked<double> to_number(const ValueRule& rule, const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return *number;
    std::string scratch;
    const std::string_view text = text_view(cell, scratch);
    const bool is_text = std::holds_alternative<std::string_view>(cell);
    const auto number = is_text ? parse_number(text, rule.decimal_comma) : std::optional<double>();
    if (!number) return issue(IssueReason::kNotANumber, rule.label, text, "this is not a number");
    return *number;
}

Status within(const ValueRule& rule, double number) {
    if (rule.minimum && number < *rule.minimum) {
        return fail(ErrorCode::kInvalidArgument, "{} is below {}", number, *rule.minimum);
    }
    if (rule.maximum && number > *rule.maximum) {
        return fail(ErrorCode::kInvalidArgument, "{} is above {}", number, *rule.maximum);
    }
    return {};
}

Checked<FieldValue> to_limited_number(const ValueRule& rule, const Cell& cell) {
    auto number = to_number(rule, cell);
    if (!number) return tl::unexpected<Issue>(std::move(number).error());
    if (const Status status = within(rule, *number); !status) {
        return issue(IssueReason::kOutOfRange, rule.label, cell_text(cell), status.error().message);
    }
    if (rule.type == FieldType::kNumber) return FieldValue(*number);
    if (*number != std::floor(*number) || std::abs(*number) > 1e9) {
        return issue(IssueReason::kNotAWholeNumber, rule.label, cell_text(cell),
                     "this is not a whole number");
    }
    return FieldValue(static_cast<int>(*number));
}

Checked<FieldValue> to_money(const ValueRule& rule, const Cell& cell, std::string_view currency) {
    std::string scratch;
    const std::string_view text = text_view(cell, scratch);
    const auto refused = [&](const std::string& why) {
        return issue(IssueReason::kNotAnAmount, rule.label, text, why);
    };
    Result<Money> money = fail(ErrorCode::kInvalidArgument, "this is not an amount");
    if (const auto* number = std::get_if<double>(&cell)) {
        money = money_from_major(*number, currency);
    } else if (!std::holds_alternative<std::string_view>(cell)) {
        return refused("this is not an amount");
    } else if (rule.decimal_comma) {
        const auto parsed = parse_number(text, true);
        if (!parsed) return refused("this is not an amount such as 1.234,56");
        money = money_from_major(*parsed, currency);
    } else {
        money = parse_money(text, currency);
    }
    if (!money) return refused(money.error().message);
    if (const Status status = within(rule, money->major()); !status) {
        return issue(IssueReason::kOutOfRange, rule.label, text, status.error().message);
    }
    return FieldValue(*money);
}

Checked<FieldValue> to_boolean(const ValueRule& rule, const Cell& cell) {
    if (const auto* flag = std::get_if<bool>(&cell)) return FieldValue(*flag);
    std::string text = cell_text(cell);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (text == "true" || text == "yes" || text == "1") return FieldValue(true);
    if (text == "false" || text == "no" || text == "0") return FieldValue(false);
    return issue(IssueReason::kNotABoolean, rule.label, text,
                 "this is not true, false, yes, no, 1 or 0");
}

Checked<FieldValue> to_time(const ValueRule& rule, const Cell& cell) {
    if (const auto* time = std::get_if<Timestamp>(&cell)) return FieldValue(*time);
    std::string scratch;
    const std::string_view text = text_view(cell, scratch);
    if (!rule.format.empty()) {
        if (const auto time = parse_time_by(rule.format, text)) return FieldValue(*time);
        return issue(IssueReason::kNotATime, rule.label, text,
                     fmt::format("this is not a time of the form {}", rule.format));
    }
    if (const auto time = parse_timestamp(text)) return FieldValue(*time);
    return issue(IssueReason::kNotATime, rule.label, text,
                 "this is not a time such as 2011-11-09 or 2011-11-09 08:26:00");
}

Checked<FieldValue> to_list(const ValueRule& rule, const Cell& cell) {
    std::string scratch;
    std::string_view rest = text_view(cell, scratch);
    std::vector<std::string> values;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(rule.separator), rest.size());
        const std::string_view element = trimmed(rest.substr(0, end));
        if (!element.empty()) values.emplace_back(element);
        rest.remove_prefix(std::min(end + rule.separator.size(), rest.size()));
    }
    return FieldValue(std::move(values));
}

template <typename T>
Checked<FieldValue> known_word(const ValueRule& rule, std::string_view text, Result<T> parsed) {
    if (parsed) return FieldValue(std::move(*parsed));
    const bool is_range = rule.type == FieldType::kRange;
    return issue(is_range ? IssueReason::kNotARange : IssueReason::kUnknownValue, rule.label, text,
                 parsed.error().message);
}

Result<RateSide> parse_side(std::string_view text) {
    if (text == "lending") return RateSide::kLending;
    if (text == "deposit") return RateSide::kDeposit;
    return fail(ErrorCode::kInvalidArgument, "'{}' is not 'lending' or 'deposit'",
                text.substr(0, 64));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Reads one or two digits, or exactly four.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
    std::size_t size = 0;
    while (size < width && size < text.size() && is_digit(text[size])) ++size;
    if (size == 0 || (width == 4 && size != 4)) return std::nullopt;
    int value = 0;
    std::from_chars(text.data(), text.data() + size, value);
    text.remove_prefix(size);
    return value;
}

struct ClockParts {
    int year = 1970;
    int month = 1;
    int day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
};

struct PatternToken {
    std::string_view text;
    int ClockParts::*part;
};

constexpr std::array kPatternTokens{
    PatternToken{"YYYY", &ClockParts::year}, PatternToken{"YY", &ClockParts::year},
    PatternToken{"MM", &ClockParts::month},  PatternToken{"DD", &ClockParts::day},
    PatternToken{"hh", &ClockParts::hour},   PatternToken{"mm", &ClockParts::minute},
    PatternToken{"ss", &ClockParts::second}};

}  // namespace

std::optional<double> parse_number(std::string_view text, bool decimal_comma) {
    std::string plain;
    if (decimal_comma) {
        for (const char c : text) {
            if (c == ',')
                plain += '.';
            else if (c != '.' && c != ' ')
                plain += c;
        }
        text = plain;
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
        return std::nullopt;
    }
    return number;
}

std::optional<Timestamp> parse_time_by(std::string_view format, std::string_view text) {
    ClockParts parts;
    while (!format.empty()) {
        const auto token =
            std::find_if(kPatternTokens.begin(), kPatternTokens.end(),
                         [&](const PatternToken& known) { return format.starts_with(known.text); });
        if (token == kPatternTokens.end()) {
            if (text.empty() || text.front() != format.front()) return std::nullopt;
            text.remove_prefix(1);
            format.remove_prefix(1);
            continue;
        }
        const auto value = take_number(text, token->text.size());
        if (!value) return std::nullopt;
        parts.*(token->part) = token->text == "YY" ? 2000 + *value : *value;
        format.remove_prefix(token->text.size());
    }
    const bool valid = text.empty() && is_calendar_day(parts.year, parts.month, parts.day) &&
                       parts.hour < 24 && parts.minute < 60 && parts.second < 60;
    if (!valid) return std::nullopt;
    const std::int64_t seconds =
        (static_cast<std::int64_t>(parts.hour) * 60 + parts.minute) * 60 + parts.second;
    return Timestamp{from_calendar_day(parts.year, parts.month, parts.day).ms + seconds * 1000};
}

Checked<FieldValue> convert(const ValueRule& rule, const Cell& cell, std::string_view currency) {
    std::string scratch;
    switch (rule.type) {
        case FieldType::kText:
            return FieldValue(std::string(text_view(cell, scratch)));
        case FieldType::kNumber:
        case FieldType::kInteger:
            return to_limited_number(rule, cell);
        case FieldType::kBoolean:
            return to_boolean(rule, cell);
        case FieldType::kTime:
            return to_time(rule, cell);
        case FieldType::kMoney:
            return to_money(rule, cell, currency);
        case FieldType::kList:
            return to_list(rule, cell);
        default:
            break;
    }
    const std::string_view text = text_view(cell, scratch);
    if (rule.type == FieldType::kRange) return known_word(rule, text, parse_range(text));
    if (rule.type == FieldType::kEventType) return known_word(rule, text, parse_event_type(text));
    if (rule.type == FieldType::kRateSide) return known_word(rule, text, parse_side(text));
    return known_word(rule, text, parse_customer_kind(text));
}

Checked<std::optional<FieldValue>> read_structured(const ValueRule& rule,
                                                   const nlohmann::json& value) {
    if (rule.type != FieldType::kList || !value.is_array()) {
        return issue(IssueReason::kWrongType, rule.label, value.is_array() ? "[...]" : "{...}",
                     fmt::format("a {} is needed here", field_type_name(rule.type)));
    }
    std::vector<std::string> values;
    std::deque<std::string> scratch;
    for (const nlohmann::json& element : value) {
        const Cell cell = json_cell(element, scratch);
        if (std::holds_alternative<std::monostate>(cell)) {
            return issue(IssueReason::kWrongType, rule.label, "[...]",
                         "a list of texts is needed here");
        }
        if (std::string text = cell_text(cell); !text.empty()) values.push_back(std::move(text));
    }
    return std::optional<FieldValue>(std::move(values));
}

}  // namespace attune
