#include "domain/product.hpp"

#include "domain/limits.hpp"

namespace attune {

Status validate(const Product& product) {
    ATTUNE_TRY(validate_id("product id", product.id));
    if (product.name.empty()) {
        return fail(ErrorCode::kInvalidArgument, "product '{}' has no name", product.id);
    }
    const Eligibility& rules = product.eligibility;
    if (rules.minimum_age && rules.maximum_age && *rules.minimum_age > *rules.maximum_age) {
        return fail(ErrorCode::kInvalidArgument,
                    "product '{}': the minimum age {} is above the maximum age {}", product.id,
                    *rules.minimum_age, *rules.maximum_age);
    }
    if (product.available_from && product.available_until &&
        *product.available_from >= *product.available_until) {
        return fail(ErrorCode::kInvalidArgument,
                    "product '{}': available_from {} is not before available_until {}", product.id,
                    format_timestamp(*product.available_from),
                    format_timestamp(*product.available_until));
    }
    return {};
}

}  // namespace attune
