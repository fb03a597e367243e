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

CustomerView RecommendInput::scoring_view(std::size_t max_events) const {
    if (personalization_refused) return CustomerView::anonymous(known.now);
    CustomerView view = known;
    view.history = view.history.last(std::min(view.history.size(), max_events));
    return view;
}

CustomerView KnownCustomer::scoring_view(std::size_t max_events) const {
    return RecommendInput{state.view(), personalization_refused}.scoring_view(max_events);
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
                                   std::shared_ptr<const ReasonTemplates> templates,
                                   std::shared_ptr<const ProductSimilarity> similarity,
                                   std::shared_ptr<const std::vector<std::uint32_t>> tie_order)
    : snapshot_(std::move(snapshot)),
      templates_(std::move(templates)),
      similarity_(std::move(similarity)),
      tie_order_(std::move(tie_order)) {}

Result<std::unique_ptr<RecommendService>> RecommendService::create(
    std::shared_ptr<const ModelSnapshot> snapshot, ReasonTemplates templates) {
    return create(std::move(snapshot),
                  std::make_shared<const ReasonTemplates>(std::move(templates)));
}

Result<std::unique_ptr<RecommendService>> RecommendService::create(
    std::shared_ptr<const ModelSnapshot> snapshot,
    std::shared_ptr<const ReasonTemplates> templates) {
    ATTUNE_ASSIGN(const Tokenizer tokenizer, Tokenizer::create({}));
    ATTUNE_ASSIGN(std::shared_ptr<const ProductSimilarity> similarity,
                  make_catalogue_similarity(*snapshot->catalogue, {}, tokenizer));
    auto tie_order = std::make_shared<const std::vector<std::uint32_t>>(
        make_tie_order(*snapshot->catalogue, tokenizer));
    return std::unique_ptr<RecommendService>(new RecommendService(
        std::move(snapshot), std::move(templates), std::move(similarity), std::move(tie_order)));
}

std::unique_ptr<RecommendService> RecommendService::with_snapshot(
    std::shared_ptr<const ModelSnapshot> snapshot) const {
    return std::unique_ptr<RecommendService>(
        new RecommendService(std::move(snapshot), templates_, similarity_, tie_order_));
}

Ranker RecommendService::ranker_of(const Blend& blend, const RecommendOptions& options) const {
    return {blend, *snapshot_->catalogue, options.rules, *similarity_, *tie_order_};
}

RecommendedItem RecommendService::in_words(RankedItem ranked, const RecommendInput& customer,
                                           const CustomerView& scoring,
                                           const RecommendOptions& options) const {
    RecommendedItem item;
    const ReasonContext context{
        *snapshot_->catalogue, scoring, ranked.product,
        customer.personalization_refused ? Personalization::kRefused : Personalization::kAllowed};
    item.reasons = explain_in_words(*templates_, ranked.explanation, ranked.conditions, context,
                                    options.reasons);
    item.ranked = std::move(ranked);
    return item;
}

Result<Recommendations> RecommendService::recommend(const KnownCustomer& customer,
                                                    const RecommendOptions& options,
                                                    Timestamp now) const {
    return recommend(RecommendInput{customer.state.view(), customer.personalization_refused},
                     options, now);
}

Result<Recommendations> RecommendService::recommend(const RecommendInput& customer,
                                                    const RecommendOptions& options, Timestamp now,
                                                    RecommendObserver* observer) const {
    const Catalogue& catalogue = *snapshot_->catalogue;
    const CustomerView scoring = customer.scoring_view(options.max_scored_events);
    const Blend& blend = snapshot_->blend_for(scoring);
    std::vector<double> scores(catalogue.num_products());
    blend.score(scoring, scores, [&](const BlendComponent& component) {
        if (observer != nullptr) observer->after_model(component.model->name(), component.weight);
    });
    RankRequest request{scoring, customer.known, options.filter, scores, observer};
    request.constraints.now = now;
    ATTUNE_ASSIGN(RankedList list, rank(ranker_of(blend, options), request, options.rank));
    Recommendations result;
    result.counts = list.counts;
    std::vector<double> scores_without(options.counterfactual ? catalogue.num_products() : 0);
    for (RankedItem& ranked : list.items) {
        RecommendedItem item = in_words(std::move(ranked), customer, scoring, options);
        const auto removable = options.counterfactual ? removable_evidence(item.ranked.explanation)
                                                      : std::vector<Evidence>();
        if (!removable.empty()) {
            const CustomerState without = without_evidence(scoring, removable, catalogue);
            blend.score(without.view(), scores_without);
            item.score_without_evidence =
                Booster(options.filter.boosts, catalogue)
                    .boosted(item.ranked.product, scores_without[item.ranked.product.at()]);
        }
        result.items.push_back(std::move(item));
    }
    if (observer != nullptr) observer->after_reasons();
    return result;
}

Result<Placement> RecommendService::placement(const RecommendInput& customer,
                                              const RecommendOptions& options, Timestamp now,
                                              ProductIndex product) const {
    const CustomerView scoring = customer.scoring_view(options.max_scored_events);
    const Blend& blend = snapshot_->blend_for(scoring);
    RankRequest request{scoring, customer.known, options.filter, {}, nullptr};
    request.constraints.now = now;
    return place(ranker_of(blend, options), request, product);
}

}  // namespace attune
