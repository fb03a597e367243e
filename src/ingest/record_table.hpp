#pragma once

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

/// The name of the `part`th column, counting from 1, of a text that goes on in further ones:
/// "description", "description (2)", ...
std::string part_name(const std::string& column, std::size_t part);

/// The header of a table in Attune's own form: columns of record_columns(kind) in any order, and
/// those that continue one of them.
class RecordHeader {
 public:
    /// @errors kInvalidArgument: a column that is none
    static Result<RecordHeader> of(RecordKind kind, const std::vector<std::string>& columns);

    /// The JSON form of a row; empty cells are left out.
    /// @errors kInvalidArgument names the field
    [[nodiscard]] Result<nlohmann::json> document(std::span<const Cell> cells) const;

 private:
    RecordKind kind_ = RecordKind::kCustomer;
    std::vector<std::vector<std::size_t>> positions_;  ///< by record column, in order of the parts
};

/// The JSON form of a line of JSON Lines, in which nested values may be given as the text that
/// stands in a table.
/// @errors kInvalidArgument names the field
Result<nlohmann::json> unpacked_document(RecordKind kind, const nlohmann::json& document);

/// Reads the JSON form. @errors kInvalidArgument names the field
Result<Record> parse_record(RecordKind kind, const nlohmann::json& document);

}  // namespace attune
