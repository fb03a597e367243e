#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "math/top_k.hpp"
#include "models/neighbours/product_sides.hpp"
#include "models/parallel.hpp"

namespace attune {

/// Keeps the best `k` of what is offered, in memory for a few times `k`.
/// @cost  O(1) each, amortised
template <typename Score>
class BestCandidates {
 public:
    explicit BestCandidates(std::size_t k) : k_(k), capacity_(4 * k + 16) {}

    /// @param least  what scores less is not among the best
    void restart(Score least) {
        entries_.clear();
        least_ = least;
        last_index_ = std::numeric_limits<std::uint32_t>::max();
    }

    /// Of equal scores the lower index may win.
    [[nodiscard]] bool may_take(Score score) const { return score >= least_; }

    void offer(std::uint32_t index, Score score) {
        // What vanishes as a float is no neighbour.
        if (!may_take(score) || !(static_cast<float>(score) > 0)) return;
        if (score == least_ && index > last_index_) return;
        entries_.push_back({index, score});
        if (entries_.size() == capacity_) prune();
    }

    /// The kept ones, by index.
    std::vector<Scored<float>> take() {
        if (entries_.size() > k_) prune();
        std::sort(entries_.begin(), entries_.end(),
                  [](const auto& a, const auto& b) { return a.index < b.index; });
        std::vector<Scored<float>> best;
        best.reserve(entries_.size());
        for (const auto& [index, score] : entries_) {
            best.push_back({index, static_cast<float>(score)});
        }
        entries_.clear();
        return best;
    }

 private:
    void prune() {
        const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
        std::nth_element(entries_.begin(), last, entries_.end(), ranks_before<Score>);
        least_ = last->score;
        last_index_ = last->index;
        entries_.resize(k_);
    }

    std::size_t k_;
    std::size_t capacity_;
    Score least_ = 0;
    std::uint32_t last_index_ = std::numeric_limits<std::uint32_t>::max();  ///< of `least_`
    std::vector<Scored<Score>> entries_;
};

/// Vectorised scorers look at whole blocks of sums, and hold 0 beyond the last product.
inline constexpr std::size_t kScoredAtOnce = 32;
inline std::size_t padded_to_block(std::size_t size) {
    return (size + kScoredAtOnce - 1) / kScoredAtOnce * kScoredAtOnce;
}

/// Multiplies row after row and keeps of each what scores best. One for each thread.
///
/// @tparam Scorer  `Score`; `kVectorizes`; `row(i)` gives a function of a sum and a rank
template <typename Sum, typename Index, typename Scorer>
class RowMultiplier {
 public:
    using Score = typename Scorer::Score;
    using Sides = ProductSides<Sum, Index>;

    RowMultiplier(const Sides& sides, const PopularityOrder& order, const Scorer& scorer,
                  std::size_t num_best)
        : sides_(&sides), order_(&order), scorer_(&scorer), num_best_(num_best), best_(num_best) {}

    std::vector<Scored<float>> best_of(std::size_t row) {
        // Sums of 1 that cannot pass 65,535 fit the first-level cache twice as well.
        if constexpr (Sides::kCounts) {
            if (sides_->num_customers_of(row) <= std::numeric_limits<std::uint16_t>::max()) {
                return best_of(row, narrow_sums_);
            }
        }
        return best_of(row, sums_);
    }

 private:
    template <typename Cell>
    std::vector<Scored<float>> best_of(std::size_t row, std::vector<Cell>& sums) {
        sums.resize(padded_to_block(sides_->num_products()));
        best_.restart(0);
        if (is_sparse(row)) {
            add_and_note(row, sums.data());
            choose_touched(row, sums);
        } else {
            add(row, sums.data());
            sums[row] = 0;
            if constexpr (Scorer::kVectorizes) {
                choose_by_block(row, sums);
            } else {
                choose_nonzero(row, sums);
            }
            std::fill(sums.begin(), sums.end(), Cell{});
        }
        return best_.take();
    }

    /// Whether noting each sum that is touched is cheaper than looking at all.
    [[nodiscard]] bool is_sparse(std::size_t row) const {
        constexpr std::size_t kShare = 8;
        std::size_t work = 0;
        for (std::size_t at = sides_->product_offsets[row]; at < sides_->product_offsets[row + 1];
             ++at) {
            work += sides_->num_products_of(sides_->customers[at]);
            if (work > sides_->num_products() / kShare) return false;
        }
        return true;
    }

