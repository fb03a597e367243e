#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/product.hpp"
#include "features/catalogue.hpp"

namespace attune {

/// What holds for the products of a category that state no rule of their own. Banks publish few
/// such rules: most home loans say nothing of age, and are no offer to a child all the same.
///
/// The categories are those of the Australian Consumer Data Right, of which the bundled catalogue
/// is; a catalogue with categories of its own names them in the configuration.
struct EligibilityDefaults {
    int credit_minimum_age = 18;  ///< years; 0: none
    std::vector<std::string> credit_categories{
        "RESIDENTIAL_MORTGAGES", "CRED_AND_CHRG_CARDS", "PERS_LOANS",    "MARGIN_LOANS", "LEASES",
        "TRADE_FINANCE",         "OVERDRAFTS",          "BUSINESS_LOANS"};
    std::vector<std::string> person_categories{"RESIDENTIAL_MORTGAGES", "PERS_LOANS",
                                               "TRAVEL_CARDS"};
    std::vector<std::string> organisation_categories{"BUSINESS_LOANS", "TRADE_FINANCE"};

    /// Words in the names of products, in small letters.
    std::vector<std::string> organisation_words{"business", "commercial", "corporate"};

    /// Ids of the products that are for organisations by their names: they state no kind of
    /// customer and have one of the words, whole, in letters of any case.
    [[nodiscard]] std::vector<std::string> organisation_products(const Catalogue& catalogue) const;

    /// Only the minimum age and the kind of customer are ever set.
    [[nodiscard]] Eligibility of(std::string_view category) const;
};

/// @errors kInvalidArgument: an age outside 0..130, a category for persons only and for
///         organisations only
Status validate(const EligibilityDefaults& defaults);

}  // namespace attune
