#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/condition.hpp"
#include "features/catalogue.hpp"
#include "features/customer_view.hpp"

namespace attune {

/// Why a product is not shown.
enum class Refusal {
    kUnavailable,        ///< switched off
    kNotYetAvailable,    ///< before available_from
    kNoLongerAvailable,  ///< at or after available_until
    kCustomerKind,
    kMinimumAge,
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
    /// By field; kNote is always flagged and its entry has no effect. All kFlag by default: a bank
    /// knows little of many customers, and a condition that an adviser checks loses neither side.
    std::map<EligibilityRule, UnknownPolicy> unknown_policies;

    [[nodiscard]] UnknownPolicy policy(EligibilityRule rule) const;
    [[nodiscard]] std::size_t cap_of(std::string_view category) const;
};

/// @errors kInvalidArgument: an expiry that is not a positive number of days
Status validate(const ConstraintRules& rules);

/// What one request asks for.
struct RequestFilter {
    std::vector<std::string> categories;    ///< empty: all
    std::vector<std::string> brands;        ///< empty: all
    std::vector<std::string> excluded_ids;  ///< products to leave out
};

/// @errors kInvalidArgument: a category or brand that no product has; lists those there are
Status validate(const RequestFilter& filter, const Catalogue& catalogue);

struct Verdict {
    bool allowed = true;
    std::optional<Refusal> refusal;
    std::string text;                   ///< the rule and the values; empty when allowed
    std::vector<Condition> conditions;  ///< what is to be checked; empty when refused
};

/// The constraint stage for one customer and one request. Availability is judged at `customer.now`.
///
/// Rules are tried in the order of `Refusal` and the first that fails is the one named.
///
/// @lifetime  borrows all it is given; made for one request
/// @cost      O(products) to make, O(1) a product
class ConstraintStage {
 public:
    /// @param customer  everything that is known: these rules hold without consent too
    /// @pre validate(rules), validate(filter, catalogue); the history is of this catalogue
    ConstraintStage(const ConstraintRules& rules, const Catalogue& catalogue,
                    const CustomerView& customer, const RequestFilter& filter);

    /// The first rule that refuses the product, without words; none: it may be shown.
    [[nodiscard]] std::optional<Refusal> refusal(ProductIndex product) const;

    /// The same with the rule and the values in words, or the conditions to be checked.
    [[nodiscard]] Verdict check(ProductIndex product) const;

 private:
    [[nodiscard]] std::optional<Refusal> availability(const Product& product) const;
    [[nodiscard]] std::optional<Refusal> eligibility(const Product& product) const;
    [[nodiscard]] std::optional<Refusal> history(ProductIndex product) const;
    [[nodiscard]] std::optional<Refusal> request(ProductIndex product) const;
    [[nodiscard]] std::string describe(Refusal refusal, ProductIndex product) const;
    void note_history();
    void note_held_categories();

    const ConstraintRules& rules_;
    const Catalogue& catalogue_;
    CustomerView customer_;
    const RequestFilter& filter_;
    std::vector<std::uint8_t> flags_;            ///< by product
    std::vector<std::uint8_t> held_category_;    ///< by category
    std::vector<std::uint8_t> wanted_category_;  ///< by category
};

/// The verdict on every product, by index: answers "why not this product?".
std::vector<Verdict> all_verdicts(const ConstraintRules& rules, const Catalogue& catalogue,
                                  const CustomerView& customer, const RequestFilter& filter);

/// Counts what a list holds so far, for the caps.
/// @lifetime  borrows
class CapCounter {
 public:
    CapCounter(const ConstraintRules& rules, const Catalogue& catalogue);

    /// kCategoryCap or kBrandCap when the list has enough of the product's kind.
    [[nodiscard]] std::optional<Refusal> refusal(ProductIndex product) const;
    void take(ProductIndex product);

 private:
    const ConstraintRules& rules_;
    const Catalogue& catalogue_;
    std::vector<std::size_t> by_category_;
    std::map<std::string, std::size_t, std::less<>> by_brand_;
};

}  // namespace attune
