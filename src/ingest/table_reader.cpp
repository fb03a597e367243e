#include "ingest/table_reader.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ingest/text_check.hpp"

namespace attune {
namespace {

bool is_empty(const Cell& cell) {
    return std::holds_alternative<std::monostate>(cell);
}

bool is_blank(const Row& row) {
    return row.uncalculated.empty() && std::all_of(row.cells.begin(), row.cells.end(), is_empty);
}

}  // namespace

Result<std::unique_ptr<RowReader>> TableReader::open(std::unique_ptr<TableRows> rows,
                                                     std::string name,
                                                     const ReaderOptions& options) {
    std::unique_ptr<TableReader> reader(new TableReader(std::move(rows), std::move(name)));
    if (const Status header = reader->read_header(options); !header) {
        return fail(header.error().at(reader->name_));
    }
    return std::unique_ptr<RowReader>(std::move(reader));
}

Status TableReader::read_header(const ReaderOptions& options) {
    Row row;
    std::uint64_t last_number = 0;
    do {
        ATTUNE_ASSIGN(const bool found, next_filled(row));
        if (!found && last_number == 0) return fail(ErrorCode::kEmptyInput, "has no rows");
        if (!found) {
            return fail(ErrorCode::kInvalidArgument,
                        "there is no row {} for the header; the last row is {}", options.header_row,
                        last_number);
        }
        last_number = row.number;
    } while (row.number < options.header_row);
    if (options.header_row > 0 && row.number != options.header_row) {
        return fail(ErrorCode::kInvalidArgument,
                    "row {} is blank and cannot be the header; the next row with cells is {}",
                    options.header_row, row.number);
    }
    if (options.has_header) return name_columns(row);
    for (std::size_t i = 1; i <= row.cells.size(); ++i) columns_.push_back(std::to_string(i));
    first_ = row;
    return {};
}

Status TableReader::name_columns(const Row& header) {
    std::unordered_map<std::string, std::size_t> number_by_name;
    for (const Cell& cell : header.cells) {
        const std::size_t number = columns_.size() + 1;
        std::string name = cell_text(cell);
        name = std::string(trim(name));
        if (name.empty()) name = fmt::format("column {}", number);
        const auto [other, is_new] = number_by_name.emplace(name, number);
        if (!is_new) {
            return fail(ErrorCode::kInvalidArgument,
                        "row {}: columns {} and {} are both named '{}'; give each its own name",
                        header.number, other->second, number, name);
        }
        columns_.push_back(std::move(name));
    }
    return {};
}

Result<bool> TableReader::next_filled(Row& row) {
    while (true) {
        ATTUNE_ASSIGN(const bool found, rows_->next(row));
        if (!found) return false;
        if (!is_blank(row)) return true;
    }
}

Result<bool> TableReader::next(Row& row) {
    row_error_.clear();
    if (failure_) return fail(*failure_);
    if (first_) {
        row = *std::exchange(first_, std::nullopt);
        return true;
    }
    const Result<bool> found = next_filled(row);
    if (!found) {
        failure_ = found.error().at(name_);
        return fail(*failure_);
    }
    if (*found && rows_->cells_are_positional()) check_width(row);
    return *found;
}

void TableReader::check_width(const Row& row) {
    if (row.cells.size() <= columns_.size()) return;
    const auto extra = row.cells.subspan(columns_.size());
    if (std::all_of(extra.begin(), extra.end(), is_empty)) return;
    row_error_ = fmt::format(
        "row {} has {} cells, the header has {}; is a value with a delimiter in it not quoted?",
        row.number, row.cells.size(), columns_.size());
}

}  // namespace attune
