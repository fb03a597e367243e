#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/attributes.hpp"
#include "domain/money.hpp"
#include "domain/range.hpp"

namespace attune {

enum class CustomerKind { kPerson, kOrganisation };

std::string_view customer_kind_name(CustomerKind kind);  ///< "person" or "organisation"
/// @errors kInvalidArgument
Result<CustomerKind> parse_customer_kind(std::string_view text);

/// Who a customer is. Fields of the other kind stay empty; unknown ones too.
struct Customer {
    std::string id;
    CustomerKind kind = CustomerKind::kPerson;
    std::string name;
    std::string location;   ///< as given: a country, a city, a region
    std::string residency;  ///< ISO 3166-1 alpha-2 country of residence, when known

    // Persons.
    std::optional<int> age;  ///< years
    std::string gender;
    std::optional<Money> income;  ///< a year, before tax
    std::string education;
    std::string occupation;
    std::string marital_status;

    // Organisations.
    std::string industry;
    std::optional<Range> num_employees;
    std::optional<Range> revenue;  ///< a year, in major units of the bank's currency

    // Both.
    std::vector<std::string> interests;
    std::vector<std::string> preferences;
    std::vector<std::string> financial_needs;
    std::vector<std::string> held_categories;  ///< product categories already held
    Attributes attributes;

    friend bool operator==(const Customer&, const Customer&) = default;
};

/// @errors kInvalidArgument: empty or overlong id, age outside 0..130, negative income, a residency
///         that is not two capitals, a field of the other kind set; the message names the field
Status validate(const Customer& customer);

}  // namespace attune
