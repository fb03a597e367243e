#pragma once

#include <optional>
#include <string_view>

#include "domain/customer.hpp"
#include "explain/reasons.hpp"

namespace attune {

/// What the history says of the customer's dealings with a product; none when it says nothing but
/// dismissals, or when the catalogue lacks the product.
std::optional<EventFact> find_event_fact(std::string_view product_id, const ReasonContext& context);

/// The entry of the interests, needs or preferences that holds the word; kElsewhere with the word
/// itself when none does.
TermFact find_term_fact(std::string_view word, const Customer* profile);

/// None when the evidence carries no value to state.
std::optional<AttributeFact> make_attribute_fact(const Evidence& evidence);

/// Whether a profile holds anything beside its id, kind and name.
bool says_anything(const Customer& profile);

}  // namespace attune
