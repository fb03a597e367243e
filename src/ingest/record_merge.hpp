#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

#include "ingest/record_kind.hpp"

namespace attune {

/// Lays the fields `given` of `update` over `stored`, both in their JSON form. A field that is
/// given and not in `update` is empty. Attributes are laid over by name, all else as a whole;
/// the parts of a product's eligibility may be given one by one.
void merge_fields(RecordKind kind, nlohmann::json& stored, const nlohmann::json& update,
                  std::span<const std::string_view> given);

}  // namespace attune
