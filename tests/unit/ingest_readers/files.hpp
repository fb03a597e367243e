#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/row_reader.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {

using attune::TemporaryFolder;

std::string read_bytes(const std::filesystem::path& path);
std::string gzip(std::string_view bytes);
std::string xz(std::string_view bytes);

/// A cell that outlives its row.
struct OwnedCell {
    explicit OwnedCell(const Cell& cell);
    std::variant<std::monostate, bool, double, Timestamp, std::string> value;
    friend bool operator==(const OwnedCell&, const OwnedCell&) = default;
};

struct OwnedRow {
    std::uint64_t number = 0;
    std::vector<std::string> texts;  ///< cell_text of each cell
    std::vector<std::size_t> kinds;  ///< index of each cell's variant
    std::vector<OwnedCell> cells;
    std::string document;  ///< JSON Lines
    std::vector<std::size_t> uncalculated;
    std::string error;
};

/// A whole file, or what stopped it.
struct Table {
    std::vector<std::string> columns;
    std::string sheet;
    std::vector<OwnedRow> rows;
    bool failed = false;
    Error error;

    [[nodiscard]] std::vector<std::vector<std::string>> texts() const;
};

Table read_all(const std::filesystem::path& path, const ReaderOptions& options = {});

/// A workbook made by hand: parts by their names; those that every workbook needs are added when
/// they are not given.
using Parts = std::map<std::string, std::string>;
void write_zip(const std::filesystem::path& path, const Parts& parts);

/// The parts of a workbook with one sheet "Data" that holds `sheet_data`, the inside of
/// <sheetData>.
Parts workbook_parts(std::string_view sheet_data);

}  // namespace attune::testing
