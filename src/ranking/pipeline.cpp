#include "ranking/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "core/assert.hpp"
#include "ranking/caps.hpp"
#include "ranking/mmr.hpp"

namespace attune {
namespace {

constexpr std::size_t kMostItems = 1000;
constexpr double kContributionTolerance = 1e-6;

void note(const RankRequest& request, RankStage stage) {
    if (request.observer != nullptr) request.observer->after(stage);
}

/// Every product that the constraint stage allows, with its score.
Result<std::vector<Candidate>> allowed_candidates(const Ranker& ranker, const RankRequest& request,
                                                  const ConstraintStage& stage,
                                                  const Booster& booster, StageCounts& counts) {
    std::vector<double> own_scores;
    std::span<const double> scores = request.scores;
    if (scores.empty()) {
        own_scores.resize(ranker.catalogue.num_products());
        ranker.model.score(request.scoring, own_scores);
        scores = own_scores;
    }
    ATTUNE_ASSERT(scores.size() == ranker.catalogue.num_products());
    note(request, RankStage::kScore);
    std::vector<Candidate> allowed;
    allowed.reserve(scores.size());
    for (std::size_t p = 0; p < scores.size(); ++p) {
        const ProductIndex product(p);
        if (!std::isfinite(scores[p])) {
            return fail(ErrorCode::kInternal, "model '{}' gave product '{}' the score {}",
                        ranker.model.name(), ranker.catalogue.product(product).id, scores[p]);
        }
        if (const auto refusal = stage.refusal(product)) {
            ++counts.num_refused[static_cast<std::size_t>(*refusal)];
        } else {
            const std::uint32_t place = ranker.tie_order.empty() ? 0 : ranker.tie_order[p];
            allowed.push_back({product, booster.boosted(product, scores[p]), place, kNoTieGroup});
        }
    }
    counts.num_scored = scores.size();
    counts.num_allowed = allowed.size();
    note(request, RankStage::kConstrain);
    return allowed;
}

/// Products of one category that score the same make a tie group.
/// @param pool  in the order of `ranks_before`
void group_ties(const Catalogue& catalogue, std::span<Candidate> pool) {
    std::vector<std::optional<std::uint32_t>> group_of_category(catalogue.num_categories());
    std::uint32_t num_groups = 0;
    for (std::size_t i = 0; i < pool.size(); ++i) {
        if (i > 0 && pool[i].score != pool[i - 1].score) {
            std::fill(group_of_category.begin(), group_of_category.end(), std::nullopt);
        }
        const CategoryIndex category = catalogue.category_of(pool[i].product);
        if (catalogue.categories()[category.at()].empty()) continue;
        auto& group = group_of_category[category.at()];
        if (!group) group = num_groups++;
        pool[i].tie_group = *group;
    }
}

/// Counts the other allowed products that tie with one, once for each tie group.
class TieCounter {
 public:
    TieCounter(const Catalogue& catalogue, const std::vector<Candidate>& allowed)
        : catalogue_(catalogue), allowed_(allowed) {}

    std::size_t operator()(const Candidate& chosen) {
        if (chosen.tie_group == kNoTieGroup) return count(chosen);
        const auto [found, inserted] = by_group_.try_emplace(chosen.tie_group, 0);
        if (inserted) found->second = count(chosen);
        return found->second;
    }

 private:
    [[nodiscard]] std::size_t count(const Candidate& chosen) const {
        const CategoryIndex category = catalogue_.category_of(chosen.product);
        if (catalogue_.categories()[category.at()].empty()) return 0;
        const auto num_same =
            std::count_if(allowed_.begin(), allowed_.end(), [&](const Candidate& other) {
                return other.score == chosen.score &&
                       catalogue_.category_of(other.product) == category;
            });
        return static_cast<std::size_t>(num_same) - 1;
    }

