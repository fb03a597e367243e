#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "math/csr.hpp"

namespace attune {

/// Products from the one that most customers have to the one that fewest have. Sums by rank keep
/// what is added to most within a few cache lines, and the rows that cost most come first.
struct PopularityOrder {
    std::vector<std::uint32_t> products;  ///< by rank
    std::vector<std::uint32_t> ranks;     ///< by product
    std::vector<std::uint32_t> counts;    ///< customers, by rank
};

inline PopularityOrder popularity_order(const CsrMatrix& counts) {
    std::vector<std::uint32_t> num_customers(counts.num_columns);
    for (const std::uint32_t product : counts.columns) ++num_customers[product];
    PopularityOrder order;
    order.products.resize(counts.num_columns);
    std::iota(order.products.begin(), order.products.end(), 0U);
    std::stable_sort(
        order.products.begin(), order.products.end(),
        [&](std::uint32_t a, std::uint32_t b) { return num_customers[a] > num_customers[b]; });
    order.ranks.resize(counts.num_columns);
    for (std::size_t rank = 0; rank < order.products.size(); ++rank) {
        order.ranks[order.products[rank]] = static_cast<std::uint32_t>(rank);
        order.counts.push_back(num_customers[order.products[rank]]);
    }
    return order;
}

/// What is multiplied: the customers of each product, and the products of each customer by rank.
/// With whole `Sum`s every entry counts 1 and there are no values.
/// @tparam Index  holds a rank; a narrow one halves what is read
template <typename Sum, typename Index>
struct ProductSides {
    static constexpr bool kCounts = std::is_integral_v<Sum>;

    std::vector<std::size_t> product_offsets;  ///< by rank
    std::vector<std::uint32_t> customers;      ///< of each product, ascending
    std::vector<Sum> source_values;            ///< beside `customers`
    std::vector<std::size_t> customer_offsets;
    std::vector<Index> ranks;          ///< of each customer's products
    std::vector<float> target_values;  ///< beside `ranks`

    /// @param sources  in the counts' order: source values; empty for whole sums
    /// @param targets  in the counts' order; empty for whole sums
    ProductSides(const CsrMatrix& counts, const PopularityOrder& order,
                 const std::vector<Sum>& sources, std::vector<float> targets)
        : product_offsets(counts.num_columns + 1),
          customers(counts.num_nonzero()),
          source_values(sources.size()),
          customer_offsets(counts.offsets),
          ranks(counts.num_nonzero()),
          target_values(std::move(targets)) {
        for (std::size_t rank = 0; rank < counts.num_columns; ++rank) {
            product_offsets[rank + 1] = product_offsets[rank] + order.counts[rank];
        }
        std::vector<std::size_t> next(product_offsets.begin(), product_offsets.end() - 1);
        for (std::size_t customer = 0; customer < counts.num_rows; ++customer) {
            for (std::size_t at = counts.offsets[customer]; at < counts.offsets[customer + 1];
                 ++at) {
                const std::uint32_t rank = order.ranks[counts.columns[at]];
                const std::size_t place = next[rank]++;
                ranks[at] = static_cast<Index>(rank);
                customers[place] = static_cast<std::uint32_t>(customer);
                if constexpr (!kCounts) source_values[place] = sources[at];
            }
        }
    }

    [[nodiscard]] std::size_t num_products() const { return product_offsets.size() - 1; }
    [[nodiscard]] std::size_t num_customers_of(std::size_t row) const {
        return product_offsets[row + 1] - product_offsets[row];
    }
    [[nodiscard]] std::size_t num_products_of(std::uint32_t customer) const {
        return customer_offsets[customer + 1] - customer_offsets[customer];
    }
};

}  // namespace attune
