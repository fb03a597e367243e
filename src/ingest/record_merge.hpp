#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "ingest/record_kind.hpp"

namespace attune {

/// Lays the fields `given` of `update` over `stored`, both in their JSON form. A field that is
/// given and not in `update` is empty. Attributes are laid over by name, all else as a whole;
/// the parts of a product's eligibility may be given one by one.
void merge_fields(RecordKind kind, nlohmann::json& stored, const nlohmann::json& update,
                  std::span<const std::string_view> given);

/// A customer or product that was made from `former` (none: there was nothing) while others made
/// it `stored`: in what `record` left as it was `stored` holds, in the rest `record`. Attributes
/// and the parts of a product's eligibility count one by one, all else as a whole.
///
/// @pre     all of one kind
/// @errors  kInvalidArgument: together they are not valid
Result<Record> rebased(const Record& record, const std::optional<Record>& former,
                       const Record& stored);

}  // namespace attune
