#include "ranking/eligibility_defaults.hpp"

#include <algorithm>

namespace attune {
namespace {

constexpr int kMostYears = 130;

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    for (const char c : name) {
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool in_word = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9') ||
                             static_cast<unsigned char>(small) >= 128;
        if (in_word) {
            words.back() += small;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    return words;
}

bool has(const std::vector<std::string>& categories, std::string_view category) {
    return std::find(categories.begin(), categories.end(), category) != categories.end();
}

}  // namespace

Eligibility EligibilityDefaults::of(std::string_view category) const {
    Eligibility rules;
    if (credit_minimum_age > 0 && has(credit_categories, category)) {
        rules.minimum_age = credit_minimum_age;
    }
    if (has(person_categories, category)) {
        rules.customer_kind = CustomerKind::kPerson;
    } else if (has(organisation_categories, category)) {
        rules.customer_kind = CustomerKind::kOrganisation;
    }
    return rules;
}

std::vector<std::string> EligibilityDefaults::organisation_products(
    const Catalogue& catalogue) const {
    std::vector<std::string> ids;
    for (const Product& product : catalogue.products()) {
        if (product.eligibility.customer_kind) continue;
        const std::vector<std::string> words = words_of(product.name);
        if (std::any_of(words.begin(), words.end(),
                        [&](const std::string& word) { return has(organisation_words, word); })) {
            ids.push_back(product.id);
        }
    }
    return ids;
}

Status validate(const EligibilityDefaults& defaults) {
    if (defaults.credit_minimum_age < 0 || defaults.credit_minimum_age > kMostYears) {
        return fail(ErrorCode::kInvalidArgument,
                    "the minimum age for credit is {}; it takes 0 to {} years",
                    defaults.credit_minimum_age, kMostYears);
    }
    for (const std::string& category : defaults.person_categories) {
        if (!has(defaults.organisation_categories, category)) continue;
        return fail(ErrorCode::kInvalidArgument,
                    "the category '{}' is for persons only and for organisations only; it takes "
                    "one of the two",
                    category);
    }
    return {};
}

}  // namespace attune
