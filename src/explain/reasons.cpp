#include "explain/reasons.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "explain/facts.hpp"

namespace attune {
namespace {

constexpr double kSmallestLift = 1.05;  // below, "1.0 times as often" would be no reason

// Of what the profile contributes by fields that may not be said, below which naming the others
// would mislead.
constexpr double kTellingPart = 0.2;

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || read != end || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

/// One entry for each kind and subject, with the sum of the contributions.
std::vector<Evidence> netted(const std::vector<Evidence>& evidence) {
    std::vector<Evidence> sums;
    std::map<std::pair<EvidenceKind, std::string_view>, std::size_t> position;
    for (const Evidence& part : evidence) {
        const bool can_be_netted =
            part.kind != EvidenceKind::kBaseline && part.kind != EvidenceKind::kPopularity;
        const auto [found, inserted] =
            can_be_netted ? position.try_emplace({part.kind, part.subject}, sums.size())
                          : std::pair(position.end(), true);
        if (inserted) {
            sums.push_back(part);
        } else {
            sums[found->second].contribution += part.contribution;
        }
    }
    std::stable_sort(sums.begin(), sums.end(), [](const Evidence& a, const Evidence& b) {
        return a.contribution > b.contribution;
    });
    return sums;
}

class Deriver {
 public:
    Deriver(const std::vector<Evidence>& all, const ReasonContext& context,
            const ReasonOptions& options)
        : all_(all), context_(context), options_(options) {}

    void add(const Evidence& evidence, double profile_contribution) {
        if (!(evidence.contribution > 0)) return;
        switch (evidence.kind) {
            case EvidenceKind::kEvent:
                add_event(evidence);
                break;
            case EvidenceKind::kTerm:
                add_term(evidence);
                break;
            case EvidenceKind::kAttribute:
                add_attribute(evidence);
                break;
            case EvidenceKind::kCohort:
                if (profile_contribution > 0) add_cohort(evidence);
                break;
            case EvidenceKind::kPopularity:
                add_popularity(evidence);
                break;
            case EvidenceKind::kBaseline:
                break;
        }
    }

    std::vector<Reason> take() {
        prefer_the_whole_profile();
        std::vector<Reason> reasons;
        for (auto& [code, reason] : by_code_) reasons.push_back(std::move(reason));
        std::stable_sort(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
            return a.contribution > b.contribution;
        });
        if (reasons.empty()) return reasons;
        const double least = reasons.front().contribution * options_.min_part_of_strongest;
        std::erase_if(reasons, [&](const Reason& reason) { return reason.contribution < least; });
        return reasons;
    }

 private:
    /// Says that the profile fits on the whole where what may be said is too small a part of it.
    void prefer_the_whole_profile() {
        if (!(unsaid_.contribution > 0)) return;
        const auto said = by_code_.find(ReasonCode::kProfileAttribute);
        if (said != by_code_.end() &&
            said->second.contribution >= kTellingPart * unsaid_.contribution) {
            return;
        }
        by_code_[ReasonCode::kProfileAttribute] = std::move(unsaid_);
    }

    Reason& cite(ReasonCode code, const Evidence& evidence) {
        Reason& reason = by_code_[code];
        reason.code = code;
        reason.contribution += evidence.contribution;
        reason.evidence.push_back(evidence);
        return reason;
    }

    void add_event(const Evidence& evidence) {
        auto fact = find_event_fact(evidence.subject, context_);
        if (!fact) return;
        ReasonCode code = ReasonCode::kShowedInterest;
        if (fact->type == EventType::kPurchase) {
            code = fact->same_product ? ReasonCode::kBoughtBefore : ReasonCode::kBoughtTogether;
        }
        cite(code, evidence).events.push_back(std::move(*fact));
    }

    void add_term(const Evidence& evidence) {
        TermFact fact = find_term_fact(evidence.subject, context_.customer.profile);
        Reason& reason = cite(ReasonCode::kMatchedInterest, evidence);
        const bool listed =
            std::find(reason.terms.begin(), reason.terms.end(), fact) != reason.terms.end();
        if (!listed && reason.terms.size() < options_.max_facts) {
            reason.terms.push_back(std::move(fact));
        }
    }

    void add_attribute(const Evidence& evidence) {
        auto fact = make_attribute_fact(evidence);
        if (!fact) return;
        if (!options_.said_fields.contains(evidence.subject)) {
            unsaid_.code = ReasonCode::kProfileAttribute;
            unsaid_.contribution += evidence.contribution;
            unsaid_.evidence.push_back(evidence);
            return;
        }
        const auto found = by_code_.find(ReasonCode::kProfileAttribute);
        if (found != by_code_.end() && found->second.attributes.size() >= options_.max_facts) {
            return;
        }
        cite(ReasonCode::kProfileAttribute, evidence).attributes.push_back(std::move(*fact));
    }

