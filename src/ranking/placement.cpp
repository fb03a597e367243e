#include "ranking/placement.hpp"

#include "ranking/mmr.hpp"

namespace attune {

Result<Placement> place(const Ranker& ranker, const RankRequest& request, ProductIndex product) {
    ATTUNE_TRY(validate(ranker.rules));
    ATTUNE_TRY(validate(request.filter, ranker.catalogue));
    const ConstraintStage stage(ranker.rules, ranker.catalogue, request.constraints,
                                request.filter);
    const Booster booster(request.filter.boosts, ranker.catalogue);
    std::vector<double> scores(ranker.catalogue.num_products());
    ranker.model.score(request.scoring, scores);
    const auto candidate = [&](ProductIndex index) {
        const std::uint32_t tie = ranker.tie_order.empty() ? 0 : ranker.tie_order[index.at()];
        return Candidate{index, booster.boosted(index, scores[index.at()]), tie, kNoTieGroup};
    };
    Placement placement;
    placement.verdict = stage.check(product);
    placement.explanation = ranker.model.explain(request.scoring, product);
    booster.explain(product, placement.explanation);
    const Candidate own = candidate(product);
    std::size_t num_better = 0;
    for (std::size_t p = 0; p < scores.size(); ++p) {
        const ProductIndex other(p);
        if (stage.refusal(other)) continue;
        ++placement.num_allowed;
        if (ranks_before(candidate(other), own)) ++num_better;
    }
    if (placement.verdict.allowed) placement.position = num_better + 1;
    return placement;
}

}  // namespace attune
