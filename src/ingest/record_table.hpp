#pragma once

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "ingest/record_kind.hpp"
#include "ingest/row_reader.hpp"

namespace attune {

/// The columns of a table of such records in Attune's own form: the keys of domain/json.hpp.
const std::vector<std::string>& record_columns(RecordKind kind);

/// Writes records as rows of `record_columns`. Nested values are JSON text; lists of texts are
/// separated by ";" (JSON text where that could not be told apart).
class RecordRow {
 public:
    /// @lifetime  the cells live until the next call
    std::span<const Cell> cells(const Record& record);

 private:
    std::vector<Cell> cells_;
    std::deque<std::string> texts_;
};

/// Reads the JSON form. Nested values may be given as the text that stands in a table.
/// @errors kInvalidArgument names the field
Result<Record> record_from_document(RecordKind kind, const nlohmann::json& document);

/// Reads a row whose cells stand under `columns`; empty cells are left out.
/// @errors kInvalidArgument: a column that is none of record_columns(kind), or names the field
Result<Record> record_from_row(RecordKind kind, const std::vector<std::string>& columns,
                               std::span<const Cell> cells);

}  // namespace attune
