#pragma once

#include <string>

#include "ingest/row_reader.hpp"

namespace attune {

/// The raw rows of a table, header included, before anything is made of them.
class TableRows {
 public:
    virtual ~TableRows() = default;
    /// Gives number and cells of the next row, which may be blank; false at the end.
    virtual Result<bool> next(Row& row) = 0;
    [[nodiscard]] virtual const std::string& sheet() const = 0;
    [[nodiscard]] virtual double progress() const = 0;
    /// Whether cells are told apart by their order alone, so that one too many means that they are
    /// shifted.
    [[nodiscard]] virtual bool cells_are_positional() const = 0;
};

}  // namespace attune