    void prefetch(std::size_t at) const {
        constexpr std::size_t kLine = 64 / sizeof(Index);
        const Index* first = sides_->ranks.data() + sides_->customer_offsets[sides_->customers[at]];
        for (std::size_t line = 0; line < 3; ++line) __builtin_prefetch(first + line * kLine);
    }

    template <typename Cell>
    void add(std::size_t row, Cell* sums) const {
        constexpr std::size_t kAhead = 2;
        const std::size_t end = sides_->product_offsets[row + 1];
        for (std::size_t at = sides_->product_offsets[row]; at < end; ++at) {
            if (at + kAhead < end) prefetch(at + kAhead);
            const std::uint32_t customer = sides_->customers[at];
            const std::size_t first = sides_->customer_offsets[customer];
            const std::size_t size = sides_->num_products_of(customer);
            const Index* ranks = sides_->ranks.data() + first;
            if constexpr (Sides::kCounts) {
                add_ones(ranks, size, sums);
            } else {
                add_values(ranks, sides_->target_values.data() + first, size,
                           sides_->source_values[at], sums);
            }
        }
    }

    // The ranks are read before the sums are written, for the compiler cannot know that they are
    // not the same memory.
    template <typename Cell>
    static void add_ones(const Index* ranks, std::size_t size, Cell* sums) {
        std::size_t k = 0;
        for (; k + 4 <= size; k += 4) {
            const std::array<Index, 4> four{ranks[k], ranks[k + 1], ranks[k + 2], ranks[k + 3]};
            ++sums[four[0]];
            ++sums[four[1]];
            ++sums[four[2]];
            ++sums[four[3]];
        }
        for (; k < size; ++k) ++sums[ranks[k]];
    }

    static void add_values(const Index* ranks, const float* values, std::size_t size, Sum factor,
                           Sum* sums) {
        std::size_t k = 0;
        for (; k + 4 <= size; k += 4) {
            const std::array<Index, 4> four{ranks[k], ranks[k + 1], ranks[k + 2], ranks[k + 3]};
            const std::array<Sum, 4> parts{
                factor * static_cast<Sum>(values[k]), factor * static_cast<Sum>(values[k + 1]),
                factor * static_cast<Sum>(values[k + 2]), factor * static_cast<Sum>(values[k + 3])};
            sums[four[0]] += parts[0];
            sums[four[1]] += parts[1];
            sums[four[2]] += parts[2];
            sums[four[3]] += parts[3];
        }
        for (; k < size; ++k) sums[ranks[k]] += factor * static_cast<Sum>(values[k]);
    }

    template <typename Cell>
    void add_and_note(std::size_t row, Cell* sums) {
        for (std::size_t at = sides_->product_offsets[row]; at < sides_->product_offsets[row + 1];
             ++at) {
            const std::uint32_t customer = sides_->customers[at];
            for (std::size_t k = sides_->customer_offsets[customer];
                 k < sides_->customer_offsets[customer + 1]; ++k) {
                Cell& sum = sums[sides_->ranks[k]];
                if (sum == 0) touched_.push_back(sides_->ranks[k]);
                if constexpr (Sides::kCounts) {
                    ++sum;
                } else {
                    sum += sides_->source_values[at] * static_cast<Sum>(sides_->target_values[k]);
                }
            }
        }
    }

    template <typename Cell>
    void choose_touched(std::size_t row, std::vector<Cell>& sums) {
        const auto score = scorer_->row(row);
        for (const Index rank : touched_) {
            const Cell sum = std::exchange(sums[rank], Cell{});
            // Sums that came back to 0 on the way stand there twice.
            if (sum != 0 && rank != row) best_.offer(order_->products[rank], score(sum, rank));
        }
        touched_.clear();
    }

    template <typename Cell>
    void choose_nonzero(std::size_t row, const std::vector<Cell>& sums) {
        const auto score = scorer_->row(row);
        for (std::size_t rank = 0; rank < sides_->num_products(); ++rank) {
            if (sums[rank] != 0) best_.offer(order_->products[rank], score(sums[rank], rank));
        }
    }

