#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace attune {

/// A position and its score.
template <typename Score>
struct Scored {
    std::uint32_t index = 0;
    Score score{};

    friend bool operator==(const Scored&, const Scored&) = default;
};

/// Better comes first: the higher score, at equal scores the lower index.
template <typename Score>
[[nodiscard]] bool ranks_before(const Scored<Score>& a, const Scored<Score>& b) {
    return a.score > b.score || (a.score == b.score && a.index < b.index);
}

/// Keeps the best `k` of what is offered.
///
/// @cost  O(1) for most that do not make it, O(log k) for those that do
template <typename Score>
class TopK {
 public:
    explicit TopK(std::size_t k) : k_(k) {}

    void offer(std::uint32_t index, Score score) {
        const Scored<Score> entry{index, score};
        if (heap_.size() < k_) {
            heap_.push_back(entry);
            std::push_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
        } else if (k_ > 0 && ranks_before(entry, heap_.front())) {
            std::pop_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
            heap_.back() = entry;
            std::push_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
        }
    }

    /// The kept ones, best first; the selection is empty afterwards.
    [[nodiscard]] std::vector<Scored<Score>> take() {
        std::sort_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
        std::vector<Scored<Score>> best;
        best.swap(heap_);
        return best;
    }

 private:
    std::size_t k_;
    std::vector<Scored<Score>> heap_;  ///< the worst kept one is at the front
};

/// The best `k` positions for which `keep(index)` holds, best first, ties by lower index.
/// @pre  no score is NaN
/// @cost O(n + n log k) at worst, about O(n) on shuffled scores
template <typename Score, typename Keep>
[[nodiscard]] std::vector<Scored<Score>> top_k_if(std::span<const Score> scores, std::size_t k,
                                                  const Keep& keep) {
    TopK<Score> best(std::min(k, scores.size()));
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto index = static_cast<std::uint32_t>(i);
        if (keep(index)) best.offer(index, scores[i]);
    }
    return best.take();
}

/// The best `k` positions, best first, ties by lower index. @pre no score is NaN
[[nodiscard]] inline std::vector<Scored<double>> top_k(std::span<const double> scores,
                                                       std::size_t k) {
    return top_k_if(scores, k, [](std::uint32_t) { return true; });
}

}  // namespace attune
