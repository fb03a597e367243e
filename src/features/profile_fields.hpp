#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/customer.hpp"

namespace attune {

/// Put before a product category, it names the field that tells whether a customer holds it.
inline constexpr std::string_view kHeldPrefix = "held:";

/// Names of the fields of Customer with one number, and with one word, that models may look at.
/// Ids, names and lists of words are not among them.
std::span<const std::string_view> numeric_profile_fields();
std::span<const std::string_view> text_profile_fields();

/// The number in a field; ranges give their typical value, money its major units.
/// @param field  one of numeric_profile_fields(); none for any other
std::optional<double> numeric_profile_field(const Customer& customer, std::string_view field);

/// The word in a field, empty when unknown. "kind" gives "person" or "organisation".
/// @param field  one of text_profile_fields(); empty for any other
std::string_view text_profile_field(const Customer& customer, std::string_view field);

/// What a person reads in a field: "62", "retired", "yes" for a held category. Knows the fields of
/// Customer, "held:<CATEGORY>" and the names of attributes. Empty when nothing is known.
std::string describe_profile_field(const Customer& customer, std::string_view field);

}  // namespace attune
