#include "ranking/constraints.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ranking/eligibility.hpp"

namespace attune {
namespace {

constexpr std::uint8_t kHeldFlag = 1;
constexpr std::uint8_t kDismissedFlag = 2;
constexpr std::uint8_t kExcludedFlag = 4;

constexpr std::array<std::string_view, kNumRefusals> kRefusalNames{
    "unavailable",      "not_yet_available", "no_longer_available",
    "customer_kind",    "minimum_age",       "maximum_age",
    "residency",        "minimum_income",    "minimum_revenue",
    "occupation",       "unknown_field",     "held",
    "held_category",    "dismissed",         "excluded",
    "outside_category", "outside_brand",     "category_cap",
    "brand_cap"};

struct CheckedRule {
    EligibilityRule rule;
    Refusal refusal;
    std::string_view words;
};

// In the order of Refusal.
constexpr std::array<CheckedRule, 7> kCheckedRules{{
    {EligibilityRule::kCustomerKind, Refusal::kCustomerKind, "customers of the kind"},
    {EligibilityRule::kMinimumAge, Refusal::kMinimumAge, "a minimum age of"},
    {EligibilityRule::kMaximumAge, Refusal::kMaximumAge, "a maximum age of"},
    {EligibilityRule::kResidency, Refusal::kResidency, "residency in"},
    {EligibilityRule::kMinimumIncome, Refusal::kMinimumIncome, "a minimum income of"},
    {EligibilityRule::kMinimumRevenue, Refusal::kMinimumRevenue, "a minimum revenue of"},
    {EligibilityRule::kOccupation, Refusal::kOccupation, "the occupation"},
}};

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

/// "asks for a minimum age of 18; the customer has 16"
std::string describe_rule(const CheckedRule& checked, const Eligibility& eligibility,
                          const Customer* profile) {
    const std::string known = known_text(checked.rule, profile);
    const std::string asks =
        fmt::format("asks for {} {}", checked.words, required_text(checked.rule, eligibility));
    if (!known.empty()) return fmt::format("{}; the customer's is {}", asks, known);
    if (profile == nullptr) return asks + "; nothing is known of the customer";
    return fmt::format("{}; the customer, {} {}, has none on record", asks,
                       profile->kind == CustomerKind::kPerson ? "a" : "an",
                       customer_kind_name(profile->kind));
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
    return {};
}

Status validate(const RequestFilter& filter, const Catalogue& catalogue) {
    for (const std::string& category : filter.categories) {
        if (catalogue.find_category(category)) continue;
        const std::set<std::string_view> known(catalogue.categories().begin(),
                                               catalogue.categories().end());
        return fail(ErrorCode::kInvalidArgument, "no product has the category '{}'; there are: {}",
                    category, join(known));
    }
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

ConstraintStage::ConstraintStage(const ConstraintRules& rules, const Catalogue& catalogue,
                                 const CustomerView& customer, const RequestFilter& filter)
    : rules_(rules),
      catalogue_(catalogue),
      customer_(customer),
      filter_(filter),
      flags_(catalogue.num_products(), 0),
      held_category_(catalogue.num_categories(), 0),
      wanted_category_(catalogue.num_categories(), filter.categories.empty() ? 1 : 0) {
    note_history();
    note_held_categories();
    for (const std::string& category : filter.categories) {
        if (const auto index = catalogue.find_category(category)) wanted_category_[index->at()] = 1;
    }
    for (const std::string& id : filter.excluded_ids) {
        if (const auto product = catalogue.find(id)) flags_[product->at()] |= kExcludedFlag;
    }
}

void ConstraintStage::note_history() {
    for (const Interaction& interaction : customer_.history) {
        std::uint8_t& flags = flags_[interaction.product.at()];
        if (interaction.type == EventType::kPurchase) {
            flags |= kHeldFlag;
        } else if (interaction.type == EventType::kDismiss) {
            const bool expired =
                rules_.dismissed_expiry_days &&
                days_between(interaction.time, customer_.now) >= *rules_.dismissed_expiry_days;
            if (!expired) flags |= kDismissedFlag;
        }
    }
}

void ConstraintStage::note_held_categories() {
    const auto note = [&](CategoryIndex category) {
        if (rules_.exclude_held_category.contains(catalogue_.categories()[category.at()])) {
            held_category_[category.at()] = 1;
        }
    };
    for (const Interaction& interaction : customer_.history) {
        if (interaction.type == EventType::kPurchase) {
            note(catalogue_.category_of(interaction.product));
        }
    }
    if (customer_.profile == nullptr) return;
    for (const std::string& held : customer_.profile->held_categories) {
        if (const auto category = catalogue_.find_category(held)) note(*category);
    }
}

std::optional<Refusal> ConstraintStage::availability(const Product& product) const {
    if (!product.available) return Refusal::kUnavailable;
    if (product.available_from && customer_.now < *product.available_from) {
        return Refusal::kNotYetAvailable;
    }
    if (product.available_until && customer_.now >= *product.available_until) {
        return Refusal::kNoLongerAvailable;
    }
    return std::nullopt;
}

std::optional<Refusal> ConstraintStage::eligibility(const Product& product) const {
    bool unknown_refused = false;
    for (const CheckedRule& checked : kCheckedRules) {
        switch (answer_rule(checked.rule, product.eligibility, customer_.profile)) {
            case EligibilityAnswer::kNotMet:
                return checked.refusal;
            case EligibilityAnswer::kUnknown:
                if (rules_.policy(checked.rule) == UnknownPolicy::kRefuse) unknown_refused = true;
                break;
            case EligibilityAnswer::kNotAsked:
            case EligibilityAnswer::kMet:
                break;
        }
    }
    if (unknown_refused) return Refusal::kUnknownField;
    return std::nullopt;
}

std::optional<Refusal> ConstraintStage::history(ProductIndex product) const {
    const std::uint8_t flags = flags_[product.at()];
    if (rules_.exclude_held && (flags & kHeldFlag) != 0) return Refusal::kHeld;
    if (held_category_[catalogue_.category_of(product).at()] != 0) return Refusal::kHeldCategory;
    if (rules_.exclude_dismissed && (flags & kDismissedFlag) != 0) return Refusal::kDismissed;
    return std::nullopt;
}

std::optional<Refusal> ConstraintStage::request(ProductIndex product) const {
    if ((flags_[product.at()] & kExcludedFlag) != 0) return Refusal::kExcluded;
    if (wanted_category_[catalogue_.category_of(product).at()] == 0) {
        return Refusal::kOutsideCategory;
    }
    if (!filter_.brands.empty() && !has(filter_.brands, catalogue_.product(product).brand)) {
        return Refusal::kOutsideBrand;
    }
    return std::nullopt;
}

std::optional<Refusal> ConstraintStage::refusal(ProductIndex product) const {
    const Product& record = catalogue_.product(product);
    if (const auto refused = availability(record)) return refused;
    if (const auto refused = eligibility(record)) return refused;
    if (const auto refused = history(product)) return refused;
    return request(product);
}

Verdict ConstraintStage::check(ProductIndex product) const {
    Verdict verdict;
    verdict.refusal = refusal(product);
    if (verdict.refusal) {
        verdict.allowed = false;
        verdict.text = describe(*verdict.refusal, product);
        return verdict;
    }
    const Eligibility& rules = catalogue_.product(product).eligibility;
    for (const CheckedRule& checked : kCheckedRules) {
        if (answer_rule(checked.rule, rules, customer_.profile) != EligibilityAnswer::kUnknown) {
            continue;
        }
        verdict.conditions.push_back({checked.rule, required_text(checked.rule, rules),
                                      known_text(checked.rule, customer_.profile)});
    }
    for (const std::string& note : rules.notes) {
        verdict.conditions.push_back({EligibilityRule::kNote, note, ""});
    }
    return verdict;
}

std::string ConstraintStage::describe(Refusal refusal, ProductIndex product) const {
    const Product& record = catalogue_.product(product);
    for (const CheckedRule& checked : kCheckedRules) {
        const bool unknown = refusal == Refusal::kUnknownField &&
                             rules_.policy(checked.rule) == UnknownPolicy::kRefuse &&
                             answer_rule(checked.rule, record.eligibility, customer_.profile) ==
                                 EligibilityAnswer::kUnknown;
        if (checked.refusal != refusal && !unknown) continue;
        return describe_rule(checked, record.eligibility, customer_.profile);
    }
    switch (refusal) {
        case Refusal::kUnavailable:
            return "is not available";
        case Refusal::kNotYetAvailable:
            return fmt::format("is available only from {}",
                               format_timestamp(*record.available_from));
        case Refusal::kNoLongerAvailable:
            return fmt::format("was available until {}", format_timestamp(*record.available_until));
        case Refusal::kHeld:
            return "the customer has bought it already";
        case Refusal::kHeldCategory:
            return fmt::format("the customer already holds a product of the category {}",
                               record.category);
        case Refusal::kDismissed:
            return rules_.dismissed_expiry_days
                       ? fmt::format("the customer dismissed it less than {} days ago",
                                     *rules_.dismissed_expiry_days)
                       : "the customer dismissed it";
        case Refusal::kExcluded:
            return "the request leaves it out";
        case Refusal::kOutsideCategory:
            return fmt::format("the request does not ask for the category {}", record.category);
        case Refusal::kOutsideBrand:
            return fmt::format("the request does not ask for the brand '{}'", record.brand);
        default:
            return std::string(refusal_name(refusal));
    }
}

std::vector<Verdict> all_verdicts(const ConstraintRules& rules, const Catalogue& catalogue,
                                  const CustomerView& customer, const RequestFilter& filter) {
    const ConstraintStage stage(rules, catalogue, customer, filter);
    std::vector<Verdict> verdicts;
    verdicts.reserve(catalogue.num_products());
    for (std::size_t p = 0; p < catalogue.num_products(); ++p) {
        verdicts.push_back(stage.check(ProductIndex(p)));
    }
    return verdicts;
}

CapCounter::CapCounter(const ConstraintRules& rules, const Catalogue& catalogue)
    : rules_(rules), catalogue_(catalogue), by_category_(catalogue.num_categories(), 0) {}

std::optional<Refusal> CapCounter::refusal(ProductIndex product) const {
    const Product& record = catalogue_.product(product);
    const std::size_t cap = rules_.cap_of(record.category);
    if (cap > 0 && by_category_[catalogue_.category_of(product).at()] >= cap) {
        return Refusal::kCategoryCap;
    }
    if (rules_.brand_cap > 0 && !record.brand.empty()) {
        const auto found = by_brand_.find(record.brand);
        if (found != by_brand_.end() && found->second >= rules_.brand_cap) {
            return Refusal::kBrandCap;
        }
    }
    return std::nullopt;
}

void CapCounter::take(ProductIndex product) {
    ++by_category_[catalogue_.category_of(product).at()];
    const std::string& brand = catalogue_.product(product).brand;
    if (rules_.brand_cap > 0 && !brand.empty()) ++by_brand_[brand];
}

}  // namespace attune
