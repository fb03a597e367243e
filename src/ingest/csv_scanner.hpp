#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/row_reader.hpp"

namespace attune {

/// Finds the fields of one record of RFC 4180 text, without copying. Departures: lines end with
/// CRLF, LF or CR; a quote inside an unquoted field is an ordinary character.
class CsvScanner {
 public:
    enum class Outcome {
        kRecord,
        kNeedMore,        ///< the record goes on past the text
        kOpenQuote,       ///< the text ended inside a quoted field
        kTextAfterQuote,  ///< something other than a delimiter follows a closing quote
        kCellTooLong,
        kTooManyFields,
    };
    struct Field {
        std::size_t begin = 0;  ///< without the quotes
        std::size_t end = 0;
        bool has_doubled_quotes = false;
    };

    CsvScanner(char delimiter, const ReaderLimits& limits);

    /// Scans from the start of `text`, which is the start of a record.
    /// @param ended  nothing follows `text`
    /// @pre text is not empty
    Outcome scan(std::string_view text, bool ended);

    /// At most ReaderLimits::max_columns of them.
    [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
    [[nodiscard]] std::size_t num_fields() const { return num_fields_; }
    /// Bytes of the record with its line end; after a failure, where it was found.
    [[nodiscard]] std::size_t record_bytes() const { return position_; }
    /// Lines that the record spans.
    [[nodiscard]] std::uint64_t num_lines() const { return num_lines_; }

 private:
    enum class Piece { kNext, kRecordEnd, kNeedMore, kOpenQuote, kTextAfterQuote, kCellTooLong };

    Piece scan_field(std::string_view text, bool ended);
    Piece scan_plain(std::string_view text, bool ended);
    Piece scan_quoted(std::string_view text, bool ended);
    Piece end_field(std::string_view text, bool ended, Field field);
    void count_lines(std::string_view quoted);

    char delimiter_;
    std::size_t max_fields_;
    std::size_t max_cell_bytes_;
    std::array<bool, 256> ends_field_{};
    std::vector<Field> fields_;
    std::size_t num_fields_ = 0;
    std::size_t position_ = 0;
    std::uint64_t num_lines_ = 0;
};

/// The start of a CSV file, to find its delimiter out.
struct CsvSample {
    std::string_view text;
    bool ended = false;  ///< nothing follows the text
    std::size_t header_line = 1;
};

/// What no text holds: chosen when nothing cuts the header, which is a table of one column.
inline constexpr char kNoDelimiter = '\x1F';

/// The delimiter, among , ; tab and |, that cuts the header and cuts most of the records after it
/// into as many fields; kNoDelimiter when none cuts the header.
char detect_delimiter(const CsvSample& sample, const ReaderLimits& limits);

}  // namespace attune
