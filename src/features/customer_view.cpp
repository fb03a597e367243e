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
            case EvidenceKind::kPopularity:
            case EvidenceKind::kBaseline:
                break;
        }
    }
    return state;
}

}  // namespace attune
