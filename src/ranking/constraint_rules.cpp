#include "ranking/constraint_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace attune {
namespace {

constexpr std::array<std::string_view, kNumRefusals> kRefusalNames{"unavailable",
                                                                   "not_yet_available",
                                                                   "no_longer_available",
                                                                   "customer_kind",
                                                                   "default_customer_kind",
                                                                   "minimum_age",
                                                                   "default_minimum_age",
                                                                   "maximum_age",
                                                                   "residency",
                                                                   "minimum_income",
                                                                   "minimum_revenue",
                                                                   "occupation",
                                                                   "unknown_field",
                                                                   "held",
                                                                   "held_category",
                                                                   "dismissed",
                                                                   "excluded",
                                                                   "outside_category",
                                                                   "outside_brand",
                                                                   "category_cap",
                                                                   "brand_cap"};

bool has(const std::vector<std::string>& values, std::string_view value) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

std::string join(const std::set<std::string_view>& values) {
    constexpr std::size_t kMostListed = 20;
    std::string text;
    std::size_t num_listed = 0;
    for (const std::string_view value : values) {
        if (num_listed++ == kMostListed) {
            return text + fmt::format(" and {} more", values.size() - kMostListed);
        }
        if (!text.empty()) text += ", ";
        text += value;
    }
    return text;
}

}  // namespace

std::string_view refusal_name(Refusal refusal) {
    return kRefusalNames.at(static_cast<std::size_t>(refusal));
}

bool CategorySet::contains(std::string_view category) const {
    return !category.empty() && (all || has(names, category));
}

UnknownPolicy ConstraintRules::policy(EligibilityRule rule) const {
    const auto found = unknown_policies.find(rule);
    return found == unknown_policies.end() ? UnknownPolicy::kFlag : found->second;
}

std::size_t ConstraintRules::cap_of(std::string_view category) const {
    if (category.empty()) return 0;
    const auto found = category_caps.find(category);
    return found == category_caps.end() ? category_cap : found->second;
}

Status validate(const ConstraintRules& rules) {
    const auto& days = rules.dismissed_expiry_days;
    if (days && !(std::isfinite(*days) && *days > 0)) {
        return fail(ErrorCode::kInvalidArgument,
                    "dismissed_expiry_days is {}; it takes a positive number of days", *days);
    }
    return validate(rules.eligibility_defaults);
}

Status validate(const RequestFilter& filter, const Catalogue& catalogue) {
    for (const std::string& category : filter.categories) {
        if (catalogue.find_category(category)) continue;
        const std::set<std::string_view> known(catalogue.categories().begin(),
                                               catalogue.categories().end());
        return fail(ErrorCode::kInvalidArgument, "no product has the category '{}'; there are: {}",
                    category, join(known));
    }
    for (const std::string& id : filter.excluded_ids) {
        if (catalogue.find(id)) continue;
        return fail(ErrorCode::kInvalidArgument,
                    "there is no product '{}' to leave out; products go by their ids", id);
    }
    ATTUNE_TRY(validate(filter.boosts));
    for (const Boost& boost : filter.boosts) ATTUNE_TRY(validate(boost, catalogue));
    if (filter.brands.empty()) return {};
    std::set<std::string_view> brands;
    for (const Product& product : catalogue.products()) {
        if (!product.brand.empty()) brands.insert(product.brand);
    }
    for (const std::string& brand : filter.brands) {
        if (brands.contains(brand)) continue;
        return fail(ErrorCode::kInvalidArgument, "no product has the brand '{}'; there are: {}",
                    brand, join(brands));
    }
    return {};
}

}  // namespace attune
