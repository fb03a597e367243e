#pragma once

#include <array>
#include <string>
#include <string_view>

namespace attune {

/// The rules of `Eligibility`, by name.
enum class EligibilityRule {
    kCustomerKind,
    kMinimumAge,
    kMaximumAge,
    kResidency,
    kMinimumIncome,
    kMinimumRevenue,
    kOccupation,
    kNote,  ///< a condition in words, which nothing but a person can check
};

inline constexpr std::array kEligibilityRules{
    EligibilityRule::kCustomerKind,  EligibilityRule::kMinimumAge,
    EligibilityRule::kMaximumAge,    EligibilityRule::kResidency,
    EligibilityRule::kMinimumIncome, EligibilityRule::kMinimumRevenue,
    EligibilityRule::kOccupation,    EligibilityRule::kNote};

/// "customer_kind", "minimum_age", ...
std::string_view eligibility_rule_name(EligibilityRule rule);

/// Something a product asks for that is not known to hold, and not known to fail: an adviser has to
/// check it.
struct Condition {
    EligibilityRule rule = EligibilityRule::kNote;
    std::string required;  ///< "18", "AU or NZ", "35,000.00 AUD", the note itself
    std::string known;     ///< what is known of it, such as "1,000.00 EUR"; empty: nothing

    friend bool operator==(const Condition&, const Condition&) = default;
};

}  // namespace attune
