#include "ingest/xlsx_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ingest/text_check.hpp"

namespace attune {
namespace {

constexpr std::size_t kMaxExcelColumns = 16384;
constexpr std::uint64_t kMaxExcelRows = 1'048'576;

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<std::size_t> column_of_reference(std::string_view reference) {
    std::size_t number = 0;
    std::size_t i = 0;
    while (i < reference.size() && reference[i] >= 'A' && reference[i] <= 'Z') {
        number = number * 26 + static_cast<std::size_t>(reference[i++] - 'A' + 1);
        if (number > kMaxExcelColumns) return std::nullopt;
    }
    if (number == 0) return std::nullopt;
    return number - 1;
}

std::string column_letters(std::size_t column) {
    std::string letters;
    for (std::size_t number = column + 1; number > 0; number = (number - 1) / 26) {
        letters.insert(letters.begin(), static_cast<char>('A' + (number - 1) % 26));
    }
    return letters;
}

Result<std::unique_ptr<XlsxRows>> XlsxRows::open(InputFile file, const ReaderOptions& options) {
    ATTUNE_ASSIGN(ZipArchive archive, ZipArchive::open(std::move(file), options.limits));
    std::unique_ptr<XlsxRows> rows(new XlsxRows(std::move(archive), options.limits));
    ATTUNE_ASSIGN(const XlsxPackage package, read_xlsx_package(rows->archive_));
    ATTUNE_ASSIGN(const XlsxSheet sheet, find_sheet(package, options.sheet));
    rows->sheet_ = sheet.name;
    rows->epoch_ = package.epoch;
    ATTUNE_ASSIGN(rows->date_styles_, read_date_styles(rows->archive_, package.styles_part));
    ATTUNE_ASSIGN(rows->shared_texts_,
                  read_shared_strings(rows->archive_, package.shared_strings_part, options.limits));
    auto source = rows->archive_.open_part(sheet.part, options.limits.max_unpacked_bytes);
    if (!source) return fail(source.error().at(fmt::format("sheet '{}'", sheet.name)));
    if (*source == nullptr) {
        return fail(ErrorCode::kCorrupt, "sheet '{}': the archive has no part {}", sheet.name,
                    sheet.part);
    }
    XmlHandler& handler = *rows;
    rows->stream_ = std::make_unique<XmlStream>(*std::move(source), handler);
    return rows;
}

Result<bool> XlsxRows::next(Row& row) {
    const Result<bool> found = stream_->run();
    if (!found) return fail(found.error().at(fmt::format("sheet '{}'", sheet_)));
    if (!*found) return false;
    for (const TextSpan& span : text_spans_) {
        cells_[span.column] = std::string_view(texts_).substr(span.begin, span.size);
    }
    row.number = row_number_;
    row.cells = std::span(cells_).first(num_columns_);
    row.document = nullptr;
    row.uncalculated = uncalculated_;
    return true;
}

void XlsxRows::start_element(XmlStream& stream, std::string_view name,
                             const XmlAttributes& attributes) {
    if (in_cell_) {
        if (name == "v" || (name == "t" && !in_phonetic_guide_)) {
            in_value_ = true;
        } else if (name == "f") {
            is_formula_ = true;
        } else if (name == "rPh") {
            in_phonetic_guide_ = true;
        }
    } else if (!in_sheet_data_) {
        in_sheet_data_ = name == "sheetData";
    } else if (name == "c") {
        start_cell(stream, attributes);
    } else if (name == "row") {
        start_row(stream, attributes);
    }
}

void XlsxRows::end_element(XmlStream& stream, std::string_view name) {
    if (in_cell_) {
        if (name == "c") {
            in_cell_ = false;
            end_cell(stream);
        } else if (name == "v" || name == "t") {
            in_value_ = false;
        } else if (name == "rPh") {
            in_phonetic_guide_ = false;
        }
    } else if (in_sheet_data_ && name == "row") {
        end_row(stream);
    } else if (name == "sheetData") {
        in_sheet_data_ = false;
    }
}

void XlsxRows::characters(XmlStream& stream, std::string_view text) {
    if (!in_value_) return;
    value_ += text;
    if (value_.size() > limits_.max_cell_bytes) {
        refuse_cell(stream, ErrorCode::kLimitExceeded,
                    fmt::format("the cell has more than {} bytes (import.max_cell_bytes)",
                                limits_.max_cell_bytes));
    }
}

void XlsxRows::start_row(XmlStream& stream, const XmlAttributes& attributes) {
    const std::string_view number = attributes.find("r");
    const auto parsed = number.empty() ? row_number_ + 1 : parse_number<std::uint64_t>(number);
    if (!parsed || *parsed == 0 || *parsed > kMaxExcelRows) {
        stream.stop({ErrorCode::kCorrupt,
                     fmt::format("'{}', after row {}, is no row number from 1 to {}",
                                 number.empty() ? "the next row" : number.substr(0, 32),
                                 row_number_, kMaxExcelRows)});
        return;
    }
    row_number_ = *parsed;
    next_column_ = 0;
    num_columns_ = 0;
    cells_.clear();
    texts_.clear();
    text_spans_.clear();
    uncalculated_.clear();
}

void XlsxRows::start_cell(XmlStream& stream, const XmlAttributes& attributes) {
    const std::string_view reference = attributes.find("r");
    const auto column = reference.empty() ? next_column_ : column_of_reference(reference);
    if (!column) {
        stream.stop({ErrorCode::kCorrupt, fmt::format("row {}: '{}' is no place of a cell",
                                                      row_number_, reference.substr(0, 32))});
        return;
    }
    column_ = *column;
    next_column_ = column_ + 1;
    const std::string_view type = attributes.find("t");
    if (type.empty() || type == "n") {
        type_ = CellType::kNumber;
    } else if (type == "s") {
        type_ = CellType::kSharedText;
    } else if (type == "b") {
        type_ = CellType::kBool;
    } else if (type == "d") {
        type_ = CellType::kDate;
    } else {
        type_ = CellType::kText;  // str, inlineStr and e
    }
    is_date_ = false;
    if (type_ == CellType::kNumber) {
        const auto style = parse_number<std::size_t>(attributes.find("s"));
        is_date_ = style && *style < date_styles_.size() && date_styles_[*style];
    }
    value_.clear();
    in_cell_ = true;
    in_value_ = false;
    is_formula_ = false;
    in_phonetic_guide_ = false;
}

void XlsxRows::end_cell(XmlStream& stream) {
    if (value_.empty()) {
        // The result of a formula may well be an empty text, which has its own type.
        if (is_formula_ && type_ != CellType::kText) {
            uncalculated_.push_back(column_);
            put({});
        }
        return;
    }
    if (type_ == CellType::kText) {
        decode_excel_escapes(value_);
        put_text(value_);
        return;
    }
    Cell cell;
    if (read_value(stream, cell)) put(cell);
}

bool XlsxRows::read_value(XmlStream& stream, Cell& cell) {
    if (type_ == CellType::kSharedText) return read_shared_text(stream, cell);
    if (type_ == CellType::kNumber) return read_number(stream, cell);
    const std::string_view value = trim(value_);
    if (type_ == CellType::kDate) {
        const Result<Timestamp> time = parse_timestamp(value);
        if (!time) {
            put_text(value);
            return false;
        }
        cell = *time;
        return true;
    }
    if (value != "0" && value != "1" && value != "true" && value != "false") {
        refuse_cell(stream, ErrorCode::kCorrupt,
                    fmt::format("'{}' is neither true nor false", value.substr(0, 32)));
        return false;
    }
    cell = value == "1" || value == "true";
    return true;
}

bool XlsxRows::read_number(XmlStream& stream, Cell& cell) {
    const std::string_view value = trim(value_);
    if (value.empty()) return false;
    const auto number = parse_number<double>(value);
    if (!number || !std::isfinite(*number)) {
        refuse_cell(stream, ErrorCode::kCorrupt,
                    fmt::format("'{}' is no number", value.substr(0, 32)));
        return false;
    }
    const auto time = is_date_ ? time_of_serial(*number, epoch_) : std::nullopt;
    if (time) {
        cell = *time;
    } else {
        cell = *number;
    }
    return true;
}

bool XlsxRows::read_shared_text(XmlStream& stream, Cell& cell) {
    const auto index = parse_number<std::size_t>(trim(value_));
    if (!index || *index >= shared_texts_.size()) {
        refuse_cell(stream, ErrorCode::kCorrupt,
                    fmt::format("there is no shared text '{}'; the workbook has {}",
                                value_.substr(0, 32), shared_texts_.size()));
        return false;
    }
    const std::string_view text = shared_texts_[*index];
    if (text.empty()) return false;
    cell = text;
    return true;
}

void XlsxRows::put_text(std::string_view text) {
    if (text.empty()) return;
    if (column_ < limits_.max_columns) {
        text_spans_.push_back({.column = column_, .begin = texts_.size(), .size = text.size()});
        texts_ += text;
    }
    put(std::string_view());
}

void XlsxRows::put(const Cell& cell) {
    num_columns_ = std::max(num_columns_, column_ + 1);
    if (column_ >= limits_.max_columns) return;  // told at the end of the row, with their number
    if (column_ >= cells_.size()) cells_.resize(column_ + 1);
    cells_[column_] = cell;
}

void XlsxRows::end_row(XmlStream& stream) {
    if (num_columns_ > limits_.max_columns) {
        stream.stop(
            {ErrorCode::kLimitExceeded,
             fmt::format("row {} has {} columns, at most {} are allowed (import.max_columns)",
                         row_number_, num_columns_, limits_.max_columns)});
    } else if (num_columns_ > 0) {
        stream.suspend();
    }
}

void XlsxRows::refuse_cell(XmlStream& stream, ErrorCode code, std::string_view message) {
    stream.stop(
        {code, fmt::format("cell {}{}: {}", column_letters(column_), row_number_, message)});
}

}  // namespace attune
