#include "serving/recommend_service.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "ranking/tie_order.hpp"
#include "text/tokenizer.hpp"

namespace attune {
namespace {

Status read_profile(Stores& stores, KnownCustomer& customer) {
    auto profile = stores.customers().get(customer.id);
    if (!profile && profile.error().code == ErrorCode::kNotFound) return {};
    ATTUNE_TRY(profile);
    customer.known = true;
    customer.state.profile = std::move(*profile);
    return {};
}

Status read_history(Stores& stores, const ModelSnapshot& snapshot, Timestamp now,
                    KnownCustomer& customer) {
    EventFilter filter;
    filter.customer_id = customer.id;
    filter.until = Timestamp{now.ms + 1};
    ATTUNE_TRY(stores.events().for_each(filter, [&](const Event& event) -> Status {
        if (auto interaction = to_interaction(event, *snapshot.catalogue, snapshot.event_weights)) {
            customer.state.history.push_back(*interaction);
        }
        return {};
    }));
    return {};
}

Status read_consent(Stores& stores, Timestamp now, KnownCustomer& customer) {
    ATTUNE_ASSIGN(const std::vector<Consent> consents, stores.consents().of_customer(customer.id));
    customer.personalization_refused = personalization_refused(consents, now);
    return {};
}

/// Positive evidence that can be taken away from what is known of the customer.
std::vector<Evidence> removable_evidence(const Explanation& explanation) {
    std::vector<Evidence> removable;
    for (const Evidence& part : explanation.evidence) {
        const bool personal =
            part.kind == EvidenceKind::kEvent || part.kind == EvidenceKind::kTerm ||
            part.kind == EvidenceKind::kAttribute || part.kind == EvidenceKind::kCohort;
        if (personal && part.contribution > 0) removable.push_back(part);
    }
    return removable;
}

}  // namespace

CustomerView KnownCustomer::scoring_view(std::size_t max_events) const {
    if (personalization_refused) return CustomerView::anonymous(state.now);
    CustomerView view = state.view();
    view.history = view.history.last(std::min(view.history.size(), max_events));
    return view;
}

Result<KnownCustomer> load_known_customer(Database& database, const std::string& id,
                                          const ModelSnapshot& snapshot, Timestamp now) {
    ATTUNE_TRY(validate_id("customer id", id));
    KnownCustomer customer;
    customer.id = id;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_TRY(read_profile(stores, customer));
        if (!customer.known) return {};
        ATTUNE_TRY(read_history(stores, snapshot, now, customer));
        return read_consent(stores, now, customer);
    }));
    customer.state.now = snapshot.as_of;
    if (!customer.state.history.empty()) {
        customer.state.now = std::max(customer.state.now, customer.state.history.back().time);
    }
    return customer;
}

RecommendService::RecommendService(std::shared_ptr<const ModelSnapshot> snapshot,
                                   ReasonTemplates templates,
                                   std::shared_ptr<const ProductSimilarity> similarity,
                                   std::vector<std::uint32_t> tie_order)
    : snapshot_(std::move(snapshot)),
      templates_(std::move(templates)),
      similarity_(std::move(similarity)),
      tie_order_(std::move(tie_order)) {}

Result<std::unique_ptr<RecommendService>> RecommendService::create(
    std::shared_ptr<const ModelSnapshot> snapshot, ReasonTemplates templates) {
    ATTUNE_ASSIGN(const Tokenizer tokenizer, Tokenizer::create({}));
    ATTUNE_ASSIGN(std::shared_ptr<const ProductSimilarity> similarity,
                  make_catalogue_similarity(*snapshot->catalogue, {}, tokenizer));
    std::vector<std::uint32_t> tie_order = make_tie_order(*snapshot->catalogue, tokenizer);
    return std::make_unique<RecommendService>(std::move(snapshot), std::move(templates),
                                              std::move(similarity), std::move(tie_order));
}

Result<Recommendations> RecommendService::recommend(const KnownCustomer& customer,
                                                    const RecommendOptions& options,
                                                    Timestamp now) const {
    const Catalogue& catalogue = *snapshot_->catalogue;
    const CustomerView scoring = customer.scoring_view(options.max_scored_events);
    const Blend& blend = snapshot_->blend_for(scoring);
    RankRequest request{scoring, customer.state.view(), options.filter};
    request.constraints.now = now;
    ATTUNE_ASSIGN(RankedList list, rank({blend, catalogue, options.rules, *similarity_, tie_order_},
                                        request, options.rank));
    Recommendations result;
    result.counts = list.counts;
    std::vector<double> scores(options.counterfactual ? catalogue.num_products() : 0);
    for (RankedItem& ranked : list.items) {
        RecommendedItem item;
        const ReasonContext context{catalogue, scoring, ranked.product,
                                    customer.personalization_refused ? Personalization::kRefused
                                                                     : Personalization::kAllowed};
        item.reasons = explain_in_words(templates_, ranked.explanation, ranked.conditions, context,
                                        options.reasons);
        const auto removable = removable_evidence(ranked.explanation);
        if (options.counterfactual && !removable.empty()) {
            const CustomerState without = without_evidence(scoring, removable, catalogue);
            blend.score(without.view(), scores);
            item.score_without_evidence = scores[ranked.product.at()];
        }
        item.ranked = std::move(ranked);
        result.items.push_back(std::move(item));
    }
    return result;
}

}  // namespace attune
