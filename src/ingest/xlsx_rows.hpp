#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/table_rows.hpp"
#include "ingest/xlsx_package.hpp"
#include "ingest/xlsx_strings.hpp"
#include "ingest/xml_stream.hpp"

namespace attune {

/// The rows of one sheet of a workbook, parsed as they are read; only the shared texts and one row
/// are in memory.
///
/// Numbers whose style is a date come as Timestamp (as numbers where Excel shows no date either);
/// an error cell is its text, such as "#N/A"; a formula is its last result, or told as
/// uncalculated. Rows and cells may leave their place out, and stand then after the one before.
/// Styled cells without a value are not there.
class XlsxRows final : public TableRows, private XmlHandler {
 public:
    /// @errors those of ZipArchive, read_xlsx_package, find_sheet, read_date_styles and
    ///         read_shared_strings
    static Result<std::unique_ptr<XlsxRows>> open(InputFile file, const ReaderOptions& options);

    Result<bool> next(Row& row) override;
    [[nodiscard]] const std::string& sheet() const override { return sheet_; }
    [[nodiscard]] double progress() const override { return stream_->progress(); }
    [[nodiscard]] bool cells_are_positional() const override { return false; }

 private:
    enum class CellType { kNumber, kSharedText, kText, kBool, kDate };
    struct TextSpan {
        std::size_t column;
        std::size_t begin;
        std::size_t size;
    };

    XlsxRows(ZipArchive archive, const ReaderLimits& limits)
        : archive_(std::move(archive)), limits_(limits) {}

    void start_element(XmlStream& stream, std::string_view name,
                       const XmlAttributes& attributes) override;
    void end_element(XmlStream& stream, std::string_view name) override;
    void characters(XmlStream& stream, std::string_view text) override;

    void start_row(XmlStream& stream, const XmlAttributes& attributes);
    void start_cell(XmlStream& stream, const XmlAttributes& attributes);
    void end_row(XmlStream& stream);
    void end_cell(XmlStream& stream);
    bool read_value(XmlStream& stream, Cell& cell);
    bool read_number(XmlStream& stream, Cell& cell);
    bool read_shared_text(XmlStream& stream, Cell& cell);
    void put_text(std::string_view text);
    void put(const Cell& cell);
    void refuse_cell(XmlStream& stream, ErrorCode code, std::string_view message);

    ZipArchive archive_;
    ReaderLimits limits_;
    std::string sheet_;
    ExcelEpoch epoch_ = ExcelEpoch::k1900;
    std::vector<bool> date_styles_;
    StringTable shared_texts_;
    std::unique_ptr<XmlStream> stream_;

    // The row being parsed.
    std::uint64_t row_number_ = 0;
    std::size_t next_column_ = 0;
    std::size_t num_columns_ = 0;  // up to the last cell with a value
    std::vector<Cell> cells_;
    std::string texts_;  // of the row, one after another; the cells are pointed at it at its end
    std::vector<TextSpan> text_spans_;
    std::vector<std::size_t> uncalculated_;

    // The cell being parsed.
    std::size_t column_ = 0;
    CellType type_ = CellType::kNumber;
    bool is_date_ = false;
    bool in_sheet_data_ = false;
    bool in_cell_ = false;
    bool in_value_ = false;
    bool is_formula_ = false;
    bool in_phonetic_guide_ = false;
    std::string value_;
};

/// The 0-based column of a cell reference such as "AB12", which a sheet writes in capitals.
/// @return  nothing when it is none, or beyond the last column of Excel, XFD
std::optional<std::size_t> column_of_reference(std::string_view reference);

/// "A", "Z", "AA", ... of a 0-based column.
std::string column_letters(std::size_t column);

}  // namespace attune
