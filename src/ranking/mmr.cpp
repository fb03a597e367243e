#include "ranking/mmr.hpp"

#include <algorithm>
#include <optional>

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

/// Of each candidate the number of its tie group, from 0 on; of those without one anything.
std::vector<std::size_t> dense_groups(std::span<const Candidate> pool) {
    std::vector<std::uint32_t> groups;
    for (const Candidate& candidate : pool) groups.push_back(candidate.tie_group);
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    std::vector<std::size_t> group_of;
    for (const Candidate& candidate : pool) {
        const auto found = std::lower_bound(groups.begin(), groups.end(), candidate.tie_group);
        group_of.push_back(static_cast<std::size_t>(found - groups.begin()));
    }
    return group_of;
}

/// The largest similarity of each candidate to those chosen, found out only when it is asked for.
class Redundancy {
 public:
    Redundancy(std::span<const Candidate> pool, const std::vector<Candidate>& chosen,
               const ProductSimilarity& similarity)
        : pool_(pool), chosen_(chosen), similarity_(similarity), known_(pool.size()) {}

    [[nodiscard]] double known(std::size_t i) const { return known_[i].largest; }

    double now(std::size_t i) {
        Known& known = known_[i];
        for (; known.num_compared < chosen_.size(); ++known.num_compared) {
            const double alike =
                similarity_.between(pool_[i].product, chosen_[known.num_compared].product);
            known.largest = std::max(known.largest, alike);
        }
        return known.largest;
    }

 private:
    struct Known {
        double largest = 0;
        std::size_t num_compared = 0;
    };

    std::span<const Candidate> pool_;
    const std::vector<Candidate>& chosen_;
    const ProductSimilarity& similarity_;
    std::vector<Known> known_;
};

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
    const std::vector<std::size_t> group_of = dense_groups(pool);
    std::vector<std::size_t> round_of_group(pool.size(), 0);  // the last that looked at the group
    std::vector<bool> open(pool.size(), true);
    std::vector<Candidate> chosen;
    Redundancy redundancy(pool, chosen, similarity);
    const auto value_of = [&](std::size_t i, double redundant) {
        return options.lambda * relevance[i] - (1 - options.lambda) * redundant;
    };
    for (std::size_t round = 1; chosen.size() < options.num_items; ++round) {
        std::optional<std::size_t> best;
        double best_value = 0;
        for (std::size_t i = 0; i < pool.size(); ++i) {
            const bool in_group = pool[i].tie_group != kNoTieGroup;
            if (!open[i] || (in_group && round_of_group[group_of[i]] == round)) continue;
            // Redundancy only grows, so what is known of it gives a value that is not too small.
            double value = value_of(i, redundancy.known(i));
            const bool may_lead = !best || value > best_value;
            // What the caps refuse now they refuse for the rest of the list.
            if (may_lead) open[i] = admit(pool[i].product);
            if (!open[i]) continue;
            if (in_group) round_of_group[group_of[i]] = round;
            if (may_lead && options.lambda < 1) value = value_of(i, redundancy.now(i));
            if (best && value <= best_value) continue;
            best = i;
            best_value = value;
        }
        if (!best) break;
        open[*best] = false;
        chosen.push_back(pool[*best]);
        take(pool[*best].product);
    }
    return chosen;
}

}  // namespace attune
