#include <xlsxwriter.h>

#include "ingest/excel_time.hpp"
#include "ingest/output_file.hpp"
#include "ingest/row_writers.hpp"
#include "ingest/xlsx_rows.hpp"
#include "ingest/xlsx_strings.hpp"

namespace attune {
namespace {

/// U+FFFE and U+FFFF, which XML cannot hold.
bool has_noncharacter(std::string_view text) {
    return text.find("\xEF\xBF\xBE") != std::string_view::npos ||
           text.find("\xEF\xBF\xBF") != std::string_view::npos;
}

class XlsxWriter final : public RowWriter {
 public:
    static Result<std::unique_ptr<RowWriter>> create(const std::filesystem::path& path,
                                                     const Columns& columns) {
        if (columns.size() > LXW_COL_MAX) {
            return fail(ErrorCode::kLimitExceeded, "{}: {} columns, Excel holds {}", path.string(),
                        columns.size(), LXW_COL_MAX);
        }
        ATTUNE_ASSIGN(OutputFile file, OutputFile::create(path));
        std::unique_ptr<XlsxWriter> writer(new XlsxWriter(std::move(file)));
        ATTUNE_TRY(writer->open());
        ATTUNE_TRY(writer->write(std::vector<Cell>(columns.begin(), columns.end())));
        return std::unique_ptr<RowWriter>(std::move(writer));
    }

    ~XlsxWriter() override {
        if (workbook_ != nullptr) lxw_workbook_free(workbook_);
    }
    XlsxWriter(const XlsxWriter&) = delete;
    XlsxWriter& operator=(const XlsxWriter&) = delete;

    Status write(std::span<const Cell> cells) override {
        if (row_ >= LXW_ROW_MAX) {
            return fail(ErrorCode::kLimitExceeded,
                        "{}: Excel holds {} rows, the header included; export .csv instead",
                        file_.path().string(), LXW_ROW_MAX);
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            ATTUNE_TRY(write_cell(static_cast<lxw_col_t>(i), cells[i]));
        }
        ++row_;
        return {};
    }

    Status finish() override {
        // Frees the workbook, whatever it answers.
        const lxw_error error = workbook_close(std::exchange(workbook_, nullptr));
        if (error != LXW_NO_ERROR) {
            return fail(ErrorCode::kUnavailable, "{}: cannot be written: {}", file_.path().string(),
                        lxw_strerror(error));
        }
        return file_.commit();
    }

 private:
    explicit XlsxWriter(OutputFile file) : file_(std::move(file)) {}

    Status open() {
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        workbook_ = workbook_new_opt(file_.temporary_path().c_str(), &options);
        if (workbook_ != nullptr) sheet_ = workbook_add_worksheet(workbook_, nullptr);
        if (sheet_ == nullptr) {
            return fail(ErrorCode::kUnavailable, "{}: no memory or no temporary file for it",
                        file_.path().string());
        }
        time_format_ = workbook_add_format(workbook_);
        format_set_num_format(time_format_, "yyyy-mm-dd hh:mm:ss");
        return {};
    }

    Status write_cell(lxw_col_t column, const Cell& cell) {
        if (const auto* text = std::get_if<std::string_view>(&cell)) {
            return write_text(column, *text);
        }
        if (const auto* number = std::get_if<double>(&cell)) {
            return check(column, worksheet_write_number(sheet_, row_, column, *number, nullptr));
        }
        if (const auto* flag = std::get_if<bool>(&cell)) {
            return check(column,
                         worksheet_write_boolean(sheet_, row_, column, *flag ? 1 : 0, nullptr));
        }
        if (const auto* time = std::get_if<Timestamp>(&cell)) {
            const auto serial = serial_of_time(*time);
            if (!serial) return write_text(column, cell_text(cell));
            return check(column,
                         worksheet_write_number(sheet_, row_, column, *serial, time_format_));
        }
        if (std::holds_alternative<const nlohmann::json*>(cell)) {
            return write_text(column, cell_text(cell));
        }
        return {};
    }

    Status write_text(lxw_col_t column, std::string_view text) {
        if (text.empty()) return {};
        if (has_noncharacter(text)) {
            return fail(ErrorCode::kMalformedText,
                        "{}: cell {}{}: U+FFFE and U+FFFF cannot be stored in .xlsx",
                        file_.path().string(), column_letters(column), row_ + 1);
        }
        // The library escapes control characters in the same way, but not what looks like that.
        const std::string encoded = encode_excel_escapes(text);
        return check(column,
                     worksheet_write_string(sheet_, row_, column, encoded.c_str(), nullptr));
    }

    Status check(lxw_col_t column, lxw_error error) {
        if (error == LXW_NO_ERROR) return {};
        if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
            return fail(ErrorCode::kLimitExceeded,
                        "{}: cell {}{}: Excel holds texts of {} characters; export .csv instead",
                        file_.path().string(), column_letters(column), row_ + 1, kMaxExcelText);
        }
        return fail(ErrorCode::kUnavailable, "{}: cell {}{}: {}", file_.path().string(),
                    column_letters(column), row_ + 1, lxw_strerror(error));
    }

    OutputFile file_;
    lxw_workbook* workbook_ = nullptr;
    lxw_worksheet* sheet_ = nullptr;
    lxw_format* time_format_ = nullptr;
    lxw_row_t row_ = 0;
};

}  // namespace

Result<std::unique_ptr<RowWriter>> create_xlsx(const std::filesystem::path& path,
                                               const Columns& columns) {
    return XlsxWriter::create(path, columns);
}

}  // namespace attune
