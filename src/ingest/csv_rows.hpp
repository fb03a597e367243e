#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_scanner.hpp"
#include "ingest/table_rows.hpp"
#include "ingest/text_window.hpp"

namespace attune {

/// The records of a CSV file. A row's number is the line that it starts on. Cells are texts, or
/// empty; a quoted empty field is empty too.
class CsvRows final : public TableRows {
 public:
    /// @errors kEmptyInput; kMalformedText: UTF-16; kInvalidArgument: a quote or line end as
    ///         delimiter; those of the source
    static Result<std::unique_ptr<CsvRows>> open(std::unique_ptr<ByteSource> source,
                                                 const ReaderOptions& options);

    Result<bool> next(Row& row) override;
    [[nodiscard]] const std::string& sheet() const override { return sheet_; }
    [[nodiscard]] double progress() const override { return window_.progress(); }
    [[nodiscard]] bool cells_are_positional() const override { return true; }

    [[nodiscard]] char delimiter() const { return delimiter_; }

 private:
    CsvRows(TextWindow window, char delimiter, const ReaderLimits& limits)
        : window_(std::move(window)),
          delimiter_(delimiter),
          limits_(limits),
          scanner_(delimiter, limits) {}

    tl::unexpected<Error> refuse(CsvScanner::Outcome outcome) const;
    std::string_view failed_text(CsvScanner::Outcome outcome) const;
    Status check_text(std::string_view record) const;
    void make_cells(std::string_view record);
    std::string_view without_doubled_quotes(std::string_view field);

    TextWindow window_;
    char delimiter_;
    ReaderLimits limits_;
    CsvScanner scanner_;
    std::string sheet_;
    std::vector<Cell> cells_;
    std::string unquoted_;
    std::size_t consumed_ = 0;  // bytes of the record that was given last
    std::uint64_t line_ = 1;
};

}  // namespace attune
