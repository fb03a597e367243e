#pragma once

#include <deque>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "ingest/record_kind.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// Writes records of one kind as rows of `columns()`.
///
/// A text that is too long for a cell goes on in further columns, "description (2)" and so on,
/// which RecordHeader joins again. Their number has to be known before the header is written:
/// `measure` every record first.
class RecordRow {
 public:
    /// How much a cell holds: anything, or what Excel allows.
    enum class Cells { kUnbounded, kOfExcel };

    explicit RecordRow(RecordKind kind, Cells cells = Cells::kUnbounded);

    /// @pre of the kind
    void measure(const Record& record);
    [[nodiscard]] std::vector<std::string> columns() const;

    /// @pre of the kind; with Cells::kOfExcel measured
    /// @lifetime  the cells live until the next call
    std::span<const Cell> cells(const Record& record);

 private:
    void take(const Record& record);
    std::vector<std::string_view> pieces_of(const Cell& cell);

    RecordKind kind_;
    Cells limit_;
    std::vector<std::size_t> widths_;  ///< cells that each column needs
    nlohmann::json document_;          ///< of the current record; its cells point into it
    std::deque<std::string> texts_;
    std::vector<Cell> whole_;  ///< one a column
    std::vector<Cell> cells_;
};

}  // namespace attune
