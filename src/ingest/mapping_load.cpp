#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "ingest/mapping.hpp"
#include "ingest/toml_reader.hpp"

namespace attune {
namespace {

/// The slot of a column, which is added when it is new.
ColumnSlot slot_of(std::vector<std::string>& columns, const std::string& name) {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found != columns.end()) return static_cast<ColumnSlot>(found - columns.begin());
    columns.push_back(name);
    return columns.size() - 1;
}

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

std::string field_names(FieldOwner owner) {
    std::vector<std::string_view> names;
    for (const FieldInfo& info : fields_of(owner)) names.push_back(info.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<std::size_t> field_position(FieldOwner owner, std::string_view name) {
    const auto infos = fields_of(owner);
    for (std::size_t i = 0; i < infos.size(); ++i) {
        if (infos[i].name == name) return i;
    }
    return std::nullopt;
}

std::vector<FieldRule> read_fields(TomlReader& reader, FieldOwner owner,
                                   std::vector<std::string>& columns) {
    std::vector<FieldRule> fields;
    reader.entries("fields", [&](const std::string& name, TomlReader& entry) {
        const auto position = field_position(owner, name);
        if (!position) {
            return entry.refuse("", "is no field; there are: " + field_names(owner));
        }
        const FieldInfo& info = fields_of(owner)[*position];
        FieldRule rule{*position, read_value(entry, name, info.type, columns)};
        rule.value.required = rule.value.required || info.required;
        fields.push_back(std::move(rule));
    });
    std::sort(fields.begin(), fields.end(),
              [](const FieldRule& a, const FieldRule& b) { return a.field < b.field; });
    const auto infos = fields_of(owner);
    for (std::size_t i = 0; i < infos.size(); ++i) {
        const auto is_it = [&](const FieldRule& rule) { return rule.field == i; };
        if (infos[i].required && std::none_of(fields.begin(), fields.end(), is_it)) {
            reader.refuse("fields", fmt::format("lacks the field '{}', which every {} needs",
                                                infos[i].name, "such record"));
        }
    }
    return fields;
}

bool uses_hash(const ValueRule& rule) {
    return std::any_of(rule.parts.begin(), rule.parts.end(), [](const TemplatePart& part) {
        return part.kind == TemplatePart::Kind::kHash;
    });
}

std::vector<AttributeRule> read_attributes(TomlReader& reader, std::vector<std::string>& columns) {
    std::vector<AttributeRule> attributes;
    reader.entries("attributes", [&](const std::string& name, TomlReader& entry) {
        std::string type = "text";
        entry.read("type", type);
        FieldType field_type = FieldType::kText;
        if (type == "number")
            field_type = FieldType::kNumber;
        else if (type == "boolean")
            field_type = FieldType::kBoolean;
        else if (type != "text")
            entry.refuse("type", "takes text, number or boolean");
        attributes.push_back({name, read_value(entry, name, field_type, columns)});
        if (uses_hash(attributes.back().value))
            entry.refuse("template", "takes {#hash} in ids only");
    });
    std::sort(attributes.begin(), attributes.end(),
              [](const AttributeRule& a, const AttributeRule& b) { return a.name < b.name; });
    return attributes;
}

AdditionRule read_addition(TomlReader& reader, FieldOwner owner,
                           std::vector<std::string>& columns) {
    AdditionRule rule;
    std::string name;
    reader.read("field", name);
    reader.read("value", rule.value);
    if (rule.value.empty()) reader.refuse("value", "is needed");
    const auto position = field_position(owner, name);
    if (!position || fields_of(owner)[*position].type != FieldType::kList) {
        reader.refuse("field", "must name a list field");
    } else {
        rule.field = *position;
    }
    reader.tables("when", [&](TomlReader& inner) { rule.when = read_condition(inner, columns); });
    if (!reader.has("when")) reader.refuse("when", "is needed");
    return rule;
}

ListRule read_list(TomlReader& reader, std::vector<std::string>& columns) {
    ListRule rule;
    std::string name;
    reader.read("field", name);
    if (name == "features")
        rule.owner = FieldOwner::kFeature;
    else if (name == "fees")
        rule.owner = FieldOwner::kFee;
    else if (name == "rates")
        rule.owner = FieldOwner::kRate;
    else
        reader.refuse("field", "takes features, fees or rates");
    if (const auto slot = read_slot(reader, "each", columns))
        rule.each = *slot;
    else
        reader.refuse("each", "must name the list in the document");
    std::string on_bad = "refuse";
    reader.read("on_bad_element", on_bad);
    if (on_bad == "drop")
        rule.on_bad_element = ListRule::OnBadElement::kDropElement;
    else if (on_bad != "refuse")
        reader.refuse("on_bad_element", "takes refuse or drop");
    rule.fields = read_fields(reader, rule.owner, rule.columns);
    return rule;
}

RecordRule read_record(TomlReader& reader, std::vector<std::string>& columns) {
    RecordRule rule;
    std::string kind;
    reader.read("kind", kind);
    if (const auto parsed = reader.take("kind", parse_record_kind(kind))) rule.kind = *parsed;
    const FieldOwner owner = owner_of(rule.kind);
    reader.tables("when", [&](TomlReader& inner) { rule.when = read_condition(inner, columns); });
    rule.fields = read_fields(reader, owner, columns);
    for (const FieldRule& field : rule.fields) {
        const bool is_id = fields_of(owner)[field.field].name == "id";
        if (uses_hash(field.value) && !is_id) reader.refuse("fields", "takes {#hash} in ids only");
    }
    const bool has_attributes =
        rule.kind == RecordKind::kCustomer || rule.kind == RecordKind::kProduct;
    if (reader.has("attributes") && !has_attributes) {
        reader.refuse("attributes", "are for customers and products only");
    }
    rule.attributes = read_attributes(reader, columns);
    reader.tables("add", [&](TomlReader& inner) {
        rule.additions.push_back(read_addition(inner, owner, columns));
    });
    if (reader.has("list") && rule.kind != RecordKind::kProduct) {
        reader.refuse("list", "is for products only");
    }
    reader.tables("list",
                  [&](TomlReader& inner) { rule.lists.push_back(read_list(inner, columns)); });
    std::vector<std::string> builtins;
    reader.read("builtin", builtins);
    for (const std::string& name : builtins) {
        if (name == "cdr_eligibility" && rule.kind == RecordKind::kProduct) {
            rule.builtins.push_back(BuiltinRule::kCdrEligibility);
        } else {
            reader.refuse("builtin", "takes cdr_eligibility, for products");
        }
    }
    return rule;
}

void read_file_options(TomlReader& reader, Mapping& mapping) {
    reader.read("sheet", mapping.source.sheet);
    reader.read("header_row", mapping.source.header_row);
    reader.read("has_header", mapping.source.has_header);
    reader.read("columns", mapping.column_names);
    if (!mapping.column_names.empty() && mapping.source.has_header) {
        reader.refuse("columns",
                      "names the columns of files without a header; set has_header = "
                      "false");
    }
    std::string delimiter;
    reader.read("delimiter", delimiter);
    if (delimiter == "tab") delimiter = "\t";
    if (delimiter.size() > 1) reader.refuse("delimiter", "must be one character, or tab");
    if (delimiter.size() == 1) mapping.source.delimiter = delimiter.front();
    reader.read("missing", mapping.missing);
    std::string duplicates = "keep";
    reader.read("duplicates", duplicates);
    if (duplicates == "skip")
        mapping.on_duplicate = Mapping::OnDuplicate::kSkip;
    else if (duplicates != "keep")
        reader.refuse("duplicates", "takes keep or skip");
}

void read_skips(TomlReader& reader, Mapping& mapping) {
    reader.tables("skip", [&](TomlReader& inner) {
        SkipRule rule;
        inner.read("name", rule.name);
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
        const auto same = [&](const SkipRule& other) { return other.name == rule.name; };
        if (rule.name.empty() || !std::all_of(rule.name.begin(), rule.name.end(), letter)) {
            inner.refuse("name", "must be of small letters and _, such as rows_cancelled");
        } else if (std::any_of(mapping.skips.begin(), mapping.skips.end(), same)) {
            inner.refuse("name", "stands twice");
        }
        rule.when = read_condition(inner, mapping.columns);
        mapping.skips.push_back(std::move(rule));
    });
}

}  // namespace

Result<Mapping> load_mapping(const std::filesystem::path& file) {
    ATTUNE_ASSIGN(const toml::value root, parse_toml_file(file));
    TomlReader reader(root, file.string());
    Mapping mapping;
    mapping.name = file.stem().string();
    reader.read("name", mapping.name);
    reader.read("title", mapping.title);
    reader.tables("source", [&](TomlReader& inner) { read_file_options(inner, mapping); });
    std::string native;
    reader.read("native", native);
    if (reader.has("native")) {
        mapping.native = reader.take("native", parse_record_kind(native));
        ATTUNE_TRY(reader.finish());
        return mapping;
    }
    read_skips(reader, mapping);
    reader.tables("record", [&](TomlReader& inner) {
        mapping.records.push_back(read_record(inner, mapping.columns));
    });
    if (mapping.records.empty() && !reader.failed()) {
        reader.refuse("record", "is needed: write [[record]] for each record that a row makes");
    }
    ATTUNE_TRY(reader.finish());
    return mapping;
}

}  // namespace attune
