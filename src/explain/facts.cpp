#include "explain/facts.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace attune {
namespace {

/// How much a type says; the one that says most is the one to state.
int rank_of(EventType type) {
    switch (type) {
        case EventType::kPurchase:
            return 5;
        case EventType::kShare:
            return 4;
        case EventType::kComment:
            return 3;
        case EventType::kLike:
            return 2;
        case EventType::kView:
            return 1;
        case EventType::kDismiss:
            return 0;
    }
    return 0;
}

std::string lowered(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 128;
}

/// Whether `word` stands in `phrase` as a whole word; both in lower case.
bool holds_word(std::string_view phrase, std::string_view word) {
    if (word.empty()) return false;
    for (std::size_t at = phrase.find(word); at != std::string_view::npos;
         at = phrase.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool starts = at == 0 || !is_word_byte(phrase[at - 1]);
        const bool ends = end == phrase.size() || !is_word_byte(phrase[end]);
        if (starts && ends) return true;
    }
    return false;
}

}  // namespace

std::optional<EventFact> find_event_fact(std::string_view product_id,
                                         const ReasonContext& context) {
    const auto product = context.catalogue.find(product_id);
    if (!product) return std::nullopt;
    EventFact fact{std::string(product_id), context.catalogue.product(*product).name,
                   EventType::kDismiss, Timestamp{}, *product == context.product};
    for (const Interaction& interaction : context.customer.history) {
        if (interaction.product != *product) continue;
        const int rank = rank_of(interaction.type);
        if (rank > rank_of(fact.type) || interaction.type == fact.type) {
            fact.type = interaction.type;
            fact.time = interaction.time;  // ascending by time: the latest stays
        }
    }
    if (fact.type == EventType::kDismiss) return std::nullopt;
    return fact;
}

TermFact find_term_fact(std::string_view word, const Customer* profile) {
    if (profile != nullptr) {
        const std::string lower = lowered(word);
        const std::pair<const std::vector<std::string>&, TermSource> lists[] = {
            {profile->interests, TermSource::kInterest},
            {profile->financial_needs, TermSource::kNeed},
            {profile->preferences, TermSource::kPreference}};
        for (const auto& [entries, source] : lists) {
            for (const std::string& entry : entries) {
                if (holds_word(lowered(entry), lower)) return {entry, source};
            }
        }
    }
    return {std::string(word), TermSource::kElsewhere};
}

std::optional<AttributeFact> make_attribute_fact(const Evidence& evidence) {
    constexpr std::string_view kHeld = "held:";
    if (evidence.subject.empty() || evidence.value.empty() || evidence.value == "unknown") {
        return std::nullopt;
    }
    AttributeFact fact{evidence.subject, evidence.value, false, false};
    if (evidence.subject.starts_with(kHeld)) {
        fact.field = evidence.subject.substr(kHeld.size());
        fact.is_holding = true;
        fact.held = evidence.value != "no" && evidence.value != "false" && evidence.value != "0";
    }
    return fact;
}

bool says_anything(const Customer& profile) {
    return !profile.location.empty() || !profile.residency.empty() || profile.age ||
           !profile.gender.empty() || profile.income || !profile.education.empty() ||
           !profile.occupation.empty() || !profile.marital_status.empty() ||
           !profile.industry.empty() || profile.num_employees || profile.revenue ||
           !profile.interests.empty() || !profile.preferences.empty() ||
           !profile.financial_needs.empty() || !profile.held_categories.empty() ||
           !profile.attributes.empty();
}

}  // namespace attune
