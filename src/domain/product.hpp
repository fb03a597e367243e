#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/attributes.hpp"
#include "domain/customer.hpp"
#include "domain/money.hpp"

namespace attune {

struct ProductFeature {
    std::string type;  ///< such as DIGITAL_WALLET
    std::string text;

    friend bool operator==(const ProductFeature&, const ProductFeature&) = default;
};

struct Fee {
    std::string name;
    std::string type;             ///< such as PERIODIC or WITHDRAWAL
    std::optional<Money> amount;  ///< none: given in words or as a share
    std::string text;

    friend bool operator==(const Fee&, const Fee&) = default;
};

enum class RateSide { kLending, kDeposit };

struct Rate {
    RateSide side = RateSide::kLending;
    std::string type;   ///< such as VARIABLE, FIXED or PURCHASE
    double yearly = 0;  ///< a fraction: 0.05 is 5 % a year
    std::string text;

    friend bool operator==(const Rate&, const Rate&) = default;
};

/// Who may have a product, as rules that can be checked. An unset rule allows everybody.
struct Eligibility {
    std::optional<int> minimum_age;  ///< years, inclusive
    std::optional<int> maximum_age;  ///< years, inclusive
    std::optional<CustomerKind> customer_kind;
    std::vector<std::string> residencies;  ///< ISO 3166-1 alpha-2; empty: any
    std::optional<Money> minimum_income;   ///< a year
    std::optional<Money> minimum_revenue;  ///< a year; organisations
    std::vector<std::string> occupations;  ///< one of them, lower case; empty: any
    std::vector<std::string> notes;        ///< conditions in words, shown but not checked

    friend bool operator==(const Eligibility&, const Eligibility&) = default;
};

struct Product {
    std::string id;
    std::string brand;
    std::string name;
    std::string category;
    std::string description;
    std::vector<ProductFeature> features;
    Eligibility eligibility;
    std::vector<Fee> fees;
    std::vector<Rate> rates;
    bool available = true;
    std::optional<Timestamp> available_from;   ///< inclusive
    std::optional<Timestamp> available_until;  ///< exclusive
    Attributes attributes;

    friend bool operator==(const Product&, const Product&) = default;
};

/// @errors kInvalidArgument: bad id, empty name, ages or dates the wrong way round
Status validate(const Product& product);

}  // namespace attune
