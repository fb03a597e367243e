#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ingest/table_rows.hpp"

namespace attune {

/// Makes a RowReader of raw rows: finds the header, passes over blank rows, names the file in
/// errors. Once the reading failed, every `next` fails alike.
///
/// With `has_header` the header is the row `header_row`, and without it `header_row` is the first
/// row of data. Empty header cells are named "column N". Where cells are told apart by their order
/// alone (CSV), a row with more cells than the header is reported through `row_error` and still
/// given.
class TableReader final : public RowReader {
 public:
    /// @param name  of the file, for messages
    /// @errors kEmptyInput: no row; kInvalidArgument: `header_row` is blank or past the end, or two
    ///         columns have one name; those of the rows
    static Result<std::unique_ptr<RowReader>> open(std::unique_ptr<TableRows> rows,
                                                   std::string name, const ReaderOptions& options);

    [[nodiscard]] const std::vector<std::string>& columns() const override { return columns_; }
    [[nodiscard]] const std::string& sheet() const override { return rows_->sheet(); }
    Result<bool> next(Row& row) override;
    [[nodiscard]] const std::string& row_error() const override { return row_error_; }
    [[nodiscard]] double progress() const override { return rows_->progress(); }

 private:
    TableReader(std::unique_ptr<TableRows> rows, std::string name)
        : rows_(std::move(rows)), name_(std::move(name)) {}

    Status read_header(const ReaderOptions& options);
    Status name_columns(const Row& header);
    Result<bool> next_filled(Row& row);
    void check_width(const Row& row);

    std::unique_ptr<TableRows> rows_;
    std::string name_;
    std::vector<std::string> columns_;
    std::string row_error_;
    std::optional<Error> failure_;
    std::optional<Row> first_;  // read with the header, when there is none
};

}  // namespace attune
