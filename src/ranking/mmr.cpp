#include "ranking/mmr.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "core/assert.hpp"

namespace attune {
namespace {

std::vector<double> relevances(std::span<const Candidate> pool) {
    double lowest = pool.empty() ? 0 : pool.front().score;
    double highest = lowest;
    for (const Candidate& candidate : pool) {
        lowest = std::min(lowest, candidate.score);
        highest = std::max(highest, candidate.score);
    }
    std::vector<double> relevance(pool.size(), 0);
    if (highest > lowest) {
        for (std::size_t i = 0; i < pool.size(); ++i) {
            relevance[i] = (pool[i].score - lowest) / (highest - lowest);
        }
    }
    return relevance;
}

}  // namespace

bool ranks_before(const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.tie_place != b.tie_place ? a.tie_place < b.tie_place : a.product < b.product;
}

std::vector<Candidate> select_mmr(std::span<const Candidate> pool,
                                  const ProductSimilarity& similarity, const MmrOptions& options,
                                  const AdmitRule& admit, const TakeRule& take) {
    ATTUNE_ASSERT(options.lambda >= 0 && options.lambda <= 1);
    const std::vector<double> relevance = relevances(pool);
    std::vector<double> redundancy(pool.size(), 0);
    std::vector<bool> open(pool.size(), true);
    std::vector<Candidate> chosen;
    while (chosen.size() < options.num_items) {
        std::optional<std::size_t> best;
        double best_value = 0;
        std::set<std::uint32_t> groups_seen;
        for (std::size_t i = 0; i < pool.size(); ++i) {
            if (!open[i] || groups_seen.contains(pool[i].tie_group)) continue;
            const double value =
                options.lambda * relevance[i] - (1 - options.lambda) * redundancy[i];
            if (best && value <= best_value) {
                if (pool[i].tie_group != kNoTieGroup) groups_seen.insert(pool[i].tie_group);
                continue;
            }
            // What the caps refuse now they refuse for the rest of the list.
            open[i] = admit(pool[i].product);
            if (!open[i]) continue;
            if (pool[i].tie_group != kNoTieGroup) groups_seen.insert(pool[i].tie_group);
            best = i;
            best_value = value;
        }
        if (!best) break;
        open[*best] = false;
        chosen.push_back(pool[*best]);
        take(pool[*best].product);
        if (options.lambda == 1 || chosen.size() == options.num_items) continue;
        for (std::size_t i = 0; i < pool.size(); ++i) {
            if (!open[i]) continue;
            redundancy[i] =
                std::max(redundancy[i], similarity.between(pool[i].product, pool[*best].product));
        }
    }
    return chosen;
}

}  // namespace attune
