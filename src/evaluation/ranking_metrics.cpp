#include "evaluation/ranking_metrics.hpp"

#include <algorithm>
#include <cmath>

#include "core/assert.hpp"

namespace attune {
namespace {

double gain_at(std::size_t rank) {
    return 1.0 / std::log2(1.0 + static_cast<double>(rank));
}

}  // namespace

RankingScores score_list(std::span<const ProductIndex> list, std::span<const ProductIndex> relevant,
                         std::size_t k) {
    ATTUNE_ASSERT(k > 0);
    RankingScores scores;
    if (relevant.empty()) return scores;
    const std::size_t length = std::min(k, list.size());
    double num_hits = 0;
    double dcg = 0;
    double precisions = 0;
    for (std::size_t rank = 1; rank <= length; ++rank) {
        if (!std::binary_search(relevant.begin(), relevant.end(), list[rank - 1])) continue;
        if (num_hits == 0) scores.reciprocal_rank = 1.0 / static_cast<double>(rank);
        num_hits += 1;
        dcg += gain_at(rank);
        precisions += num_hits / static_cast<double>(rank);
    }
    const std::size_t num_reachable = std::min(k, relevant.size());
    double ideal = 0;
    for (std::size_t rank = 1; rank <= num_reachable; ++rank) ideal += gain_at(rank);

    scores.ndcg = dcg / ideal;
    scores.recall = num_hits / static_cast<double>(relevant.size());
    scores.precision = num_hits / static_cast<double>(k);
    if (num_hits > 0) {
        scores.f1 = 2 * scores.precision * scores.recall / (scores.precision + scores.recall);
        scores.hit = 1;
    }
    scores.average_precision = precisions / static_cast<double>(num_reachable);
    return scores;
}

}  // namespace attune
