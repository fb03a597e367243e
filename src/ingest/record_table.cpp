#include "ingest/record_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
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

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

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

/// Where the column, or the one that it continues, stands in columns_of(kind), and its part,
/// counting from 1.
struct ColumnPart {
    std::size_t column = 0;
    std::size_t part = 1;
};

std::optional<ColumnPart> find_part(RecordKind kind, const std::string& name) {
    const std::vector<std::string>& known = record_columns(kind);
    ColumnPart found;
    std::string base = name;
    if (const std::size_t open = name.rfind(" ("); open != std::string::npos) {
        const char* end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + open + 2, end, found.part);
        if (read.ec == std::errc() && found.part > 1) base.resize(open);
    }
    const auto column = std::find(known.begin(), known.end(), base);
    if (column == known.end() || part_name(base, found.part) != name) return std::nullopt;
    found.column = static_cast<std::size_t>(column - known.begin());
    return found;
}

template <typename T>
Result<Record> as_record(Result<T> result) {
    if (!result) return fail(std::move(result).error());
    return Record(std::move(*result));
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

std::string part_name(const std::string& column, std::size_t part) {
    return part == 1 ? column : fmt::format("{} ({})", column, part);
}

Result<RecordHeader> RecordHeader::of(RecordKind kind, const std::vector<std::string>& columns) {
    RecordHeader header;
    header.kind_ = kind;
    header.positions_.resize(columns_of(kind).size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto found = find_part(kind, columns[i]);
        if (!found) {
            return fail(ErrorCode::kInvalidArgument, "a {} has no column '{}'; there are: {}",
                        record_kind_name(kind), columns[i], fmt::join(record_columns(kind), ", "));
        }
        auto& parts = header.positions_[found->column];
        // A part beyond the number of columns can only follow a gap, which is told below.
        const std::size_t part = std::min(found->part, columns.size() + 1);
        parts.resize(std::max(parts.size(), part), kNowhere);
        parts[part - 1] = i;
    }
    for (std::size_t i = 0; i < header.positions_.size(); ++i) {
        const auto& parts = header.positions_[i];
        const auto gap = std::find(parts.begin(), parts.end(), kNowhere);
        if (gap == parts.end()) continue;
        const auto part = static_cast<std::size_t>(gap - parts.begin()) + 1;
        return fail(ErrorCode::kInvalidArgument,
                    "there is no column '{}', which others of the header continue",
                    part_name(record_columns(kind)[i], part));
    }
    return header;
}

Result<json> RecordHeader::document(std::span<const Cell> cells) const {
    json document = json::object();
    const auto cell_at = [&](std::size_t i) { return i < cells.size() ? cells[i] : Cell{}; };
    for (std::size_t i = 0; i < positions_.size(); ++i) {
        if (positions_[i].empty()) continue;
        const Column& column = columns_of(kind_)[i];
        Cell cell = cell_at(positions_[i].front());
        std::string joined;
        if (positions_[i].size() > 1) {
            for (const std::size_t position : positions_[i]) joined += cell_text(cell_at(position));
            cell = joined.empty() ? Cell{} : Cell{std::string_view(joined)};
        }
        if (std::holds_alternative<std::monostate>(cell)) continue;
        ATTUNE_ASSIGN(document[column.name], value_of(column, cell));
    }
    return document;
}

Result<json> unpacked_document(RecordKind kind, const json& document) {
    if (!document.is_object()) return document;
    json unpacked = document;
    for (const Column& column : columns_of(kind)) {
        if (column.shape != Shape::kList && column.shape != Shape::kNested) continue;
        const auto found = unpacked.find(column.name);
        if (found == unpacked.end() || !found->is_string()) continue;
        const std::string text = found->get<std::string>();
        ATTUNE_ASSIGN(*found, unpacked_text(column, text));
    }
    return unpacked;
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

}  // namespace attune
