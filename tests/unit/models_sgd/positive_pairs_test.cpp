#include "models/sgd/positive_pairs.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace attune::sgd {
namespace {

CsrMatrix random_counts(std::size_t num_customers, std::size_t num_products, double density) {
    Random random(3);
    std::vector<Triplet> triplets;
    for (std::uint32_t c = 0; c < num_customers; ++c) {
        for (std::uint32_t j = 0; j < num_products; ++j) {
            if (random.uniform() < density) triplets.push_back({c, j, 1});
        }
    }
    return csr_from_triplets(num_customers, num_products, std::move(triplets));
}

TEST(PositivePairs, ContainsWhatTheMatrixHasAndNothingElse) {
    const CsrMatrix counts = random_counts(50, 70, 0.2);
    const PositivePairs pairs(counts);
    EXPECT_EQ(pairs.size(), counts.num_nonzero());
    std::size_t position = 0;
    for (std::uint32_t c = 0; c < 50; ++c) {
        EXPECT_EQ(pairs.first_of(c), position);
        const auto columns = counts.row_columns(c);
        for (std::uint32_t j = 0; j < 70; ++j) {
            const bool observed = std::find(columns.begin(), columns.end(), j) != columns.end();
            EXPECT_EQ(pairs.contains({c, j}), observed) << c << " " << j;
            if (!observed) continue;
            EXPECT_EQ(pairs[position].customer, c);
            EXPECT_EQ(pairs[position].product, j);
            ++position;
        }
    }
}

TEST(PositivePairs, DrawsNegativesThatAreNone) {
    const CsrMatrix counts = random_counts(20, 12, 0.6);
    const PositivePairs pairs(counts);
    Random random(4);
    std::size_t num_made = 0;
    for (std::uint32_t c = 0; c < 20; ++c) {
        for (const auto sampling : {NegativeSampling::kUniform, NegativeSampling::kPopularity}) {
            for (int draw = 0; draw < 50; ++draw) {
                std::uint32_t product = pairs.draw_product(random, sampling);
                if (!pairs.make_negative(c, product, random, sampling)) continue;
                EXPECT_FALSE(pairs.contains({c, product}));
                ++num_made;
            }
        }
    }
    EXPECT_GT(num_made, 1'900U);
}

TEST(PositivePairs, GivesUpOnACustomerWithEveryProduct) {
    const CsrMatrix counts = random_counts(1, 5, 1.1);
    const PositivePairs pairs(counts);
    Random random(1);
    std::uint32_t product = 2;
    EXPECT_FALSE(pairs.make_negative(0, product, random, NegativeSampling::kUniform));
}

TEST(PositivePairs, DrawsProductsAsOftenAsTheSamplingSays) {
    // Product j has j + 1 customers.
    std::vector<Triplet> triplets;
    for (std::uint32_t j = 0; j < 4; ++j) {
        for (std::uint32_t c = 0; c <= j; ++c) triplets.push_back({c, j, 1});
    }
    const CsrMatrix counts = csr_from_triplets(4, 4, std::move(triplets));
    const PositivePairs pairs(counts);
    constexpr int kDraws = 100'000;
    for (const auto sampling : {NegativeSampling::kUniform, NegativeSampling::kPopularity}) {
        Random random(5);
        std::vector<double> drawn(4);
        for (int draw = 0; draw < kDraws; ++draw) ++drawn[pairs.draw_product(random, sampling)];
        for (std::size_t j = 0; j < 4; ++j) {
            const double expected = sampling == NegativeSampling::kUniform
                                        ? kDraws / 4.0
                                        : kDraws * static_cast<double>(j + 1) / 10;
            EXPECT_NEAR(drawn[j], expected, 5 * std::sqrt(expected));
        }
    }
}

}  // namespace
}  // namespace attune::sgd
