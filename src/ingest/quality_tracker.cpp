#include "ingest/quality_tracker.hpp"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

#include "ingest/row_values.hpp"

namespace attune {

QualityTracker::QualityTracker(const QualityOptions& options, const Mapping& mapping,
                               const std::vector<std::string>& header)
    : options_(options), missing_everywhere_(mapping.missing) {
    const auto take = [&](const ValueRule& rule) {
        if (rule.source != ValueRule::Source::kColumn) return;
        auto& texts = missing_[mapping.columns[rule.column]];
        texts.insert(texts.end(), rule.missing.begin(), rule.missing.end());
    };
    for (const RecordRule& record : mapping.records) {
        for (const FieldRule& field : record.fields) take(field.value);
        for (const AttributeRule& attribute : record.attributes) take(attribute.value);
    }
    for (const std::string& name : header) new_column(name);
}

QualityTracker::Column& QualityTracker::new_column(const std::string& name) {
    std::vector<std::string> texts = missing_everywhere_;
    if (const auto found = missing_.find(name); found != missing_.end()) {
        texts.insert(texts.end(), found->second.begin(), found->second.end());
    }
    positions_.emplace(name, columns_.size());
    return columns_.emplace_back(Column{ColumnProfile(name, options_), std::move(texts)});
}

void QualityTracker::add_cell(Column& column, const Cell& cell) {
    if (std::holds_alternative<std::monostate>(cell)) return;
    const auto* text = std::get_if<std::string_view>(&cell);
    const std::string_view inner = text != nullptr ? trimmed(*text) : std::string_view();
    if (text != nullptr && inner.empty()) return;
    if (!column.missing.empty()) {
        std::string scratch;
        const std::string_view value = text != nullptr ? inner : text_view(cell, scratch);
        const auto found = std::find(column.missing.begin(), column.missing.end(), value);
        if (found != column.missing.end()) return;
    }
    column.profile.add(text != nullptr ? Cell{inner} : cell);
}

void QualityTracker::add_document(const nlohmann::json& document) {
    if (!document.is_object()) return;
    std::deque<std::string> scratch;
    for (const auto& [key, value] : document.items()) {
        const auto found = positions_.find(key);
        if (found == positions_.end() && columns_.size() >= options_.max_columns) continue;
        Column& column = found == positions_.end() ? new_column(key) : columns_[found->second];
        if (value.is_structured())
            column.profile.add_nested();
        else
            add_cell(column, json_cell(value, scratch));
    }
}

void QualityTracker::add(const Row& row) {
    if (!options_.enabled) return;
    ++num_rows_;
    if (row.document != nullptr) return add_document(*row.document);
    const std::size_t num_columns =
        std::min({row.cells.size(), columns_.size(), options_.max_columns});
    for (std::size_t i = 0; i < num_columns; ++i) add_cell(columns_[i], row.cells[i]);
}

void QualityTracker::add(const Issue& issue) {
    const auto found = positions_.find(issue.column);
    if (found == positions_.end()) return;
    ColumnProfile& profile = columns_[found->second].profile;
    if (issue.reason == IssueReason::kOutOfRange)
        profile.add_out_of_range();
    else if (issue.reason != IssueReason::kMissingValue)
        profile.add_invalid();
}

QualityReport QualityTracker::report(std::uint64_t rows_duplicate) {
    QualityReport report;
    report.rows_duplicate = rows_duplicate;
    if (!options_.enabled) return report;
    const std::size_t num_columns = std::min(columns_.size(), options_.max_columns);
    for (std::size_t i = 0; i < num_columns; ++i) {
        columns_[i].profile.set_num_rows(num_rows_);
        report.columns.push_back(columns_[i].profile.summary());
    }
    return report;
}

}  // namespace attune
