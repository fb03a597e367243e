#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/random.hpp"
#include "math/csr.hpp"

namespace attune::sgd {

/// How products that a customer did not deal with are drawn.
enum class NegativeSampling : std::uint8_t {
    kUniform,     ///< each product alike
    kPopularity,  ///< as often as customers deal with it
};

struct PositivePair {
    std::uint32_t customer = 0;
    std::uint32_t product = 0;
};

/// The observed pairs of a matrix, to draw from and to look up.
///
/// @lifetime  borrows the matrix
/// @threads   members are const and may be called from many threads
class PositivePairs {
 public:
    /// @param counts  num_customers x num_products; the values do not matter
    /// @cost  O(nnz); 10 bytes a pair
    explicit PositivePairs(const CsrMatrix& counts);

    [[nodiscard]] std::size_t size() const { return pairs_.size(); }
    [[nodiscard]] std::size_t num_customers() const { return counts_.num_rows; }
    [[nodiscard]] std::size_t num_products() const { return counts_.num_columns; }
    /// Ordered by customer, then product.
    [[nodiscard]] const PositivePair& operator[](std::size_t position) const {
        return pairs_[position];
    }
    /// Where the pairs of a customer begin; num_customers() gives size().
    [[nodiscard]] std::size_t first_of(std::size_t customer) const {
        return counts_.offsets[customer];
    }

    /// Whether the pair was observed.
    /// @cost one look into a table for about 15 of 16 pairs that were not; others cost a binary
    ///       search among the customer's products
    [[nodiscard]] bool contains(PositivePair pair) const { return may_contain(pair) && find(pair); }

    /// A product; it may well be one that the customer dealt with. @pre size() > 0
    [[nodiscard]] std::uint32_t draw_product(Random& random, NegativeSampling sampling) const {
        if (sampling == NegativeSampling::kUniform) {
            return static_cast<std::uint32_t>(draw_below(random, counts_.num_columns));
        }
        return pairs_[draw_below(random, pairs_.size())].product;
    }

    /// Changes `product` to one that the customer has not dealt with, drawing again while it is
    /// one. False when none was found in 64 draws.
    [[nodiscard]] bool make_negative(std::uint32_t customer, std::uint32_t& product, Random& random,
                                     NegativeSampling sampling) const;

    void prefetch(std::size_t position) const { __builtin_prefetch(&pairs_[position]); }
    void prefetch_lookup(PositivePair pair) const { __builtin_prefetch(&filter_[slot(pair) / 64]); }

    /// Uniform in [0, bound); the share of any value is off by less than bound / 2^53.
    static std::size_t draw_below(Random& random, std::size_t bound) {
        return static_cast<std::size_t>(random.uniform() * static_cast<double>(bound));
    }

 private:
    /// A bit of the customer's own stretch of the filter, 16 bits or more a product, so that those
    /// of neighbouring customers stay together in the caches.
    [[nodiscard]] std::size_t slot(PositivePair pair) const {
        const std::size_t first = counts_.offsets[pair.customer];
        const std::size_t size = counts_.offsets[pair.customer + 1] - first;
        const std::size_t first_bit = (first / 4 + pair.customer) * 64;
        const std::uint64_t num_bits = (size / 4 + 1) * 64;
        const std::uint64_t mixed = (pair.product * 0x9E3779B97F4A7C15ULL) >> 32;
        return first_bit + static_cast<std::size_t>((mixed * num_bits) >> 32);
    }
    [[nodiscard]] bool may_contain(PositivePair pair) const {
        const std::size_t bit = slot(pair);
        return ((filter_[bit / 64] >> (bit % 64)) & 1) != 0;
    }
    [[nodiscard]] bool find(PositivePair pair) const;

    const CsrMatrix& counts_;
    std::vector<PositivePair> pairs_;
    std::vector<std::uint64_t> filter_;  ///< a bit that is 0 has no pair
};

}  // namespace attune::sgd
