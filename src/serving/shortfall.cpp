#include "serving/shortfall.hpp"

#include <algorithm>

namespace attune {
namespace {

/// What follows "8 of the products are": a few words on the rule.
std::string words_of(Refusal refusal, const ConstraintRules& rules) {
    switch (refusal) {
        case Refusal::kUnavailable:
            return "not available";
        case Refusal::kNotYetAvailable:
            return "not available yet";
        case Refusal::kNoLongerAvailable:
            return "no longer available";
        case Refusal::kCustomerKind:
            return "for another kind of customer";
        case Refusal::kDefaultCustomerKind:
            return "by default for another kind of customer";
        case Refusal::kDefaultMinimumAge:
            return "ineligible by the default minimum age";
        case Refusal::kMinimumAge:
            return "ineligible by minimum age";
        case Refusal::kMaximumAge:
            return "ineligible by maximum age";
        case Refusal::kResidency:
            return "ineligible by residency";
        case Refusal::kMinimumIncome:
            return "ineligible by minimum income";
        case Refusal::kMinimumRevenue:
            return "ineligible by minimum revenue";
        case Refusal::kOccupation:
            return "ineligible by occupation";
        case Refusal::kUnknownField:
            return "ineligible for want of a field of the profile";
        case Refusal::kHeld:
            return "bought already";
        case Refusal::kHeldCategory:
            return "of a category that is held already";
        case Refusal::kDismissed:
            return "dismissed by the customer";
        case Refusal::kExcluded:
            return "left out by the request";
        case Refusal::kOutsideCategory:
            return "outside the categories asked for";
        case Refusal::kOutsideBrand:
            return "outside the brands asked for";
        case Refusal::kCategoryCap:
            return fmt::format("past the cap of {} a category", rules.category_cap);
        case Refusal::kBrandCap:
            return fmt::format("past the cap of {} a brand", rules.brand_cap);
    }
    return std::string(refusal_name(refusal));
}

std::string text_of(const Shortfall& shortfall, const StageCounts& counts,
                    const ConstraintRules& rules) {
    std::string text =
        fmt::format("{} of {} asked for: ", shortfall.num_given, shortfall.num_asked);
    if (shortfall.causes.empty()) {
        return text + fmt::format("there are {} products", counts.num_scored);
    }
    text += fmt::format("of {} products ", counts.num_scored);
    for (std::size_t i = 0; i < shortfall.causes.size(); ++i) {
        const auto& [refusal, num_products] = shortfall.causes[i];
        if (i > 0) text += i + 1 == shortfall.causes.size() ? " and " : ", ";
        text += fmt::format("{} {}{}", num_products,
                            i > 0               ? ""
                            : num_products == 1 ? "is "
                                                : "are ",
                            words_of(refusal, rules));
    }
    return text;
}

}  // namespace

std::optional<Shortfall> shortfall_of(const StageCounts& counts, std::size_t num_asked,
                                      const ConstraintRules& rules) {
    if (counts.num_selected >= num_asked) return std::nullopt;
    Shortfall shortfall;
    shortfall.num_asked = num_asked;
    shortfall.num_given = counts.num_selected;
    for (std::size_t i = 0; i < kNumRefusals; ++i) {
        const auto refusal = static_cast<Refusal>(i);
        if (counts.refused(refusal) > 0) {
            shortfall.causes.push_back({refusal, counts.refused(refusal)});
        }
    }
    std::stable_sort(shortfall.causes.begin(), shortfall.causes.end(),
                     [](const auto& a, const auto& b) { return a.num_products > b.num_products; });
    shortfall.text = text_of(shortfall, counts, rules);
    return shortfall;
}

}  // namespace attune
