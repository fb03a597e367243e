#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/condition.hpp"
#include "features/catalogue.hpp"
#include "features/customer_view.hpp"
#include "ranking/constraint_rules.hpp"

namespace attune {

struct Verdict {
    bool allowed = true;
    std::optional<Refusal> refusal;
    std::string text;  ///< the rule and the values; empty when allowed
    /// What is to be checked, each once; empty when refused.
    std::vector<Condition> conditions;
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
    /// What is asked by a product, by default in its category, and by its name.
    struct Asking {
        const Eligibility& own;
        const Eligibility& defaults;
        bool named_for_organisations = false;
    };

    [[nodiscard]] std::optional<Refusal> availability(ProductIndex product) const;
    [[nodiscard]] std::optional<Refusal> eligibility(ProductIndex product) const;
    [[nodiscard]] std::optional<Refusal> eligibility(const Asking& asking) const;
    [[nodiscard]] Asking asking_of(ProductIndex product) const;
    [[nodiscard]] bool is_named_for_organisations(ProductIndex product) const;
    [[nodiscard]] static bool is_by_default(EligibilityRule rule, const Asking& asking);
    /// The product's own rules, or its category's defaults where it has none of this kind.
    [[nodiscard]] const Eligibility& asked(EligibilityRule rule, const Asking& asking) const;
    [[nodiscard]] std::string describe_rule(EligibilityRule rule, std::string_view words,
                                            ProductIndex product) const;
    [[nodiscard]] std::vector<Condition> conditions(ProductIndex product) const;
    [[nodiscard]] std::optional<Refusal> history(ProductIndex product) const;
    [[nodiscard]] std::optional<Refusal> request(ProductIndex product) const;
    [[nodiscard]] std::string describe(Refusal refusal, ProductIndex product) const;
    void note_history();
    void note_held_categories();
    void note_brands(const std::vector<std::string>& wanted);

    const ConstraintRules& rules_;
    const Catalogue& catalogue_;
    CustomerView customer_;
    std::vector<std::uint8_t> flags_;            ///< by product
    std::vector<std::uint8_t> held_category_;    ///< by category
    std::vector<std::uint8_t> wanted_category_;  ///< by category
    std::vector<Eligibility> defaults_;          ///< by category
    Eligibility for_organisations_;              ///< only the kind of customer
    /// By class of the catalogue, of products that are not named for organisations.
    std::vector<std::optional<Refusal>> refusal_of_class_;
};

}  // namespace attune
