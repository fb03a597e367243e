#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "explain/templates.hpp"
#include "ranking/constraints.hpp"
#include "ranking/pipeline.hpp"
#include "ranking/placement.hpp"
#include "serving/model_snapshot.hpp"
#include "storage/stores.hpp"

namespace attune {

/// What is known of a customer, and what may be used of it.
struct KnownCustomer {
    std::string id;
    bool known = false;  ///< the store has the customer
    bool personalization_refused = false;
    CustomerState state;  ///< with the whole history: what was bought long ago is held too

    /// What models may be told: the newest events, and nothing of those who refused.
    [[nodiscard]] CustomerView scoring_view(std::size_t max_events) const;
};

/// Reads a customer's profile, events and consent as of `now`. An id that the store does
/// not have gives a customer of whom nothing is known, for visitors get recommendations too.
///
/// @param snapshot  whose catalogue and event weights the history is expressed in
/// @errors those of the store; kInvalidArgument: a bad id
Result<KnownCustomer> load_known_customer(Database& database, const std::string& id,
                                          const ModelSnapshot& snapshot, Timestamp now);

/// The same without owning it: what `recommend` works with.
/// @lifetime borrows
struct RecommendInput {
    CustomerView known;  ///< everything, the whole history
    bool personalization_refused = false;

    [[nodiscard]] CustomerView scoring_view(std::size_t max_events) const;
};

/// Hears of the stages of a recommendation.
class RecommendObserver : public RankObserver {
 public:
    virtual void after_model(std::string_view name, double weight) = 0;
    virtual void after_reasons() = 0;
};

struct RecommendOptions {
    std::size_t max_scored_events = 5'000;  ///< newest events of a customer that models look at
    RankOptions rank;
    ConstraintRules rules;
    RequestFilter filter;
    ReasonOptions reasons;
    /// Scores each item again without the positive evidence it cites.
    bool counterfactual = false;
};

struct RecommendedItem {
    RankedItem ranked;
    ItemReasons reasons;
    std::optional<double> score_without_evidence;  ///< none: not asked, or nothing to take away
};

struct Recommendations {
    std::vector<RecommendedItem> items;
    StageCounts counts;
};

/// Ranks the snapshot's catalogue for one customer and says why: by the blend for customers with a
/// history or the one for those without.
///
/// Decay is counted from the snapshot's moment or the customer's last event, whichever is later,
/// so that a model of old data does not forget everything; availability is judged at `now`.
///
/// @errors those of `rank`
/// @threads  may be called from many threads
class RecommendService {
 public:
    /// @errors those of make_catalogue_similarity
    static Result<std::unique_ptr<RecommendService>> create(
        std::shared_ptr<const ModelSnapshot> snapshot, ReasonTemplates templates);
    static Result<std::unique_ptr<RecommendService>> create(
        std::shared_ptr<const ModelSnapshot> snapshot,
        std::shared_ptr<const ReasonTemplates> templates);

    /// The same for a snapshot whose catalogue has the same products under the same indexes: what
    /// was made of their texts is shared.
    [[nodiscard]] std::unique_ptr<RecommendService> with_snapshot(
        std::shared_ptr<const ModelSnapshot> snapshot) const;

    [[nodiscard]] Result<Recommendations> recommend(const KnownCustomer& customer,
                                                    const RecommendOptions& options,
                                                    Timestamp now) const;
    /// @param observer  null: nobody listens
    [[nodiscard]] Result<Recommendations> recommend(const RecommendInput& customer,
                                                    const RecommendOptions& options, Timestamp now,
                                                    RecommendObserver* observer = nullptr) const;

    /// Where one product stands for the customer. @errors those of `place`
    [[nodiscard]] Result<Placement> placement(const RecommendInput& customer,
                                              const RecommendOptions& options, Timestamp now,
                                              ProductIndex product) const;

    [[nodiscard]] const ModelSnapshot& snapshot() const { return *snapshot_; }
    [[nodiscard]] const std::shared_ptr<const ModelSnapshot>& shared_snapshot() const {
        return snapshot_;
    }

 private:
    RecommendService(std::shared_ptr<const ModelSnapshot> snapshot,
                     std::shared_ptr<const ReasonTemplates> templates,
                     std::shared_ptr<const ProductSimilarity> similarity,
                     std::shared_ptr<const std::vector<std::uint32_t>> tie_order);

    [[nodiscard]] Ranker ranker_of(const Blend& blend, const RecommendOptions& options) const;
    [[nodiscard]] RecommendedItem in_words(RankedItem ranked, const RecommendInput& customer,
                                           const CustomerView& scoring,
                                           const RecommendOptions& options) const;

    std::shared_ptr<const ModelSnapshot> snapshot_;
    std::shared_ptr<const ReasonTemplates> templates_;
    std::shared_ptr<const ProductSimilarity> similarity_;
    std::shared_ptr<const std::vector<std::uint32_t>> tie_order_;
};

}  // namespace attune
