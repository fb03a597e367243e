#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "math/packed_items.hpp"
#include "math/top_k.hpp"

namespace attune {

/// Collects a customer's best items while they are scored. What is not below the threshold is
/// written down; when the memory is full, the best k stay and the threshold becomes the k-th score.
/// Cheaper than a heap, for most of what is written down early does not stay.
class BestItems {
 public:
    void start(std::size_t k, const ItemMask& mask) {
        k_ = k;
        capacity_ = 2 * k + 24;
        mask_ = mask;
        threshold_ = k == 0 ? std::numeric_limits<float>::infinity()
                            : -std::numeric_limits<float>::infinity();
        kept_.clear();
        kept_.reserve(capacity_);
    }

    /// Items below this score do not get in.
    [[nodiscard]] float threshold() const { return threshold_; }

    void offer(std::uint32_t item, float score) {
        if (item == PackedItems::kNoItem || !(score >= threshold_)) return;
        if (!mask_.allowed.empty() && mask_.allowed[item] == 0) return;
        if (is_held(item)) return;
        kept_.push_back({item, score});
        if (kept_.size() == capacity_) prune();
    }

    /// Best first; equal scores by the lower index.
    [[nodiscard]] std::vector<Scored<float>> take() {
        if (kept_.size() > k_) prune();
        std::sort(kept_.begin(), kept_.end(), ranks_before<float>);
        return {kept_.begin(), kept_.end()};
    }

 private:
    /// Halving without branches: where they would go is as good as random.
    [[nodiscard]] bool is_held(std::uint32_t item) const {
        std::size_t size = mask_.held.size();
        if (size == 0) return false;
        const std::uint32_t* begin = mask_.held.data();
        while (size > 1) {
            const std::size_t half = size / 2;
            begin += begin[half] <= item ? half : 0;
            size -= half;
        }
        return *begin == item;
    }

    void prune() {
        const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
        std::nth_element(kept_.begin(), last, kept_.end(), ranks_before<float>);
        threshold_ = last->score;
        kept_.resize(k_);
    }

    std::size_t k_ = 0;
    std::size_t capacity_ = 0;
    float threshold_ = 0;
    ItemMask mask_;
    std::vector<Scored<float>> kept_;
};

}  // namespace attune
