#include "features/customer_view.hpp"

#include <algorithm>

#include "core/hash.hpp"

namespace attune {
namespace {

void clear_text(std::string& field, std::string_view name, std::string_view cited) {
    if (name == cited) field.clear();
}

void clear_attribute(Customer& profile, std::string_view cited) {
    clear_text(profile.location, "location", cited);
    clear_text(profile.residency, "residency", cited);
    clear_text(profile.gender, "gender", cited);
    clear_text(profile.education, "education", cited);
    clear_text(profile.occupation, "occupation", cited);
    clear_text(profile.marital_status, "marital_status", cited);
    clear_text(profile.industry, "industry", cited);
    if (cited == "age") profile.age.reset();
    if (cited == "income") profile.income.reset();
    if (cited == "num_employees") profile.num_employees.reset();
    if (cited == "revenue") profile.revenue.reset();
    if (const auto found = profile.attributes.find(cited); found != profile.attributes.end()) {
        profile.attributes.erase(found);
    }
    constexpr std::string_view kHeld = "held:";
    if (cited.starts_with(kHeld)) std::erase(profile.held_categories, cited.substr(kHeld.size()));
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Whether the byte is part of a letter or digit that makes a word longer. Two bytes of UTF-8 from
/// U+00C0 on are alphabets with spaces between words; scripts of three bytes are mostly not, so
/// there a word may begin and end anywhere.
bool is_word_byte(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto leads_alphabet = [](unsigned char b) { return b >= 0xC3 && b <= 0xDF; };
    const bool continuation = byte(at) >= 0x80 && byte(at) < 0xC0;
    if (continuation) return at > 0 && leads_alphabet(byte(at - 1));
    const char c = lower(text[at]);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || leads_alphabet(byte(at));
}

bool is_inside_word(std::string_view text, std::size_t at) {
    return at > 0 && at < text.size() && is_word_byte(text, at - 1) && is_word_byte(text, at);
}

/// Whether `text` has `word` as a whole word; the case of ASCII letters does not matter.
bool has_word(std::string_view text, std::string_view word) {
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    for (auto at = text.begin();; ++at) {
        at = std::search(at, text.end(), word.begin(), word.end(), same);
        if (at == text.end()) return false;
        const auto begin = static_cast<std::size_t>(at - text.begin());
        const std::size_t end = begin + word.size();
        if (!is_inside_word(text, begin) && !is_inside_word(text, end)) {
            return true;
        }
    }
}

void clear_word(Customer& profile, std::string_view word) {
    if (word.empty()) return;
    const auto has = [&](const std::string& entry) { return has_word(entry, word); };
    std::erase_if(profile.interests, has);
    std::erase_if(profile.preferences, has);
    std::erase_if(profile.financial_needs, has);
}

}  // namespace

std::optional<Interaction> to_interaction(const Event& event, const Catalogue& catalogue,
                                          const EventWeights& weights) {
    const auto product = catalogue.find(event.product_id);
    if (!product) return std::nullopt;
    return Interaction{*product, event.type, event.time, static_cast<float>(weights.of(event.type)),
                       hash64(event.context)};
}

CustomerState without_evidence(const CustomerView& view, const std::vector<Evidence>& evidence,
                               const Catalogue& catalogue) {
    CustomerState state;
    if (view.profile != nullptr) state.profile = *view.profile;
    state.history.assign(view.history.begin(), view.history.end());
    state.now = view.now;
    for (const Evidence& cited : evidence) {
        switch (cited.kind) {
            case EvidenceKind::kEvent:
                if (const auto product = catalogue.find(cited.subject)) {
                    std::erase_if(state.history, [&](const Interaction& interaction) {
                        return interaction.product == *product;
                    });
                }
                break;
            case EvidenceKind::kAttribute:
                if (state.profile) clear_attribute(*state.profile, cited.subject);
                break;
            case EvidenceKind::kCohort:
                state.profile.reset();
                break;
            case EvidenceKind::kTerm:
                if (state.profile) clear_word(*state.profile, cited.subject);
                break;
            case EvidenceKind::kPopularity:
            case EvidenceKind::kBaseline:
                break;
        }
    }
    return state;
}

}  // namespace attune
