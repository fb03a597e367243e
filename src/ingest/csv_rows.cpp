#include "ingest/csv_rows.hpp"

#include <algorithm>
#include <utility>

#include "ingest/text_check.hpp"

namespace attune {
namespace {

constexpr std::size_t kSampleBytes = 64 << 10;  // that the delimiter is found out from

}  // namespace

Result<std::unique_ptr<CsvRows>> CsvRows::open(std::unique_ptr<ByteSource> source,
                                               const ReaderOptions& options) {
    char delimiter = options.delimiter;
    if (delimiter == '"' || delimiter == '\r' || delimiter == '\n') {
        return fail(ErrorCode::kInvalidArgument,
                    "a quote or a line end cannot delimit fields; use , ; | or a tab");
    }
    TextWindow window(std::move(source));
    ATTUNE_TRY(window.open());
    if (delimiter == '\0') {
        while (!window.ended() && window.text().size() < kSampleBytes) ATTUNE_TRY(window.more());
        delimiter = detect_delimiter({.text = window.text(),
                                      .ended = window.ended(),
                                      .header_line = std::max<std::size_t>(options.header_row, 1)},
                                     options.limits);
    }
    return std::unique_ptr<CsvRows>(new CsvRows(std::move(window), delimiter, options.limits));
}

Result<bool> CsvRows::next(Row& row) {
    window_.consume(std::exchange(consumed_, 0));
    while (true) {
        if (window_.text().empty()) {
            if (window_.ended()) return false;
            ATTUNE_TRY(window_.more());
            continue;
        }
        const CsvScanner::Outcome outcome = scanner_.scan(window_.text(), window_.ended());
        if (outcome == CsvScanner::Outcome::kNeedMore) {
            ATTUNE_TRY(window_.more());
            continue;
        }
        if (outcome != CsvScanner::Outcome::kRecord) return refuse(outcome);
        break;
    }
    consumed_ = scanner_.record_bytes();
    const std::string_view record = window_.text().substr(0, consumed_);
    ATTUNE_TRY(check_text(record));
    make_cells(record);
    row.number = line_;
    row.cells = cells_;
    row.document = nullptr;
    line_ += scanner_.num_lines();
    return true;
}

tl::unexpected<Error> CsvRows::refuse(CsvScanner::Outcome outcome) const {
    // Bytes that no text has are the likelier cause of whatever else looks wrong.
    if (const Status text = check_text(failed_text(outcome)); !text) return fail(text.error());
    const std::size_t column = scanner_.num_fields() + 1;
    switch (outcome) {
        case CsvScanner::Outcome::kOpenQuote:
            return fail(ErrorCode::kCorrupt,
                        "row {}, column {}: the quote that opens here is never closed; the file "
                        "is cut off, or a quote inside the text is not doubled",
                        line_, column);
        case CsvScanner::Outcome::kTextAfterQuote:
            return fail(ErrorCode::kMalformedText,
                        "row {}, column {}: text follows a closing quote; double the quotes that "
                        "are part of the text",
                        line_, column);
        case CsvScanner::Outcome::kCellTooLong:
            return fail(
                ErrorCode::kLimitExceeded,
                "row {}, column {}: the cell has more than {} bytes (import.max_cell_bytes); "
                "is a quote left open?",
                line_, column, limits_.max_cell_bytes);
        default:
            return fail(ErrorCode::kLimitExceeded,
                        "row {} has {} columns, at most {} are allowed (import.max_columns)", line_,
                        scanner_.num_fields(), limits_.max_columns);
    }
}

std::string_view CsvRows::failed_text(CsvScanner::Outcome outcome) const {
    const std::string_view text = window_.text();
    if (outcome == CsvScanner::Outcome::kOpenQuote) return text;
    if (outcome != CsvScanner::Outcome::kCellTooLong) {
        return text.substr(0, scanner_.record_bytes());
    }
    // The window may end inside a character: only NUL can be told for certain.
    const std::size_t nul = text.find('\0');
    return nul == std::string_view::npos ? std::string_view() : text.substr(nul, 1);
}

Status CsvRows::check_text(std::string_view record) const {
    const auto bad = find_bad_byte(record);
    if (!bad) return {};
    std::size_t column = 1;
    for (const CsvScanner::Field& field : scanner_.fields()) {
        if (bad->offset < field.end) break;
        ++column;
    }
    return fail(ErrorCode::kMalformedText, "row {}, column {}: there is {}", line_, column,
                describe(*bad, record));
}

void CsvRows::make_cells(std::string_view record) {
    cells_.clear();
    unquoted_.clear();
    // Reserved whole, so that views into it stay good while it grows.
    unquoted_.reserve(record.size());
    for (const CsvScanner::Field& field : scanner_.fields()) {
        std::string_view text = record.substr(field.begin, field.end - field.begin);
        if (field.has_doubled_quotes) text = without_doubled_quotes(text);
        if (text.empty()) {
            cells_.emplace_back();
        } else {
            cells_.emplace_back(text);
        }
    }
}

std::string_view CsvRows::without_doubled_quotes(std::string_view field) {
    const std::size_t begin = unquoted_.size();
    for (std::size_t i = 0; i < field.size(); ++i) {
        unquoted_ += field[i];
        if (field[i] == '"') ++i;
    }
    return std::string_view(unquoted_).substr(begin);
}

}  // namespace attune
