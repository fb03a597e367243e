#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "ingest/value_reader.hpp"

namespace attune {

/// The cell as the rule's type, within its limits. @pre the cell is not empty
Checked<FieldValue> convert(const ValueRule& rule, const Cell& cell, std::string_view currency);

/// A JSON list of scalars for a list field; other structures are issues.
Checked<std::optional<FieldValue>> read_structured(const ValueRule& rule,
                                                   const nlohmann::json& value);

}  // namespace attune