    /// Looks at the best score of each block first: the k-th best of those is at most the k-th best
    /// of all, so that few scores need a second look.
    template <typename Cell>
    void choose_by_block(std::size_t row, const std::vector<Cell>& sums) {
        constexpr std::size_t kLanes = 16;
        const auto score = scorer_->row(row);
        maxima_.resize(sums.size() / kScoredAtOnce);
        for (std::size_t block = 0; block < maxima_.size(); ++block) {
            std::array<Score, kLanes> lanes{};
            for (std::size_t at = block * kScoredAtOnce; at < (block + 1) * kScoredAtOnce;
                 at += kLanes) {
                for (std::size_t lane = 0; lane < kLanes; ++lane) {
                    const Score value = score(sums[at + lane], at + lane);
                    lanes[lane] = value > lanes[lane] ? value : lanes[lane];
                }
            }
            maxima_[block] = *std::max_element(lanes.begin(), lanes.end());
        }
        if (num_best_ <= maxima_.size()) {
            sorted_maxima_ = maxima_;
            const auto kth = sorted_maxima_.begin() + static_cast<std::ptrdiff_t>(num_best_) - 1;
            std::nth_element(sorted_maxima_.begin(), kth, sorted_maxima_.end(), std::greater<>());
            best_.restart(*kth);
        }
        for (std::size_t block = 0; block < maxima_.size(); ++block) {
            if (!(maxima_[block] > 0) || !best_.may_take(maxima_[block])) continue;
            for (std::size_t rank = block * kScoredAtOnce; rank < (block + 1) * kScoredAtOnce;
                 ++rank) {
                const Score value = score(sums[rank], rank);
                // Beyond the last product the sums are 0, and so are the scores.
                if (value > 0 && best_.may_take(value)) {
                    best_.offer(order_->products[rank], value);
                }
            }
        }
    }

    const Sides* sides_;
    const PopularityOrder* order_;
    const Scorer* scorer_;
    std::size_t num_best_;
    BestCandidates<Score> best_;
    std::vector<Sum> sums_;                   ///< all 0 between rows
    std::vector<std::uint16_t> narrow_sums_;  ///< all 0 between rows
    std::vector<Index> touched_;
    std::vector<Score> maxima_;
    std::vector<Score> sorted_maxima_;
};

/// Scores every pair of products that have customers in common, and keeps the best of each row.
/// Never more than one row of the product is there at once for each thread.
///
/// @param num_best  at least 1
/// @return  num_products x num_products; only positive scores, none of a product with itself
/// @errors  kCancelled
/// @cost    O(sum over customers of n_u^2) time, O(num_threads x num_products + num_products x
///          num_best) memory beside the sides; the number of threads changes no bit
/// @source  Gustavson, ACM TOMS 4(3), 1978: sparse products row by row
template <typename Sum, typename Index, typename Scorer>
Result<CsrMatrix> best_of_rows(const ProductSides<Sum, Index>& sides, const PopularityOrder& order,
                               const Scorer& scorer, std::size_t num_best, ThreadPool& pool,
                               Progress& progress) {
    using Multiplier = RowMultiplier<Sum, Index, Scorer>;
    const std::size_t num_products = sides.num_products();
    num_best = std::min(num_best, std::max<std::size_t>(1, num_products));
    std::vector<std::vector<Scored<float>>> rows(num_products);
    std::vector<Multiplier> multipliers(pool.num_threads(),
                                        Multiplier(sides, order, scorer, num_best));
    ATTUNE_TRY(for_blocks(pool, progress, num_products, 0,
                          [&](std::size_t begin, std::size_t end, std::size_t thread) {
                              for (std::size_t row = begin; row < end; ++row) {
                                  rows[order.products[row]] = multipliers[thread].best_of(row);
                              }
                          }));
    CsrMatrix best;
    best.num_rows = num_products;
    best.num_columns = num_products;
    best.offsets.reserve(num_products + 1);
    for (std::vector<Scored<float>>& row : rows) {
        for (const auto& [index, score] : row) {
            best.columns.push_back(index);
            best.values.push_back(score);
        }
        best.offsets.push_back(best.columns.size());
        row = {};
    }
    return best;
}

}  // namespace attune
