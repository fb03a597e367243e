#include "domain/condition.hpp"

namespace attune {

std::string_view eligibility_rule_name(EligibilityRule rule) {
    switch (rule) {
        case EligibilityRule::kCustomerKind:
            return "customer_kind";
        case EligibilityRule::kMinimumAge:
            return "minimum_age";
        case EligibilityRule::kMaximumAge:
            return "maximum_age";
        case EligibilityRule::kResidency:
            return "residency";
        case EligibilityRule::kMinimumIncome:
            return "minimum_income";
        case EligibilityRule::kMinimumRevenue:
            return "minimum_revenue";
        case EligibilityRule::kOccupation:
            return "occupation";
        case EligibilityRule::kNote:
            return "note";
    }
    return "unknown";
}

}  // namespace attune