    const Catalogue& catalogue_;
    const std::vector<Candidate>& allowed_;
    std::map<std::uint32_t, std::size_t> by_group_;
};

/// Adds the best of `rest` that the caps admit until the list is full.
void fill(std::vector<Candidate>& chosen, std::span<Candidate> rest, std::size_t num_items,
          const AdmitRule& admit, const TakeRule& take) {
    const auto ranks_after = [](const Candidate& a, const Candidate& b) {
        return ranks_before(b, a);
    };
    // A heap, for only the first few are needed.
    std::make_heap(rest.begin(), rest.end(), ranks_after);
    for (auto end = rest.end(); end != rest.begin() && chosen.size() < num_items; --end) {
        std::pop_heap(rest.begin(), end, ranks_after);
        const Candidate& next = *std::prev(end);
        if (!admit(next.product)) continue;
        take(next.product);
        chosen.push_back(next);
    }
}

/// @param allowed  is reordered
std::vector<Candidate> choose(const Ranker& ranker, std::vector<Candidate>& allowed,
                              const RankOptions& options, StageCounts& counts) {
    const std::size_t num_pooled = std::min(options.pool_size, allowed.size());
    const auto pool_end = allowed.begin() + static_cast<std::ptrdiff_t>(num_pooled);
    std::partial_sort(allowed.begin(), pool_end, allowed.end(),
                      [](const Candidate& a, const Candidate& b) { return ranks_before(a, b); });
    counts.num_pooled = num_pooled;
    group_ties(ranker.catalogue, std::span(allowed).first(num_pooled));

    CapCounter caps(ranker.rules, ranker.catalogue);
    const AdmitRule admit = [&](ProductIndex product) {
        const auto refusal = caps.refusal(product);
        if (refusal) ++counts.num_refused[static_cast<std::size_t>(*refusal)];
        return !refusal;
    };
    const TakeRule take = [&](ProductIndex product) { caps.take(product); };
    const std::span<Candidate> all(allowed);
    std::vector<Candidate> chosen =
        select_mmr(all.first(num_pooled), ranker.similarity,
                   {options.num_items, options.mmr_lambda}, admit, take);
    if (chosen.size() < options.num_items) {
        fill(chosen, all.subspan(num_pooled), options.num_items, admit, take);
    }
    counts.num_selected = chosen.size();
    return chosen;
}

/// Sums of the same numbers in another order differ by the more, the greater they are.
bool same_score(double a, double b) {
    const double scale = std::max({1.0, std::abs(a), std::abs(b)});
    return std::abs(a - b) <= kContributionTolerance * scale;
}

Result<RankedItem> checked_item(const Ranker& ranker, const ConstraintStage& stage,
                                const Booster& booster, const Candidate& candidate,
                                Explanation explanation) {
    RankedItem item;
    item.product = candidate.product;
    item.explanation = std::move(explanation);
    booster.explain(candidate.product, item.explanation);
    item.score = item.explanation.score;
    const double total = total_contribution(item.explanation.evidence);
    if (!same_score(total, item.score) || !same_score(item.score, candidate.score)) {
        return fail(ErrorCode::kInternal,
                    "model '{}' scores product '{}' {} and explains {} with evidence of {}",
                    ranker.model.name(), ranker.catalogue.product(candidate.product).id,
                    candidate.score, item.score, total);
    }
    item.conditions = stage.check(candidate.product).conditions;
    return item;
}

}  // namespace

Status validate(const RankOptions& options) {
    if (options.num_items == 0 || options.num_items > kMostItems) {
        return fail(ErrorCode::kInvalidArgument, "{} items were asked for; ask for 1 to {}",
                    options.num_items, kMostItems);
    }
    if (options.pool_size == 0) {
        return fail(ErrorCode::kInvalidArgument, "pool_size is 0; it takes at least 1");
    }
    if (!(options.mmr_lambda >= 0 && options.mmr_lambda <= 1)) {
        return fail(ErrorCode::kInvalidArgument, "mmr_lambda is {}; it takes a number from 0 to 1",
                    options.mmr_lambda);
    }
    return {};
}

Result<RankedList> rank(const Ranker& ranker, const RankRequest& request,
                        const RankOptions& options) {
    ATTUNE_TRY(validate(options));
    ATTUNE_TRY(validate(ranker.rules));
    ATTUNE_TRY(validate(request.filter, ranker.catalogue));
    const ConstraintStage stage(ranker.rules, ranker.catalogue, request.constraints,
                                request.filter);
    const Booster booster(request.filter.boosts, ranker.catalogue);
    RankedList list;
    ATTUNE_ASSIGN(std::vector<Candidate> allowed,
                  allowed_candidates(ranker, request, stage, booster, list.counts));
    const std::vector<Candidate> chosen = choose(ranker, allowed, options, list.counts);
    note(request, RankStage::kChoose);
    std::vector<ProductIndex> products;
    for (const Candidate& candidate : chosen) products.push_back(candidate.product);
    std::vector<Explanation> explanations = ranker.model.explain_all(request.scoring, products);
    ATTUNE_ASSERT(explanations.size() == chosen.size());
    TieCounter num_tied(ranker.catalogue, allowed);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        ATTUNE_ASSIGN(RankedItem item,
                      checked_item(ranker, stage, booster, chosen[i], std::move(explanations[i])));
        item.num_tied = num_tied(chosen[i]);
        list.items.push_back(std::move(item));
    }
    note(request, RankStage::kExplain);
    return list;
}

}  // namespace attune
