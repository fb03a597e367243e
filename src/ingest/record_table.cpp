#include "ingest/record_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "domain/json.hpp"
#include "ingest/row_values.hpp"
#include "ingest/value_reader.hpp"

namespace attune {
namespace {

using nlohmann::json;

enum class Shape { kText, kTime, kNumber, kBoolean, kList, kNested };

struct Column {
    std::string name;
    Shape shape = Shape::kText;
};

using Columns = std::vector<Column>;

const Columns& columns_of(RecordKind kind) {
    using enum Shape;
    static const std::array<Columns, kRecordKinds.size()> kColumns{
        Columns{{"id"},
                {"kind"},
                {"name"},
                {"location"},
                {"residency"},
                {"age", kNumber},
                {"gender"},
                {"income", kNested},
                {"education"},
                {"occupation"},
                {"marital_status"},
                {"industry"},
                {"num_employees"},
                {"revenue"},
                {"interests", kList},
                {"preferences", kList},
                {"financial_needs", kList},
                {"held_categories", kList},
                {"attributes", kNested}},
        Columns{{"id"},
                {"brand"},
                {"name"},
                {"category"},
                {"description"},
                {"features", kNested},
                {"eligibility", kNested},
                {"fees", kNested},
                {"rates", kNested},
                {"available", kBoolean},
                {"available_from", kTime},
                {"available_until", kTime},
                {"attributes", kNested}},
        Columns{{"id"},
                {"customer_id"},
                {"product_id"},
                {"type"},
                {"time", kTime},
                {"quantity", kNumber},
                {"unit_price", kNested},
                {"context"}},
        Columns{{"id"},
                {"customer_id"},
                {"time", kTime},
                {"amount", kNested},
                {"category"},
                {"counterparty"},
                {"description"}},
        Columns{{"id"}, {"customer_id"}, {"time", kTime}, {"channel"}, {"text"}},
        Columns{{"customer_id"}, {"related_id"}, {"relation"}},
        Columns{{"customer_id"}, {"purpose"}, {"granted", kBoolean}, {"time", kTime}, {"source"}}};
    return kColumns[static_cast<std::size_t>(kind)];
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Elements joined by ";", or JSON where that would not read back the same.
std::string list_text(const json& list) {
    std::string text;
    for (const json& element : list) {
        const auto& part = element.get_ref<const std::string&>();
        const bool plain = !part.empty() && part.find(';') == std::string::npos &&
                           part.front() != '[' && trimmed(part) == part;
        if (!plain) return dump(list);
        if (!text.empty()) text += ';';
        text += part;
    }
    return text;
}

json split_list(std::string_view text) {
    json list = json::array();
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(';'), text.size());
        const std::string_view element = trimmed(text.substr(0, end));
        if (!element.empty()) list.push_back(std::string(element));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return list;
}

Result<json> parse_nested(const std::string& column, std::string_view text) {
    json value = json::parse(text, nullptr, false);
    if (!value.is_discarded()) return value;
    return fail(ErrorCode::kInvalidArgument, "{} must be JSON text, not '{}'", column,
                text.substr(0, 64));
}

Result<json> unpacked_text(const Column& column, std::string_view text) {
    if (column.shape == Shape::kList && !trimmed(text).starts_with('[')) return split_list(text);
    return parse_nested(column.name, text);
}

Result<json> number_of(const Column& column, const Cell& cell) {
    if (const auto* number = std::get_if<double>(&cell)) return json(*number);
    std::string scratch;
    const std::string_view text = trimmed(text_view(cell, scratch));
    if (const auto number = parse_number(text)) return json(*number);
    return fail(ErrorCode::kInvalidArgument, "{} must be a number, not '{}'", column.name,
                text.substr(0, 64));
}

Result<json> boolean_of(const Column& column, const Cell& cell) {
    if (const auto* flag = std::get_if<bool>(&cell)) return json(*flag);
    const std::string text = cell_text(cell);
    if (text == "TRUE" || text == "true" || text == "1") return json(true);
    if (text == "FALSE" || text == "false" || text == "0") return json(false);
    return fail(ErrorCode::kInvalidArgument, "{} must be TRUE or FALSE, not '{}'", column.name,
                std::string_view(text).substr(0, 64));
}

Result<json> value_of(const Column& column, const Cell& cell) {
    std::string scratch;
    switch (column.shape) {
        case Shape::kNumber:
            return number_of(column, cell);
        case Shape::kBoolean:
            return boolean_of(column, cell);
        case Shape::kList:
        case Shape::kNested:
            return unpacked_text(column, text_view(cell, scratch));
        case Shape::kTime:
            if (const auto* time = std::get_if<Timestamp>(&cell)) {
                return json(format_timestamp(*time));
            }
            break;
        case Shape::kText:
            break;
    }
    return json(std::string(text_view(cell, scratch)));
}

const Column* find_column(RecordKind kind, std::string_view name) {
    const Columns& columns = columns_of(kind);
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

template <typename T>
Result<Record> as_record(Result<T> result) {
    if (!result) return fail(std::move(result).error());
    return Record(std::move(*result));
}

Result<Record> parse_record(RecordKind kind, const json& document) {
    switch (kind) {
        case RecordKind::kCustomer:
            return as_record(customer_from_json(document));
        case RecordKind::kProduct:
            return as_record(product_from_json(document));
        case RecordKind::kEvent:
            return as_record(event_from_json(document));
        case RecordKind::kTransaction:
            return as_record(transaction_from_json(document));
        case RecordKind::kPost:
            return as_record(post_from_json(document));
        case RecordKind::kHousehold:
            return as_record(household_relation_from_json(document));
        case RecordKind::kConsent:
            return as_record(consent_from_json(document));
    }
    return fail(ErrorCode::kInternal, "unknown kind of record");
}

}  // namespace

const std::vector<std::string>& record_columns(RecordKind kind) {
    static const auto kNames = [] {
        std::array<std::vector<std::string>, kRecordKinds.size()> names;
        for (const RecordKind each : kRecordKinds) {
            for (const Column& column : columns_of(each)) {
                names[static_cast<std::size_t>(each)].push_back(column.name);
            }
        }
        return names;
    }();
    return kNames[static_cast<std::size_t>(kind)];
}

std::span<const Cell> RecordRow::cells(const Record& record) {
    cells_.clear();
    texts_.clear();
    const json document = std::visit([](const auto& held) { return to_json(held); }, record);
    for (const Column& column : columns_of(kind_of(record))) {
        const auto found = document.find(column.name);
        if (found == document.end()) {
            cells_.emplace_back();
        } else if (found->is_boolean()) {
            cells_.emplace_back(found->get<bool>());
        } else if (found->is_number()) {
            cells_.emplace_back(found->get<double>());
        } else {
            std::string& text = texts_.emplace_back();
            if (found->is_string())
                text = found->get<std::string>();
            else
                text = column.shape == Shape::kList ? list_text(*found) : dump(*found);
            cells_.emplace_back(std::string_view(text));
        }
    }
    return cells_;
}

Result<Record> record_from_document(RecordKind kind, const json& document) {
    const auto is_packed = [&](const Column& column) {
        if (column.shape != Shape::kList && column.shape != Shape::kNested) return false;
        const auto found = document.find(column.name);
        return found != document.end() && found->is_string();
    };
    const Columns& columns = columns_of(kind);
    if (!document.is_object() || std::none_of(columns.begin(), columns.end(), is_packed)) {
        return parse_record(kind, document);
    }
    json unpacked = document;
    for (const Column& column : columns) {
        if (!is_packed(column)) continue;
        const std::string text = unpacked[column.name].get<std::string>();
        ATTUNE_ASSIGN(unpacked[column.name], unpacked_text(column, text));
    }
    return parse_record(kind, unpacked);
}

Result<Record> record_from_row(RecordKind kind, const std::vector<std::string>& columns,
                               std::span<const Cell> cells) {
    json document = json::object();
    for (std::size_t i = 0; i < std::min(columns.size(), cells.size()); ++i) {
        if (std::holds_alternative<std::monostate>(cells[i])) continue;
        const Column* column = find_column(kind, columns[i]);
        if (column == nullptr) {
            return fail(ErrorCode::kInvalidArgument, "a {} has no column '{}'; there are: {}",
                        record_kind_name(kind), columns[i], fmt::join(record_columns(kind), ", "));
        }
        ATTUNE_ASSIGN(document[columns[i]], value_of(*column, cells[i]));
    }
    return parse_record(kind, document);
}

}  // namespace attune
