#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "explain/templates.hpp"
#include "ranking/constraints.hpp"
#include "ranking/pipeline.hpp"
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
    RecommendService(std::shared_ptr<const ModelSnapshot> snapshot, ReasonTemplates templates,
                     std::shared_ptr<const ProductSimilarity> similarity,
                     std::vector<std::uint32_t> tie_order);

    /// @errors those of make_catalogue_similarity
    static Result<std::unique_ptr<RecommendService>> create(
        std::shared_ptr<const ModelSnapshot> snapshot, ReasonTemplates templates);

    [[nodiscard]] Result<Recommendations> recommend(const KnownCustomer& customer,
                                                    const RecommendOptions& options,
                                                    Timestamp now) const;

    [[nodiscard]] const ModelSnapshot& snapshot() const { return *snapshot_; }

 private:
    std::shared_ptr<const ModelSnapshot> snapshot_;
    ReasonTemplates templates_;
    std::shared_ptr<const ProductSimilarity> similarity_;
    std::vector<std::uint32_t> tie_order_;
};

}  // namespace attune
