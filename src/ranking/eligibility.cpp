#include "ranking/eligibility.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace attune {
namespace {

using Answer = EligibilityAnswer;

Answer met(bool holds) {
    return holds ? Answer::kMet : Answer::kNotMet;
}

std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

template <typename T>
bool contains(const std::vector<T>& values, const T& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

Answer answer_kind(const Eligibility& eligibility, const Customer* profile) {
    if (!eligibility.customer_kind) return Answer::kNotAsked;
    if (profile == nullptr) return Answer::kUnknown;
    return met(profile->kind == *eligibility.customer_kind);
}

Answer answer_minimum_age(const Eligibility& eligibility, const Customer* profile) {
    if (!eligibility.minimum_age) return Answer::kNotAsked;
    if (profile != nullptr && profile->kind == CustomerKind::kOrganisation) {
        return Answer::kNotAsked;
    }
    if (profile == nullptr || !profile->age) return Answer::kUnknown;
    return met(*profile->age >= *eligibility.minimum_age);
}

Answer answer_maximum_age(const Eligibility& eligibility, const Customer* profile) {
    if (!eligibility.maximum_age) return Answer::kNotAsked;
    if (profile != nullptr && profile->kind == CustomerKind::kOrganisation) return Answer::kNotMet;
    if (profile == nullptr || !profile->age) return Answer::kUnknown;
    return met(*profile->age <= *eligibility.maximum_age);
}

Answer answer_residency(const Eligibility& eligibility, const Customer* profile) {
    if (eligibility.residencies.empty()) return Answer::kNotAsked;
    if (profile == nullptr || profile->residency.empty()) return Answer::kUnknown;
    return met(contains(eligibility.residencies, profile->residency));
}

Answer answer_income(const Eligibility& eligibility, const Customer* profile) {
    if (!eligibility.minimum_income) return Answer::kNotAsked;
    if (profile != nullptr && profile->kind == CustomerKind::kOrganisation) {
        return eligibility.customer_kind == CustomerKind::kOrganisation ? Answer::kUnknown
                                                                        : Answer::kNotMet;
    }
    if (profile == nullptr || !profile->income) return Answer::kUnknown;
    if (profile->income->currency != eligibility.minimum_income->currency) return Answer::kUnknown;
    return met(profile->income->minor >= eligibility.minimum_income->minor);
}

Answer answer_revenue(const Eligibility& eligibility, const Customer* profile) {
    if (!eligibility.minimum_revenue) return Answer::kNotAsked;
    if (profile == nullptr) return Answer::kUnknown;
    if (profile->kind == CustomerKind::kPerson) return Answer::kNotMet;
    if (!profile->revenue) return Answer::kUnknown;
    const double required = eligibility.minimum_revenue->major();
    const Range& revenue = *profile->revenue;
    if (revenue.minimum && *revenue.minimum >= required) return Answer::kMet;
    if (revenue.maximum && *revenue.maximum < required) return Answer::kNotMet;
    return Answer::kUnknown;
}

Answer answer_occupation(const Eligibility& eligibility, const Customer* profile) {
    if (eligibility.occupations.empty()) return Answer::kNotAsked;
    if (profile == nullptr) return Answer::kUnknown;
    if (profile->kind == CustomerKind::kOrganisation) return Answer::kNotMet;
    if (profile->occupation.empty()) return Answer::kUnknown;
    const std::string occupation = ascii_lower(profile->occupation);
    const auto same = [&](const std::string& listed) { return ascii_lower(listed) == occupation; };
    return met(std::any_of(eligibility.occupations.begin(), eligibility.occupations.end(), same));
}

std::string join_or(const std::vector<std::string>& values) {
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) text += i + 1 == values.size() ? " or " : ", ";
        text += values[i];
    }
    return text;
}

}  // namespace

EligibilityAnswer answer_rule(EligibilityRule rule, const Eligibility& eligibility,
                              const Customer* profile) {
    switch (rule) {
        case EligibilityRule::kCustomerKind:
            return answer_kind(eligibility, profile);
        case EligibilityRule::kMinimumAge:
            return answer_minimum_age(eligibility, profile);
        case EligibilityRule::kMaximumAge:
            return answer_maximum_age(eligibility, profile);
        case EligibilityRule::kResidency:
            return answer_residency(eligibility, profile);
        case EligibilityRule::kMinimumIncome:
            return answer_income(eligibility, profile);
        case EligibilityRule::kMinimumRevenue:
            return answer_revenue(eligibility, profile);
        case EligibilityRule::kOccupation:
            return answer_occupation(eligibility, profile);
        case EligibilityRule::kNote:
            return eligibility.notes.empty() ? Answer::kNotAsked : Answer::kUnknown;
    }
    return Answer::kUnknown;
}

std::string required_text(EligibilityRule rule, const Eligibility& eligibility) {
    switch (rule) {
        case EligibilityRule::kCustomerKind:
            return std::string(customer_kind_name(*eligibility.customer_kind));
        case EligibilityRule::kMinimumAge:
            return fmt::format("{}", *eligibility.minimum_age);
        case EligibilityRule::kMaximumAge:
            return fmt::format("{}", *eligibility.maximum_age);
        case EligibilityRule::kResidency:
            return join_or(eligibility.residencies);
        case EligibilityRule::kMinimumIncome:
            return format_money(*eligibility.minimum_income);
        case EligibilityRule::kMinimumRevenue:
            return format_money(*eligibility.minimum_revenue);
        case EligibilityRule::kOccupation:
            return join_or(eligibility.occupations);
        case EligibilityRule::kNote:
            break;
    }
    return {};
}

std::string known_text(EligibilityRule rule, const Customer* profile) {
    if (profile == nullptr) return {};
    switch (rule) {
        case EligibilityRule::kCustomerKind:
            return std::string(customer_kind_name(profile->kind));
        case EligibilityRule::kMinimumAge:
        case EligibilityRule::kMaximumAge:
            return profile->age ? fmt::format("{}", *profile->age) : "";
        case EligibilityRule::kResidency:
            return profile->residency;
        case EligibilityRule::kMinimumIncome:
            return profile->income ? format_money(*profile->income) : "";
        case EligibilityRule::kMinimumRevenue:
            return profile->revenue ? format_range(*profile->revenue) : "";
        case EligibilityRule::kOccupation:
            return profile->occupation;
        case EligibilityRule::kNote:
            break;
    }
    return {};
}

}  // namespace attune
