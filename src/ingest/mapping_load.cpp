#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ingest/mapping.hpp"
#include "ingest/mapping_rules.hpp"
#include "ingest/toml_reader.hpp"

namespace attune {
namespace {

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
        inner.read("in_summary", rule.in_summary);
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
