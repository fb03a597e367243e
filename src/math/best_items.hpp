#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "math/item_panels.hpp"
#include "math/top_k.hpp"

namespace attune {

/// Collects a customer's best items while they are scored. What is not below the threshold is
/// written down; when the memory is full, the best k stay and the threshold becomes the k-th score.
/// Cheaper than a heap, for most of what is written down early does not stay.
class BestItems {
 public:
    /// @param threshold  what the k-th best score is known to reach
    void start(std::size_t k, const ItemMask& mask,
               float threshold = -std::numeric_limits<float>::infinity()) {
        k_ = k;
        capacity_ = 2 * k + 24;
        mask_ = mask;
        threshold_ = k == 0 ? std::numeric_limits<float>::infinity() : threshold;
        kept_.clear();
        kept_.reserve(capacity_);
    }

    /// Items below this score do not get in.
    [[nodiscard]] float threshold() const { return threshold_; }

    void offer(std::uint32_t item, float score) {
        if (item == ItemPanels::kNoItem || k_ == 0 || !(score >= threshold_)) return;
        if (mask_.leaves_out(item)) return;
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
