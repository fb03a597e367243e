#include "explain/template_data.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace attune {
namespace {

using kainjow::mustache::data;

/// Sets a value, or leaves it unset when there is none, so that a section on it stays out.
void set_text(data& object, const std::string& name, std::string_view value) {
    std::string line = one_line(value, kMostValueBytes);
    if (!line.empty()) object.set(name, data(std::move(line)));
}

void set_flag(data& object, const std::string& name, bool value) {
    object.set(name, data(value));
}

void set_product(data& object, const Product& product, const Names& names) {
    set_text(object, "product", product.name);
    set_text(object, "brand", product.brand);
    set_text(object, "category", names.humanised(product.category));
}

void set_events(data& object, const Reason& reason, const Names& names) {
    if (reason.events.empty()) return;
    const EventFact& first = reason.events.front();
    const std::size_t num_others = reason.events.size() - 1;
    set_text(object, "because_of", first.product_name);
    set_text(object, "date", names.day(first.time));
    set_text(object, "num_others", fmt::format("{}", num_others));
    set_flag(object, "has_others", num_others > 0);
    set_flag(object, "has_one_other", num_others == 1);
    set_flag(object, "has_several_others", num_others > 1);
    set_flag(object, "same_product", first.same_product);
    set_flag(object, "viewed", first.type == EventType::kView);
    set_flag(object, "liked", first.type == EventType::kLike);
    set_flag(object, "shared", first.type == EventType::kShare);
    set_flag(object, "commented", first.type == EventType::kComment);
}

void set_terms(data& object, const Reason& reason, const Names& names) {
    data list(data::type::list);
    for (std::size_t i = 0; i < reason.terms.size(); ++i) {
        const TermFact& fact = reason.terms[i];
        data entry;
        const bool is_id = fact.phrase.find('_') != std::string::npos;
        set_text(entry, "words", is_id ? names.humanised(fact.phrase) : fact.phrase);
        set_flag(entry, "first", i == 0);
        set_flag(entry, "interest", fact.source == TermSource::kInterest);
        set_flag(entry, "preference", fact.source == TermSource::kPreference);
        set_flag(entry, "need", fact.source == TermSource::kNeed);
        set_flag(entry, "elsewhere", fact.source == TermSource::kElsewhere);
        list.push_back(entry);
    }
    object.set("terms", list);
}

void set_attributes(data& object, const Reason& reason, const Names& names) {
    data list(data::type::list);
    for (std::size_t i = 0; i < reason.attributes.size(); ++i) {
        const AttributeFact& fact = reason.attributes[i];
        data entry;
        set_text(entry, "name", names.humanised(fact.field));
        set_text(entry, "value", names.humanised(fact.value));
        set_flag(entry, "first", i == 0);
        set_flag(entry, "plain", !fact.is_holding);
        set_flag(entry, "held", fact.is_holding && fact.held);
        set_flag(entry, "not_held", fact.is_holding && !fact.held);
        list.push_back(entry);
    }
    object.set("attributes", list);
    set_flag(object, "has_attributes", !reason.attributes.empty());
}

void set_traits(data& object, const Reason& reason, const Names& names) {
    data list(data::type::list);
    for (std::size_t i = 0; i < reason.traits.size(); ++i) {
        data entry;
        set_text(entry, "name", names.humanised(reason.traits[i].field));
        set_text(entry, "value", names.humanised(reason.traits[i].value));
        set_flag(entry, "first", i == 0);
        list.push_back(entry);
    }
    object.set("traits", list);
    set_flag(object, "has_traits", !reason.traits.empty());
}

void set_share(data& object, const Reason& reason, const Names& names) {
    if (reason.share) set_text(object, "share", names.percentage(*reason.share));
    set_flag(object, "of_category", reason.share_is_of_category);
}

Vocabulary with(Vocabulary vocabulary, std::initializer_list<const char*> names) {
    vocabulary.names.insert(names.begin(), names.end());
    return vocabulary;
}

/// Parts one after the other, so that no two lists of parts give the same bytes.
class TextKey {
 public:
    void add(std::uint64_t number) {
        bytes_.append(reinterpret_cast<const char*>(&number), sizeof(number));
    }
    void add(std::string_view text) {
        add(text.size());
        bytes_.append(text);
    }
    std::string take() { return std::move(bytes_); }

 private:
    std::string bytes_;
};

data text_list(std::span<const std::string> texts) {
    data list(data::type::list);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        data entry("text", data(texts[i]));
        set_flag(entry, "first", i == 0);
        list.push_back(entry);
    }
    return list;
}

}  // namespace

