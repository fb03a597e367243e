#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/thread_pool.hpp"
#include "math/aligned.hpp"
#include "math/coarse_items.hpp"
#include "math/csr.hpp"
#include "math/factor_rows.hpp"
#include "math/item_panels.hpp"
#include "math/top_k.hpp"

namespace attune {

/// Item factors laid out for finding the items with the highest inner products.
///
/// Items stand in panels by descending norm: once no product of norms can reach a customer's k-th
/// best score, the rest is skipped. The search for one customer, which waits for memory, reads
/// factors of 8 bits first and the floats only of what may then be among the best. Neither changes
/// a result.
///
/// @threads  every const member may be called from many threads at once
class PackedItems {
 public:
    PackedItems() = default;
    /// @param items  one row per item, all finite
    /// @pre   fewer than 2^32 - 1 items
    explicit PackedItems(const FactorRows& items);

    [[nodiscard]] std::size_t num_items() const { return num_items_; }
    [[nodiscard]] std::size_t num_factors() const { return num_factors_; }

    /// The best k items for one customer, best first, equal scores by the lower index.
    /// @param customer  num_factors() numbers, finite
    /// @cost  O(items factors) at most; reads a byte of each factor, and the floats of the items
    ///        that this leaves, which are few unless many are alike
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

 private:
    [[nodiscard]] ItemPanels panels() const {
        return {values_.data(), items_.data(), norms_.data(), norms_.size(), stride_};
    }
    [[nodiscard]] AlignedVector<float> filled_up(std::span<const float> customer) const;

    std::size_t num_items_ = 0;
    std::size_t num_factors_ = 0;
    std::size_t stride_ = 0;
    AlignedVector<float> values_;
    std::vector<std::uint32_t> items_;
    std::vector<float> norms_;
    CoarseItems coarse_;
};

}  // namespace attune
