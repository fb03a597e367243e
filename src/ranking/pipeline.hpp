#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/condition.hpp"
#include "domain/evidence.hpp"
#include "features/catalogue.hpp"
#include "features/customer_view.hpp"
#include "models/recommender.hpp"
#include "ranking/boosts.hpp"
#include "ranking/constraints.hpp"
#include "ranking/similarity.hpp"

namespace attune {

struct RankOptions {
    std::size_t num_items = 10;
    std::size_t pool_size = 100;  ///< the best allowed products, among which MMR chooses
    double mmr_lambda = 0.8;
};

/// @errors kInvalidArgument: no items or more than 1,000, an empty pool, lambda outside 0..1
Status validate(const RankOptions& options);

/// What does not change from request to request.
/// @lifetime  borrows
struct Ranker {
    const Recommender& model;
    const Catalogue& catalogue;
    const ConstraintRules& rules;
    const ProductSimilarity& similarity;
    /// `make_tie_order` of the catalogue; none: equal scores go by index.
    std::span<const std::uint32_t> tie_order{};
};

/// The stages of `rank`, in order.
enum class RankStage { kScore, kConstrain, kChoose, kExplain };

/// Hears when a stage is done; whoever wants to know how long it took brings the clock.
class RankObserver {
 public:
    virtual ~RankObserver() = default;
    virtual void after(RankStage stage) = 0;
};

struct RankRequest {
    /// What the model may know: `CustomerView::anonymous` when consent is refused.
    CustomerView scoring;
    /// Everything that is known: what is held, dismissed or not for this customer is not shown with
    /// or without consent.
    CustomerView constraints;
    RequestFilter filter;
    /// The model's scores for `scoring`, where the caller has them; none: the model is asked.
    std::span<const double> scores{};
    RankObserver* observer = nullptr;
};

struct RankedItem {
    ProductIndex product;
    double score = 0;                   ///< the explanation's
    Explanation explanation;            ///< its contributions add up to the score
    std::vector<Condition> conditions;  ///< to be checked before the product is sold
    /// Other products of its category that were allowed and score the same: what puts this one in
    /// front of them is the tie order and not the customer. 0 without a category.
    std::size_t num_tied = 0;
};

/// How many products came through each stage.
struct StageCounts {
    std::size_t num_scored = 0;
    std::array<std::size_t, kNumRefusals> num_refused{};  ///< by Refusal
    std::size_t num_allowed = 0;
    std::size_t num_pooled = 0;
    std::size_t num_selected = 0;

    [[nodiscard]] std::size_t refused(Refusal refusal) const {
        return num_refused[static_cast<std::size_t>(refusal)];
    }
};

struct RankedList {
    std::vector<RankedItem> items;
    StageCounts counts;
};

/// Scores all products, applies the request's boosts, leaves out what the constraint stage refuses,
/// chooses among the best by MMR under the caps, and explains only what it chose. When the pool
/// does not fill the list because of the caps, the next best products that they admit follow. No
/// list has more than num_items, nor a product that the constraint stage or a cap refuses. Equal
/// scores within a category go by the tie order, others of equal score by it too and by index.
///
/// @errors kInvalidArgument: options, filter or rules that their `validate` refuses;
///         kInternal: a score that is not finite, or evidence that does not add up to its score
/// @cost   one scoring of the model + O(products) + O(num_items x pool_size) similarities +
///         num_items explanations
Result<RankedList> rank(const Ranker& ranker, const RankRequest& request,
                        const RankOptions& options);

}  // namespace attune
