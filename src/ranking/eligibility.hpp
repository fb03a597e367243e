#pragma once

#include <string>

#include "domain/condition.hpp"
#include "domain/customer.hpp"
#include "domain/product.hpp"

namespace attune {

enum class EligibilityAnswer {
    kNotAsked,  ///< the product has no such rule, or it does not concern this kind of customer
    kMet,
    kNotMet,
    kUnknown,  ///< the profile lacks the field, or holds it too roughly or in another currency
};

/// Whether a customer meets one rule of a product.
///
/// What belongs to one kind of customer tells the kind: an organisation meets no maximum age, no
/// occupation and no minimum income (unless the product says it is for organisations; then its
/// income is unknown), a person no minimum revenue. A minimum age does not concern organisations.
/// kNote is never answered: kUnknown where the product has notes.
///
/// @param profile  none: everything asked is kUnknown
EligibilityAnswer answer_rule(EligibilityRule rule, const Eligibility& eligibility,
                              const Customer* profile);

/// What the rule asks for: "18", "AU or NZ", "35,000.00 AUD". @pre the rule is set, not kNote
std::string required_text(EligibilityRule rule, const Eligibility& eligibility);

/// What the profile holds of it: "16", "NZ", "20,000.00 AUD"; empty when nothing.
std::string known_text(EligibilityRule rule, const Customer* profile);

}  // namespace attune