    void add_cohort(const Evidence& evidence) {
        const auto lift = parse_number(evidence.value);
        const bool first = !by_code_.contains(ReasonCode::kSimilarCustomers);
        if (!lift || *lift < kSmallestLift || evidence.subject.empty() || !first) return;
        Reason& reason = cite(ReasonCode::kSimilarCustomers, evidence);
        for (const SharedTrait& trait : evidence.traits) {
            if (reason.traits.size() == options_.max_facts) break;
            if (options_.said_fields.contains(trait.field)) reason.traits.push_back(trait);
        }
        reason.lift = *lift;
        reason.lift_is_of_category = counts_categories(evidence.model);
    }

    void add_popularity(const Evidence& evidence) {
        const bool first = !by_code_.contains(ReasonCode::kPopular);
        Reason& reason = cite(ReasonCode::kPopular, evidence);
        if (!first) return;
        const auto share = parse_number(evidence.value);
        if (share && *share > 0 && *share <= 1) reason.share = *share;
        reason.share_is_of_category = is_category(evidence);
    }

    [[nodiscard]] bool is_category(const Evidence& popularity) const {
        const Product& product = context_.catalogue.product(context_.product);
        return popularity.subject != product.id && popularity.subject == product.category;
    }

    /// Whether the model counts customers of categories and not of products: what it says of all
    /// customers tells.
    [[nodiscard]] bool counts_categories(std::string_view model) const {
        return std::any_of(all_.begin(), all_.end(), [&](const Evidence& part) {
            return part.kind == EvidenceKind::kPopularity && part.model == model &&
                   is_category(part);
        });
    }

    Reason unsaid_;  ///< what the profile says by fields that texts must not name
    const std::vector<Evidence>& all_;
    const ReasonContext& context_;
    const ReasonOptions& options_;
    std::map<ReasonCode, Reason> by_code_;
};

bool is_personal(ReasonCode code) {
    return code != ReasonCode::kPopular && code != ReasonCode::kGeneral;
}

/// The reason that follows the others: that nothing is known, or that nothing may be used.
std::optional<ReasonCode> closing_code(const ReasonContext& context,
                                       const std::vector<Reason>& reasons) {
    if (context.personalization == Personalization::kRefused) return ReasonCode::kNotPersonalized;
    const bool personal = std::any_of(reasons.begin(), reasons.end(), [](const Reason& reason) {
        return is_personal(reason.code);
    });
    const bool known =
        !context.customer.history.empty() ||
        (context.customer.profile != nullptr && says_anything(*context.customer.profile));
    if (!personal && !known) return ReasonCode::kNoProfile;
    return std::nullopt;
}

Reason bare(ReasonCode code) {
    Reason reason;
    reason.code = code;
    return reason;
}

}  // namespace

std::string_view reason_code_name(ReasonCode code) {
    switch (code) {
        case ReasonCode::kBoughtTogether:
            return "bought_together";
        case ReasonCode::kBoughtBefore:
            return "bought_before";
        case ReasonCode::kShowedInterest:
            return "showed_interest";
        case ReasonCode::kMatchedInterest:
            return "matched_interest";
        case ReasonCode::kSimilarCustomers:
            return "similar_customers";
        case ReasonCode::kProfileAttribute:
            return "profile_attribute";
        case ReasonCode::kPopular:
            return "popular";
        case ReasonCode::kGeneral:
            return "general";
        case ReasonCode::kNoProfile:
            return "no_profile";
        case ReasonCode::kNotPersonalized:
            return "not_personalized";
    }
    return "unknown";
}

std::vector<Reason> derive_reasons(const Explanation& explanation, const ReasonContext& context,
                                   const ReasonOptions& options) {
    if (options.max_reasons == 0) return {};
    const std::vector<Evidence> sums = netted(explanation.evidence);
    double profile_contribution = 0;
    for (const Evidence& part : sums) {
        if (part.kind == EvidenceKind::kCohort || part.kind == EvidenceKind::kAttribute) {
            profile_contribution += part.contribution;
        }
    }
    Deriver deriver(sums, context, options);
    for (const Evidence& part : sums) deriver.add(part, profile_contribution);
    std::vector<Reason> reasons = deriver.take();
    if (reasons.empty()) reasons.push_back(bare(ReasonCode::kGeneral));

    const auto closing = closing_code(context, reasons);
    const std::size_t num_kept = options.max_reasons - (closing ? 1 : 0);
    if (reasons.size() > num_kept) reasons.resize(num_kept);
    if (closing) reasons.push_back(bare(*closing));
    return reasons;
}

}  // namespace attune
