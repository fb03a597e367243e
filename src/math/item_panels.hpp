#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace attune {

/// What may not be among a customer's best items.
struct ItemMask {
    std::span<const std::uint32_t> held;  ///< items of this customer, ascending
    /// One per item, 0: left out for everybody; or empty: all are allowed.
    std::span<const std::uint8_t> allowed;

    [[nodiscard]] bool leaves_out(std::uint32_t item) const {
        return (!allowed.empty() && allowed[item] == 0) || is_held(item);
    }

 private:
    /// Halving without branches: where they would go is as good as random.
    [[nodiscard]] bool is_held(std::uint32_t item) const {
        std::size_t size = held.size();
        if (size == 0) return false;
        const std::uint32_t* begin = held.data();
        while (size > 1) {
            const std::size_t half = size / 2;
            begin += begin[half] <= item ? half : 0;
            size -= half;
        }
        return *begin == item;
    }
};

/// Items in panels, by descending norm. Within a panel factor by factor, so that one load brings
/// the same factor of many items.
struct ItemPanels {
    static constexpr std::size_t kItems = 48;  ///< of a panel
    static constexpr std::uint32_t kNoItem = std::numeric_limits<std::uint32_t>::max();

    const float* values;         ///< num_panels x stride x kItems
    const std::uint32_t* items;  ///< num_panels x kItems, kNoItem beyond the last
    const float* norms;          ///< the largest of each panel, descending
    std::size_t num_panels;
    std::size_t stride;  ///< factors, filled up

    /// Whether no item of the panel, nor of those after it, reaches the score. Leaves room for
    /// rounding.
    [[nodiscard]] bool out_of_reach(std::size_t panel, float customer_norm, float score) const {
        constexpr float kRounding = 1.0F + 1e-4F;
        return customer_norm * norms[panel] * kRounding < score;
    }
};

}  // namespace attune
