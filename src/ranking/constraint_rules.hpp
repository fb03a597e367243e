#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/condition.hpp"
#include "features/catalogue.hpp"
#include "ranking/boosts.hpp"
#include "ranking/eligibility_defaults.hpp"

namespace attune {

/// Why a product is not shown.
enum class Refusal {
    kUnavailable,        ///< switched off
    kNotYetAvailable,    ///< before available_from
    kNoLongerAvailable,  ///< at or after available_until
    kCustomerKind,
    kDefaultCustomerKind,  ///< by EligibilityDefaults: the product itself states no kind
    kMinimumAge,
    kDefaultMinimumAge,  ///< by EligibilityDefaults: the product itself states no minimum age
    kMaximumAge,
    kResidency,
    kMinimumIncome,
    kMinimumRevenue,
    kOccupation,
    kUnknownField,  ///< a rule asks for a field that is unknown, and the policy refuses that
    kHeld,
    kHeldCategory,
    kDismissed,
    kExcluded,         ///< the request leaves this product out
    kOutsideCategory,  ///< the request asks for other categories
    kOutsideBrand,     ///< the request asks for other brands
    kCategoryCap,      ///< the list has enough of this category
    kBrandCap,
};
inline constexpr std::size_t kNumRefusals = static_cast<std::size_t>(Refusal::kBrandCap) + 1;

std::string_view refusal_name(Refusal refusal);  ///< "unavailable", "minimum_age", ...

/// What becomes of a product when a rule asks for a field that the profile lacks.
enum class UnknownPolicy {
    kFlag,    ///< it may be shown, with a condition to be checked
    kRefuse,  ///< it is not shown
};

/// Named categories, or every one. What has no category ("") is in no set.
struct CategorySet {
    std::vector<std::string> names;
    bool all = false;

    [[nodiscard]] bool contains(std::string_view category) const;
};

/// What holds for every list, whatever the models say. The defaults suit a bank.
struct ConstraintRules {
    bool exclude_held = true;  ///< products that the history shows as bought
    CategorySet
        exclude_held_category;  ///< categories of which one product is enough: a category is
                                ///< held when the profile names it or a purchase is of it
    bool exclude_dismissed = true;
    std::optional<double> dismissed_expiry_days;  ///< none: a dismissal holds for ever
    /// Most items of one category in a list; 0: any number. Products without a category are not
    /// counted.
    std::size_t category_cap = 0;
    std::map<std::string, std::size_t, std::less<>> category_caps;  ///< exceptions to it
    std::size_t brand_cap = 0;  ///< products without a brand are not counted
    /// For products that state no minimum age or kind of customer.
    EligibilityDefaults eligibility_defaults;
    /// `EligibilityDefaults::organisation_products` of the catalogue, found once and not in each
    /// request.
    std::vector<std::string> organisation_product_ids;
    /// By field; kNote is always flagged and its entry has no effect. All kFlag by default: a bank
    /// knows little of many customers, and a condition that an adviser checks loses neither side.
    std::map<EligibilityRule, UnknownPolicy> unknown_policies;

    [[nodiscard]] UnknownPolicy policy(EligibilityRule rule) const;
    [[nodiscard]] std::size_t cap_of(std::string_view category) const;
};

/// @errors kInvalidArgument: an expiry that is not a positive number of days, and those of the
///         eligibility defaults
Status validate(const ConstraintRules& rules);

/// What one request asks for.
struct RequestFilter {
    std::vector<std::string> categories;    ///< empty: all
    std::vector<std::string> brands;        ///< empty: all
    std::vector<std::string> excluded_ids;  ///< products to leave out
    std::vector<Boost> boosts;              ///< applied to the scores one after the other
};

/// @errors kInvalidArgument: a category or brand that no product has (lists those there are), a
///         product to leave out that is not there, and those of the boosts
Status validate(const RequestFilter& filter, const Catalogue& catalogue);

}  // namespace attune
