#include "ingest/record_row.hpp"

#include <algorithm>

#include "domain/json.hpp"
#include "ingest/record_table.hpp"
#include "ingest/row_values.hpp"
#include "ingest/xlsx_strings.hpp"

namespace attune {

RecordRow::RecordRow(RecordKind kind, Cells cells)
    : kind_(kind), limit_(cells), widths_(record_columns(kind).size(), 1) {}

void RecordRow::take(const Record& record) {
    document_ = std::visit([](const auto& held) { return to_json(held); }, record);
    texts_.clear();
    whole_.clear();
    for (const std::string& column : record_columns(kind_)) {
        const auto found = document_.find(column);
        if (found == document_.end()) {
            whole_.emplace_back();
        } else if (found->is_structured()) {
            whole_.emplace_back(&*found);
        } else {
            whole_.push_back(json_cell(*found, texts_));
        }
    }
}

std::vector<std::string_view> RecordRow::pieces_of(const Cell& cell) {
    if (const auto* text = std::get_if<std::string_view>(&cell)) return split_excel_text(*text);
    if (!std::holds_alternative<const nlohmann::json*>(cell)) return {};
    return split_excel_text(texts_.emplace_back(cell_text(cell)));
}

void RecordRow::measure(const Record& record) {
    if (limit_ == Cells::kUnbounded) return;
    take(record);
    for (std::size_t i = 0; i < whole_.size(); ++i) {
        widths_[i] = std::max(widths_[i], pieces_of(whole_[i]).size());
    }
}

std::vector<std::string> RecordRow::columns() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
        for (std::size_t part = 1; part <= widths_[i]; ++part) {
            names.push_back(part_name(record_columns(kind_)[i], part));
        }
    }
    return names;
}

std::span<const Cell> RecordRow::cells(const Record& record) {
    take(record);
    cells_.clear();
    for (std::size_t i = 0; i < whole_.size(); ++i) {
        const std::size_t end = cells_.size() + widths_[i];
        if (widths_[i] == 1) {
            cells_.push_back(whole_[i]);
        } else {
            const auto pieces = pieces_of(whole_[i]);
            cells_.insert(cells_.end(), pieces.begin(), pieces.end());
        }
        cells_.resize(end);
    }
    return cells_;
}

}  // namespace attune
