#include "ranking/constraints.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "ranking/eligibility.hpp"

namespace attune {
namespace {

constexpr std::uint8_t kHeldFlag = 1;
constexpr std::uint8_t kDismissedFlag = 2;
constexpr std::uint8_t kExcludedFlag = 4;
constexpr std::uint8_t kOrganisationsFlag = 8;  // by its name
constexpr std::uint8_t kOutsideBrandFlag = 16;

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

/// The refusal that tells a rule by default from the product's own.
Refusal default_of(Refusal refusal) {
    if (refusal == Refusal::kCustomerKind) return Refusal::kDefaultCustomerKind;
    if (refusal == Refusal::kMinimumAge) return Refusal::kDefaultMinimumAge;
    return refusal;
}

/// The text without what does not change its meaning to a reader: case, blanks, a full stop.
std::string folded(std::string_view text) {
    std::string fold;
    for (const char c : text) {
        if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
        fold += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    while (fold.ends_with('.')) fold.pop_back();
    return fold;
}

}  // namespace

ConstraintStage::ConstraintStage(const ConstraintRules& rules, const Catalogue& catalogue,
                                 const CustomerView& customer, const RequestFilter& filter)
    : rules_(rules),
      catalogue_(catalogue),
      customer_(customer),
      flags_(catalogue.num_products(), 0),
      held_category_(catalogue.num_categories(), 0),
      wanted_category_(catalogue.num_categories(), filter.categories.empty() ? 1 : 0) {
    note_history();
    note_held_categories();
    note_brands(filter.brands);
    for (const std::string& category : catalogue.categories()) {
        defaults_.push_back(rules.eligibility_defaults.of(category));
    }
    for (const std::string& category : filter.categories) {
        if (const auto index = catalogue.find_category(category)) wanted_category_[index->at()] = 1;
    }
    for_organisations_.customer_kind = CustomerKind::kOrganisation;
    for (const std::string& id : rules.organisation_product_ids) {
        if (const auto product = catalogue.find(id)) flags_[product->at()] |= kOrganisationsFlag;
    }
    for (const std::string& id : filter.excluded_ids) {
        if (const auto product = catalogue.find(id)) flags_[product->at()] |= kExcludedFlag;
    }
    for (const ProductIndex first : catalogue.eligibility_classes()) {
        refusal_of_class_.push_back(
            eligibility({catalogue.product(first).eligibility,
                         defaults_[catalogue.category_of(first).at()], false}));
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

void ConstraintStage::note_brands(const std::vector<std::string>& wanted) {
    if (wanted.empty()) return;
    const std::unordered_set<std::string_view> brands(wanted.begin(), wanted.end());
    for (std::size_t i = 0; i < flags_.size(); ++i) {
        const Product& product = catalogue_.product(ProductIndex(i));
        if (!brands.contains(product.brand)) flags_[i] |= kOutsideBrandFlag;
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

std::optional<Refusal> ConstraintStage::availability(ProductIndex product) const {
    if (catalogue_.is_available(product, customer_.now)) return std::nullopt;
    const Product& record = catalogue_.product(product);
    if (!record.available) return Refusal::kUnavailable;
    if (record.available_from && customer_.now < *record.available_from) {
        return Refusal::kNotYetAvailable;
    }
    return Refusal::kNoLongerAvailable;
}

bool ConstraintStage::is_named_for_organisations(ProductIndex product) const {
    return (flags_[product.at()] & kOrganisationsFlag) != 0;
}

ConstraintStage::Asking ConstraintStage::asking_of(ProductIndex product) const {
    return {catalogue_.product(product).eligibility,
            defaults_[catalogue_.category_of(product).at()], is_named_for_organisations(product)};
}

bool ConstraintStage::is_by_default(EligibilityRule rule, const Asking& asking) {
    switch (rule) {
        case EligibilityRule::kMinimumAge:
            return !asking.own.minimum_age && asking.defaults.minimum_age;
        case EligibilityRule::kCustomerKind:
            return !asking.own.customer_kind &&
                   (asking.defaults.customer_kind || asking.named_for_organisations);
        default:
            return false;
    }
}

const Eligibility& ConstraintStage::asked(EligibilityRule rule, const Asking& asking) const {
    if (!is_by_default(rule, asking)) return asking.own;
    const bool by_name = rule == EligibilityRule::kCustomerKind && asking.named_for_organisations;
    return by_name ? for_organisations_ : asking.defaults;
}

std::optional<Refusal> ConstraintStage::eligibility(ProductIndex product) const {
    if (is_named_for_organisations(product)) return eligibility(asking_of(product));
    return refusal_of_class_[catalogue_.eligibility_class_of(product)];
}

std::optional<Refusal> ConstraintStage::eligibility(const Asking& asking) const {
    bool unknown_refused = false;
    for (const CheckedRule& checked : kCheckedRules) {
        switch (answer_rule(checked.rule, asked(checked.rule, asking), customer_.profile)) {
            case EligibilityAnswer::kNotMet:
                return is_by_default(checked.rule, asking) ? default_of(checked.refusal)
                                                           : checked.refusal;
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
    if ((flags_[product.at()] & kOutsideBrandFlag) != 0) return Refusal::kOutsideBrand;
    return std::nullopt;
}

std::optional<Refusal> ConstraintStage::refusal(ProductIndex product) const {
    if (const auto refused = availability(product)) return refused;
    if (const auto refused = eligibility(product)) return refused;
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
    verdict.conditions = conditions(product);
    return verdict;
}

std::vector<Condition> ConstraintStage::conditions(ProductIndex product) const {
    std::vector<Condition> conditions;
    const Asking asking = asking_of(product);
    for (const CheckedRule& checked : kCheckedRules) {
        const Eligibility& rules = asked(checked.rule, asking);
        if (answer_rule(checked.rule, rules, customer_.profile) != EligibilityAnswer::kUnknown) {
            continue;
        }
        conditions.push_back({checked.rule, required_text(checked.rule, rules),
                              known_text(checked.rule, customer_.profile)});
    }
    // Banks repeat their notes from rule to rule, with other blanks and capitals.
    std::set<std::string> noted;
    for (const std::string& note : catalogue_.product(product).eligibility.notes) {
        if (!noted.insert(folded(note)).second) continue;
        conditions.push_back({EligibilityRule::kNote, note, ""});
    }
    return conditions;
}

/// "asks for a minimum age of 18; the customer's is 16"
std::string ConstraintStage::describe_rule(EligibilityRule rule, std::string_view words,
                                           ProductIndex product) const {
    const Customer* profile = customer_.profile;
    const std::string known = known_text(rule, profile);
    const Asking asking = asking_of(product);
    const Eligibility& required = asked(rule, asking);
    std::string asks = fmt::format("asks for {} {}", words, required_text(rule, required));
    if (&required == &for_organisations_) {
        asks += " (by its name; the product states none)";
    } else if (is_by_default(rule, asking)) {
        asks += fmt::format(" (by default for the category {}; the product states none)",
                            catalogue_.product(product).category);
    }
    if (!known.empty()) return fmt::format("{}; the customer's is {}", asks, known);
    if (profile == nullptr) return asks + "; nothing is known of the customer";
    return fmt::format("{}; the customer, {} {}, has none on record", asks,
                       profile->kind == CustomerKind::kPerson ? "a" : "an",
                       customer_kind_name(profile->kind));
}

std::string ConstraintStage::describe(Refusal refusal, ProductIndex product) const {
    const Product& record = catalogue_.product(product);
    const Asking asking = asking_of(product);
    for (const CheckedRule& checked : kCheckedRules) {
        const bool unknown = refusal == Refusal::kUnknownField &&
                             rules_.policy(checked.rule) == UnknownPolicy::kRefuse &&
                             answer_rule(checked.rule, asked(checked.rule, asking),
                                         customer_.profile) == EligibilityAnswer::kUnknown;
        const bool failed = refusal == checked.refusal || refusal == default_of(checked.refusal);
        if (failed || unknown) return describe_rule(checked.rule, checked.words, product);
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

}  // namespace attune
