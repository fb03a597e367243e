#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace attune {

/// One cell of a table. CSV knows only texts and empty cells; .xlsx has them all (a number whose
/// style is a date comes as a Timestamp). Lists and objects are for writers: JSON Lines nests them,
/// in tables their text stands.
using Cell =
    std::variant<std::monostate, bool, double, Timestamp, std::string_view, const nlohmann::json*>;

/// The cell as the text that the same value has in a CSV file: whole numbers without a point
/// ("536365"), other numbers in the shortest form ("2.55"), times as "2010-12-01 08:26:00",
/// TRUE or FALSE, "" when empty. Lists of texts are separated by ";" where that can be told apart
/// again; other lists, and objects, are JSON.
std::string cell_text(const Cell& cell);

/// One row of data, after the header.
struct Row {
    std::uint64_t number = 0;                  ///< 1-based row (line) in the sheet or file
    std::span<const Cell> cells;               ///< tables; may be shorter than the header
    const nlohmann::json* document = nullptr;  ///< JSON Lines: the object of the line
    /// .xlsx: the columns whose cell is a formula that was never calculated; the cell is empty.
    std::span<const std::size_t> uncalculated{};
};

/// What a reader refuses, so that memory stays bounded whatever the file holds.
struct ReaderLimits {
    std::size_t max_columns = 256;
    std::size_t max_cell_bytes = 1 << 20;
    std::uint64_t max_unpacked_bytes = 8ULL
                                       << 30;  ///< of a compressed file, and of each .xlsx part
    double max_expansion_ratio = 200;  ///< unpacked / packed bytes, looked at past 64 MiB unpacked
    std::size_t max_shared_string_bytes = 512ULL << 20;
};

struct ReaderOptions {
    std::string sheet{};         ///< .xlsx: name of the sheet; empty: the first one
    std::size_t header_row = 0;  ///< 1-based; 0: the first row that is not blank
    char delimiter = '\0';       ///< CSV; 0: found out from the first lines among , ; tab |
    bool has_header = true;      ///< false: columns are named "1", "2", ...
    ReaderLimits limits{};
};

/// Streams the rows of one table in bounded memory.
class RowReader {
 public:
    virtual ~RowReader() = default;

    /// Header names, trimmed; empty for JSON Lines.
    [[nodiscard]] virtual const std::vector<std::string>& columns() const = 0;
    /// Name of the sheet read, "" where there are none.
    [[nodiscard]] virtual const std::string& sheet() const = 0;

    /// Reads the next row that is not blank into `row`; false at the end. What the row refers to
    /// lives until the next call. A malformed line of JSON Lines is an error of that line, reported
    /// through `row_error`; every other error ends the reading.
    /// @errors kCorrupt: damaged; kMalformedText: a NUL byte or bytes that are not UTF-8;
    ///         kLimitExceeded, kExpansionLimit; the message names file, sheet, row and column
    virtual Result<bool> next(Row& row) = 0;

    /// Set by `next` when the row could be told apart but is not right: a line that is not a JSON
    /// object (then `row.document` is null), a CSV row with more cells than the header (they are
    /// in `row.cells`). Empty otherwise.
    [[nodiscard]] virtual const std::string& row_error() const = 0;

    /// Share of the input behind us, 0 to 1, for progress.
    [[nodiscard]] virtual double progress() const = 0;
};

/// Opens `path` by its ending: .xlsx; .csv, .tsv, .txt, .data; .jsonl, .ndjson; the last two also
/// with .gz or .xz.
/// @errors kNotFound, kNotAFile (a directory or device), kEmptyInput (no bytes, or no rows),
///         kInvalidArgument (an unknown ending, or a sheet that is not there: the message lists
///         those that are), kCorrupt, and those of `next` for the header
Result<std::unique_ptr<RowReader>> open_rows(const std::filesystem::path& path,
                                             const ReaderOptions& options = {});

/// Writes a table in the format of the path's ending (those of `open_rows`), through a temporary
/// file that is renamed at `finish`. Values are kept as they are: in CSV a text such as "=1+1" is
/// not defused, since that would change it (import such a file into a spreadsheet as text, or
/// write .xlsx, where a text never is a formula).
class RowWriter {
 public:
    virtual ~RowWriter() = default;
    virtual Status write(std::span<const Cell> cells) = 0;
    /// Makes the file appear under its name. Without it nothing is left behind.
    virtual Status finish() = 0;
};

/// @param columns  header; for JSON Lines the keys of the objects (empty cells are left out)
/// @errors kInvalidArgument: an unknown ending, no columns or two of one name; kNotFound: no such
///         folder; kNotAFile, kForbidden, kUnavailable: cannot be written there. Of `write`:
///         kMalformedText: NUL or bytes that are not UTF-8; kInvalidArgument: more cells than
///         columns, a number that is not finite; kLimitExceeded: more than Excel holds; after a
///         failure the file cannot be finished
Result<std::unique_ptr<RowWriter>> create_rows(const std::filesystem::path& path,
                                               const std::vector<std::string>& columns);

}  // namespace attune
