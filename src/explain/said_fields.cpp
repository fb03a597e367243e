#include "explain/said_fields.hpp"

#include <algorithm>

#include "features/profile_fields.hpp"

namespace attune {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool SaidFields::contains(std::string_view field) const {
    if (has(never, field)) return false;
    if (has(allowed, field)) return true;
    return field.starts_with(kHeldPrefix) && has(allowed, kHeldField) && !has(never, kHeldField);
}

Status validate(const SaidFields& said) {
    for (const std::string& field : said.allowed) {
        if (!has(said.never, field)) continue;
        return fail(ErrorCode::kInvalidArgument,
                    "the field '{}' is both among those that reasons may say and among those that "
                    "are never said; take it out of one of the two lists",
                    field);
    }
    return {};
}

}  // namespace attune
