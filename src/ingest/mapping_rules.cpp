#include "ingest/mapping_rules.hpp"

#include <algorithm>
#include <charconv>

namespace attune {
namespace {

/// The slot of a column, which is added when it is new.
ColumnSlot slot_of(std::vector<std::string>& columns, const std::string& name) {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found != columns.end()) return static_cast<ColumnSlot>(found - columns.begin());
    columns.push_back(name);
    return columns.size() - 1;
}

std::optional<TemplatePart> placeholder(std::string_view inside,
                                        std::vector<std::string>& columns) {
    TemplatePart part;
    if (inside.empty()) return std::nullopt;
    if (inside == "#hash") {
        part.kind = TemplatePart::Kind::kHash;
        return part;
    }
    if (inside == "#row" || inside.starts_with("#row:")) {
        part.kind = TemplatePart::Kind::kRow;
        if (inside.size() == 4) return part;
        const std::string_view width = inside.substr(5);
        const auto [end, error] =
            std::from_chars(width.data(), width.data() + width.size(), part.width);
        if (error != std::errc() || end != width.data() + width.size() || part.width > 18) {
            return std::nullopt;
        }
        return part;
    }
    if (inside.front() == '#') return std::nullopt;
    part.kind = TemplatePart::Kind::kColumn;
    part.column = slot_of(columns, std::string(inside));
    return part;
}

std::vector<TemplatePart> read_template(TomlReader& reader, const std::string& key,
                                        std::vector<std::string>& columns) {
    std::string text;
    reader.read(key, text);
    std::vector<TemplatePart> parts;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t open = rest.find('{');
        if (open != 0) parts.push_back({.text = std::string(rest.substr(0, open))});
        if (open == std::string_view::npos) break;
        const std::size_t close = rest.find('}', open);
        std::optional<TemplatePart> part;
        if (close != std::string_view::npos) {
            part = placeholder(rest.substr(open + 1, close - open - 1), columns);
        }
        if (!part) {
            reader.refuse(key, "takes {column}, {#row}, {#row:5} and {#hash} as placeholders");
            return {};
        }
        parts.push_back(std::move(*part));
        rest.remove_prefix(close + 1);
    }
    return parts;
}

void read_source(TomlReader& reader, ValueRule& rule, std::vector<std::string>& columns) {
    int sources = 0;
    if (const auto slot = read_slot(reader, "column", columns)) {
        rule.source = ValueRule::Source::kColumn;
        rule.column = *slot;
        rule.label = columns[*slot];
        ++sources;
    }
    if (reader.has("constant")) {
        rule.source = ValueRule::Source::kConstant;
        ++sources;
    }
    reader.read("constant", rule.constant);
    if (reader.has("template")) {
        rule.source = ValueRule::Source::kTemplate;
        ++sources;
    }
    rule.parts = read_template(reader, "template", columns);
    std::vector<std::string> joined;
    reader.read("join", joined);
    if (!joined.empty()) {
        rule.source = ValueRule::Source::kJoin;
        for (const std::string& name : joined) rule.joined.push_back(slot_of(columns, name));
        ++sources;
    }
    if (sources != 1) {
        reader.refuse("", "needs exactly one of column, constant, template and join");
    }
}

void read_transforms(TomlReader& reader, ValueRule& rule) {
    std::vector<std::string> names;
    reader.read("transform", names);
    for (const std::string& name : names) {
        if (name == "lower")
            rule.transforms.push_back(Transform::kLower);
        else if (name == "upper")
            rule.transforms.push_back(Transform::kUpper);
        else if (name == "whole_number")
            rule.transforms.push_back(Transform::kWholeNumber);
        else
            reader.refuse("transform", "takes lower, upper and whole_number");
    }
}

bool is_numeric(FieldType type) {
    return type == FieldType::kNumber || type == FieldType::kInteger || type == FieldType::kMoney;
}

/// Refuses options that the type would ignore.
void check_options(TomlReader& reader, const ValueRule& rule) {
    if ((rule.minimum || rule.maximum) && !is_numeric(rule.type)) {
        reader.refuse(rule.minimum ? "minimum" : "maximum", "fits numbers and amounts only");
    }
    if (rule.minimum && rule.maximum && *rule.minimum > *rule.maximum) {
        reader.refuse("minimum", "is above the maximum");
    }
    if (rule.type == FieldType::kMoney) {
        if (const auto currency = parse_currency(rule.currency); !currency) {
            reader.refuse("currency", currency.error().message);
        }
    } else if (!rule.currency.empty() || rule.currency_column) {
        reader.refuse("currency", "fits amounts only");
    }
    if (!rule.format.empty() && rule.type != FieldType::kTime) {
        reader.refuse("format", "fits times only");
    }
    if (rule.decimal_comma && !is_numeric(rule.type)) {
        reader.refuse("decimal_comma", "fits numbers and amounts only");
    }
    if (rule.separator.empty()) reader.refuse("separator", "is empty");
}

}  // namespace

std::optional<ColumnSlot> read_slot(TomlReader& reader, const std::string& key,
                                    std::vector<std::string>& columns) {
    std::optional<std::string> name;
    reader.read(key, name);
    if (!name) return std::nullopt;
    if (name->empty()) {
        reader.refuse(key, "must name a column");
        return std::nullopt;
    }
    return slot_of(columns, *name);
}

RowCondition read_condition(TomlReader& reader, std::vector<std::string>& columns) {
    RowCondition condition;
    if (const auto slot = read_slot(reader, "column", columns))
        condition.column = *slot;
    else if (!reader.failed())
        reader.refuse("column", "is needed in a condition");
    reader.read("missing", condition.missing);
    reader.read("equals", condition.equals);
    reader.read("starts_with", condition.starts_with);
    reader.read("below", condition.below);
    reader.read("at_most", condition.at_most);
    reader.read("at_least", condition.at_least);
    reader.read("above", condition.above);
    const bool any = condition.missing || !condition.equals.empty() ||
                     !condition.starts_with.empty() || condition.below || condition.at_most ||
                     condition.at_least || condition.above;
    if (!any) {
        reader.refuse("column",
                      "needs a test beside it: missing, equals, starts_with, below, at_most, "
                      "at_least or above");
    }
    return condition;
}

ValueRule read_value(TomlReader& reader, const std::string& label, FieldType type,
                     std::vector<std::string>& columns) {
    ValueRule rule;
    rule.type = type;
    rule.label = label;
    read_source(reader, rule, columns);
    reader.read("missing", rule.missing);
    read_transforms(reader, rule);
    reader.read("values", rule.values);
    reader.read("default", rule.default_value);
    reader.read("required", rule.required);
    reader.read("minimum", rule.minimum);
    reader.read("maximum", rule.maximum);
    reader.read("currency", rule.currency);
    rule.currency_column = read_slot(reader, "currency_column", columns);
    reader.read("format", rule.format);
    reader.read("separator", rule.separator);
    reader.read("decimal_comma", rule.decimal_comma);
    check_options(reader, rule);
    return rule;
}

}  // namespace attune
