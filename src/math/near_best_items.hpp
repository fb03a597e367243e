#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "math/item_panels.hpp"

namespace attune {

/// Collects what may be among a customer's best items while their scores are known only within
/// bounds: what reaches the k-th best lower bound.
class NearBestItems {
 public:
    /// @pre k > 0
    NearBestItems(std::size_t k, const ItemMask& mask) : k_(k), capacity_(2 * k + 24), mask_(mask) {
        kept_.reserve(capacity_);
    }

    /// What the k-th best score reaches at least, as far as is known.
    [[nodiscard]] float threshold() const { return threshold_; }

    /// @param position  in the panels
    void offer(std::uint32_t item, std::uint32_t position, float lower, float upper) {
        if (item == ItemPanels::kNoItem || upper < threshold_ || mask_.leaves_out(item)) return;
        kept_.push_back({position, lower, upper});
        if (kept_.size() == capacity_) prune();
    }

    /// Positions, ascending.
    [[nodiscard]] std::vector<std::uint32_t> take() {
        if (kept_.size() > k_) prune();
        std::vector<std::uint32_t> positions;
        positions.reserve(kept_.size());
        for (const Bounds& bounds : kept_) positions.push_back(bounds.position);
        std::sort(positions.begin(), positions.end());
        return positions;
    }

 private:
    struct Bounds {
        std::uint32_t position;
        float lower;
        float upper;
    };

    void prune() {
        const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
        std::nth_element(kept_.begin(), last, kept_.end(),
                         [](const Bounds& a, const Bounds& b) { return a.lower > b.lower; });
        threshold_ = last->lower;
        std::erase_if(kept_, [&](const Bounds& bounds) { return bounds.upper < threshold_; });
        // Where bounds leave more than half, as among items alike, the next pruning is later.
        capacity_ = std::max(capacity_, 2 * kept_.size());
    }

    std::size_t k_;
    std::size_t capacity_;
    float threshold_ = -std::numeric_limits<float>::infinity();
    ItemMask mask_;
    std::vector<Bounds> kept_;
};

}  // namespace attune
