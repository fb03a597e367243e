#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingest/mapping.hpp"
#include "ingest/toml_reader.hpp"

/// The parts of a mapping that stand in several places of its TOML form. New columns are added to
/// `columns`; what is wrong is refused through the reader.
namespace attune {

/// The column named at `key`, if it is there.
std::optional<ColumnSlot> read_slot(TomlReader& reader, const std::string& key,
                                    std::vector<std::string>& columns);

RowCondition read_condition(TomlReader& reader, std::vector<std::string>& columns);

/// @param label  names the value in messages, unless it comes from one column
ValueRule read_value(TomlReader& reader, const std::string& label, FieldType type,
                     std::vector<std::string>& columns);

}  // namespace attune
