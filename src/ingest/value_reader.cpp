#include "ingest/value_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ingest/value_convert.hpp"

namespace attune {
namespace {

void apply(Transform transform, std::string& text) {
    switch (transform) {
        case Transform::kLower:
            for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            break;
        case Transform::kUpper:
            for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
            break;
        case Transform::kWholeNumber: {
            // Only a point followed by zeros goes: "17850.0" is 17850, "A12.0" stays.
            const std::size_t point = text.find('.');
            if (point == std::string::npos || point == 0) break;
            const auto digit = [](char c) { return c >= '0' && c <= '9'; };
            const bool whole =
                std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(point),
                            digit) &&
                text.find_first_not_of('0', point + 1) == std::string::npos;
            if (whole) text.resize(point);
            break;
        }
    }
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::optional<double> number_of(const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return *number;
    if (const auto* text = std::get_if<std::string_view>(&cell)) return parse_number(*text);
    return std::nullopt;
}

bool holds_for_number(const RowCondition& condition, const Cell& cell) {
    if (!condition.below && !condition.at_most && !condition.at_least && !condition.above) {
        return true;
    }
    const std::optional<double> number = number_of(cell);
    return number && !(condition.below && !(*number < *condition.below)) &&
           !(condition.at_most && !(*number <= *condition.at_most)) &&
           !(condition.at_least && !(*number >= *condition.at_least)) &&
           !(condition.above && !(*number > *condition.above));
}

}  // namespace

tl::unexpected<Issue> issue(IssueReason reason, std::string column, std::string_view value,
                            std::string message) {
    constexpr std::size_t kMaxValueBytes = 100;
    std::size_t size = std::min(value.size(), kMaxValueBytes);
    // Not in the middle of a character.
    while (size < value.size() && size > 0 &&
           (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80)
        --size;
    return tl::unexpected<Issue>(Issue{reason, 0, std::move(column),
                                       std::string(value.substr(0, size)), std::move(message)});
}

bool holds(const RowCondition& condition, const RowValues& values,
           const std::vector<std::string>& missing) {
    const Cell& cell = values.at(condition.column);
    const bool needs_text =
        !missing.empty() || !condition.equals.empty() || !condition.starts_with.empty();
    std::string scratch;
    const std::string_view text = needs_text ? text_view(cell, scratch) : std::string_view();
    if (condition.missing) {
        const bool is_missing =
            std::holds_alternative<std::monostate>(cell) || contains(missing, text);
        if (is_missing != *condition.missing) return false;
    }
    if (!condition.equals.empty() && !contains(condition.equals, text)) return false;
    if (!text.starts_with(condition.starts_with)) return false;
    return holds_for_number(condition, cell);
}

bool ValueReader::is_missing(const ValueRule& rule, std::string_view text) const {
    return contains(rule.missing, text) || contains(mapping_.missing, text);
}

Cell ValueReader::expand(const ValueRule& rule, const RowValues& values, std::uint64_t row,
                         std::string_view hash) {
    built_.clear();
    for (const TemplatePart& part : rule.parts) {
        switch (part.kind) {
            case TemplatePart::Kind::kText:
                built_ += part.text;
                break;
            case TemplatePart::Kind::kColumn: {
                const std::string_view text = text_view(values.at(part.column), scratch_);
                if (text.empty() || is_missing(rule, text)) return {};
                built_ += text;
                break;
            }
            case TemplatePart::Kind::kRow:
                built_ += fmt::format("{:0{}}", row, part.width);
                break;
            case TemplatePart::Kind::kHash:
                built_ += hash;
                break;
        }
    }
    return std::string_view(built_);
}

Cell ValueReader::join(const ValueRule& rule, const RowValues& values) {
    built_.clear();
    std::size_t last = 0;
    for (const ColumnSlot slot : rule.joined) {
        const std::string_view text = text_view(values.at(slot), scratch_);
        if (text.empty() || is_missing(rule, text)) continue;
        if (!built_.empty()) {
            // Sources like to say the same in two columns.
            if (std::string_view(built_).substr(last) == text) continue;
            built_ += rule.separator;
        }
        last = built_.size();
        built_ += text;
    }
    return built_.empty() ? Cell{} : Cell{std::string_view(built_)};
}

Cell ValueReader::source(const ValueRule& rule, const RowValues& values, std::uint64_t row,
                         std::string_view hash) {
    switch (rule.source) {
        case ValueRule::Source::kColumn:
            return values.at(rule.column);
        case ValueRule::Source::kConstant:
            return std::string_view(rule.constant);
        case ValueRule::Source::kTemplate:
            return expand(rule, values, row, hash);
        case ValueRule::Source::kJoin:
            return join(rule, values);
    }
    return {};
}

/// Applies what works on text; cells that nothing changes keep their type.
Cell ValueReader::normalised(const ValueRule& rule, Cell cell) {
    const bool as_text = !rule.missing.empty() || !mapping_.missing.empty() ||
                         !rule.transforms.empty() || !rule.values.empty();
    if (as_text && !std::holds_alternative<std::monostate>(cell)) {
        const std::string_view text = text_view(cell, scratch_);
        if (is_missing(rule, text)) {
            cell = Cell{};
        } else if (!rule.transforms.empty() || !rule.values.empty()) {
            normalised_ = text;
            for (const Transform transform : rule.transforms) apply(transform, normalised_);
            const auto replaced = rule.values.find(normalised_);
            if (replaced != rule.values.end()) normalised_ = replaced->second;
            cell = normalised_.empty() ? Cell{} : Cell{std::string_view(normalised_)};
        }
    }
    if (std::holds_alternative<std::monostate>(cell) && rule.default_value) {
        return std::string_view(*rule.default_value);
    }
    return cell;
}

Checked<std::optional<FieldValue>> ValueReader::read(const ValueRule& rule, const RowValues& values,
                                                     std::uint64_t row, std::string_view hash) {
    if (rule.source == ValueRule::Source::kColumn) {
        const nlohmann::json* json = values.json_at(rule.column);
        if (json != nullptr && json->is_structured()) return read_structured(rule, *json);
    }
    const Cell cell = normalised(rule, source(rule, values, row, hash));
    if (std::holds_alternative<std::monostate>(cell)) {
        if (rule.required) {
            return issue(IssueReason::kMissingValue, rule.label, "", "a value is needed here");
        }
        return std::nullopt;
    }
    std::string_view currency = rule.currency;
    std::string currency_scratch;
    if (rule.currency_column) {
        const std::string_view given =
            text_view(values.at(*rule.currency_column), currency_scratch);
        if (!given.empty()) currency = given;
    }
    auto converted = convert(rule, cell, currency);
    if (!converted) return tl::unexpected<Issue>(std::move(converted).error());
    return std::optional<FieldValue>(std::move(*converted));
}

}  // namespace attune
