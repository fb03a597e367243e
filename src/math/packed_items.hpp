#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/thread_pool.hpp"
#include "math/aligned.hpp"
#include "math/csr.hpp"
#include "math/factor_rows.hpp"
#include "math/top_k.hpp"

namespace attune {

class BestItems;

/// What may not be among a customer's best items.
struct ItemMask {
    std::span<const std::uint32_t> held;  ///< items of this customer, ascending
    /// One per item, 0: left out for everybody; or empty: all are allowed.
    std::span<const std::uint8_t> allowed;
};

/// Item factors laid out for finding the items with the highest inner products.
///
/// Items stand in panels of kPanelItems, factor by factor, so that one load brings the same factor
/// of many items. They are ordered by their norm: once no product of norms can reach a customer's
/// k-th best score, the rest is skipped, which changes no result.
///
/// @threads  every const member may be called from many threads at once
class PackedItems {
 public:
    static constexpr std::size_t kPanelItems = 48;
    static constexpr std::uint32_t kNoItem = std::numeric_limits<std::uint32_t>::max();

    PackedItems() = default;
    /// @param items  one row per item, all finite
    /// @pre   fewer than 2^32 - 1 items
    explicit PackedItems(const FactorRows& items);

    [[nodiscard]] std::size_t num_items() const { return num_items_; }
    [[nodiscard]] std::size_t num_factors() const { return num_factors_; }

    /// The best k items for one customer, best first, equal scores by the lower index.
    /// @param customer  num_factors() numbers, finite
    /// @cost  O(items factors) at most
    [[nodiscard]] std::vector<Scored<float>> top_k(std::span<const float> customer, std::size_t k,
                                                   const ItemMask& mask = {}) const;

    /// How many items `top_k` reads for this customer, without a mask, before no other can be among
    /// the best: what it costs, told without a clock.
    [[nodiscard]] std::size_t num_read(std::span<const float> customer, std::size_t k) const;

    /// `top_k` for each customer, many at once.
    /// @param held  customers x items, or nullptr: a row's columns are left out for that customer
    /// @return one list per customer, shorter than k where fewer items are allowed
    /// @cost  O(customers items factors) at most, in parallel; memory O(customers k)
    [[nodiscard]] std::vector<std::vector<Scored<float>>> top_k_of_all(
        const FactorRows& customers, std::size_t k, const CsrMatrix* held,
        std::span<const std::uint8_t> allowed, ThreadPool& pool) const;

    /// What the kernels read.
    struct Panels {
        const float* values;         ///< num_panels x stride x kPanelItems
        const std::uint32_t* items;  ///< num_panels x kPanelItems, kNoItem beyond the last
        const float* norms;          ///< the largest of each panel, descending
        std::size_t num_panels;
        std::size_t stride;  ///< factors, filled up
    };

 private:
    [[nodiscard]] Panels panels() const {
        return {values_.data(), items_.data(), norms_.data(), norms_.size(), stride_};
    }

    /// Returns how many were read.
    std::size_t read_panels(std::span<const float> customer, BestItems& best) const;

    std::size_t num_items_ = 0;
    std::size_t num_factors_ = 0;
    std::size_t stride_ = 0;
    AlignedVector<float> values_;
    std::vector<std::uint32_t> items_;
    std::vector<float> norms_;
};

}  // namespace attune