Vocabulary vocabulary_of(std::string_view name) {
    Vocabulary vocabulary{{"product", "brand", "category"}, {}};
    if (name == "bought_together" || name == "bought_before" || name == "showed_interest") {
        return with(vocabulary, {"because_of", "date", "num_others", "has_others", "has_one_other",
                                 "has_several_others", "same_product", "viewed", "liked", "shared",
                                 "commented"});
    }
    if (name == "matched_interest") {
        vocabulary.lists["terms"] = {"words",      "first", "interest",
                                     "preference", "need",  "elsewhere"};
    } else if (name == "profile_attribute") {
        vocabulary.names.emplace("has_attributes");
        vocabulary.lists["attributes"] = {"name", "value", "first", "plain", "held", "not_held"};
    } else if (name == "similar_customers") {
        vocabulary.lists["traits"] = {"name", "value", "first"};
        return with(vocabulary, {"has_traits", "lift", "of_category"});
    } else if (name == "popular") {
        return with(vocabulary, {"share", "of_category"});
    } else if (name == kItemTemplate) {
        vocabulary.lists["reasons"] = {"text", "first"};
        vocabulary.lists["conditions"] = {"text", "first"};
        return with(vocabulary, {"has_conditions", "num_more_conditions"});
    } else if (name == kConditionTemplate) {
        vocabulary.names = {"required", "known"};
        for (const EligibilityRule rule : kEligibilityRules) {
            vocabulary.names.emplace(eligibility_rule_name(rule));
        }
    }
    return vocabulary;
}

data reason_data(const Reason& reason, const Product& product, const Names& names) {
    data object;
    set_product(object, product, names);
    switch (reason.code) {
        case ReasonCode::kBoughtTogether:
        case ReasonCode::kBoughtBefore:
        case ReasonCode::kShowedInterest:
            set_events(object, reason, names);
            break;
        case ReasonCode::kMatchedInterest:
            set_terms(object, reason, names);
            break;
        case ReasonCode::kProfileAttribute:
            set_attributes(object, reason, names);
            break;
        case ReasonCode::kSimilarCustomers:
            set_traits(object, reason, names);
            set_text(object, "lift", names.times(reason.lift));
            set_flag(object, "of_category", reason.lift_is_of_category);
            break;
        case ReasonCode::kPopular:
            set_share(object, reason, names);
            break;
        case ReasonCode::kGeneral:
        case ReasonCode::kNoProfile:
        case ReasonCode::kNotPersonalized:
            break;
    }
    return object;
}

std::string reason_key(const Reason& reason, const Product& product, bool of_product) {
    TextKey key;
    key.add(static_cast<std::uint64_t>(reason.code));
    if (of_product) {
        key.add(product.category);
        key.add(product.name);
        key.add(product.brand);
    }
    key.add(reason.events.size());
    if (!reason.events.empty()) {
        const EventFact& first = reason.events.front();
        key.add(first.product_name);
        key.add(static_cast<std::uint64_t>(first.time.ms));
        key.add(static_cast<std::uint64_t>(first.type) * 2 + (first.same_product ? 1 : 0));
    }
    key.add(reason.terms.size());
    for (const TermFact& fact : reason.terms) {
        key.add(fact.phrase);
        key.add(static_cast<std::uint64_t>(fact.source));
    }
    key.add(reason.attributes.size());
    for (const AttributeFact& fact : reason.attributes) {
        key.add(fact.field);
        key.add(fact.value);
        key.add((fact.is_holding ? 2U : 0U) + (fact.held ? 1U : 0U));
    }
    key.add(reason.traits.size());
    for (const SharedTrait& trait : reason.traits) {
        key.add(trait.field);
        key.add(trait.value);
    }
    key.add(std::bit_cast<std::uint64_t>(reason.lift));
    key.add(std::bit_cast<std::uint64_t>(reason.share.value_or(-1)));
    key.add((reason.lift_is_of_category ? 2U : 0U) + (reason.share_is_of_category ? 1U : 0U));
    return key.take();
}

std::string condition_key(const Condition& condition) {
    TextKey key;
    key.add(static_cast<std::uint64_t>(condition.rule));
    key.add(condition.required);
    key.add(condition.known);
    return key.take();
}

data condition_data(const Condition& condition, const Names& names) {
    data object;
    std::string required = condition.required;
    if (condition.rule == EligibilityRule::kCustomerKind) required = names.humanised(required);
    // A note is a sentence of its own; in a list its full stop would stand before the separator.
    if (required.ends_with('.')) required.pop_back();
    set_text(object, "required", required);
    set_text(object, "known", condition.known);
    set_flag(object, std::string(eligibility_rule_name(condition.rule)), true);
    return object;
}

data item_data(std::span<const std::string> reason_texts,
               std::span<const std::string> condition_texts, std::size_t num_more_conditions,
               const Product* product, const Names& names) {
    data object;
    if (product != nullptr) set_product(object, *product, names);
    object.set("reasons", text_list(reason_texts));
    object.set("conditions", text_list(condition_texts));
    set_flag(object, "has_conditions", !condition_texts.empty());
    if (num_more_conditions > 0) {
        set_text(object, "num_more_conditions", fmt::format("{}", num_more_conditions));
    }
    return object;
}

}  // namespace attune
