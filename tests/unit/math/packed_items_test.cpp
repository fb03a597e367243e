#include "math/packed_items.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "math/dense.hpp"
#include "support/every_target.hpp"

namespace attune {
namespace {

using Lists = std::vector<std::vector<Scored<float>>>;

/// Small whole numbers: every order of summation gives the same, and there are many ties.
FactorRows whole_factors(std::size_t num_rows, std::size_t num_factors, std::uint64_t seed) {
    Random random(seed);
    FactorRows factors(num_rows, num_factors);
    for (std::size_t row = 0; row < num_rows; ++row) {
        for (float& value : factors.row(row)) {
            value = static_cast<float>(static_cast<int>(random.below(7)) - 3);
        }
    }
    return factors;
}

std::vector<Scored<float>> brute_force(const FactorRows& items, std::span<const float> customer,
                                       std::size_t k, const ItemMask& mask) {
    std::vector<float> scores;
    for (std::size_t i = 0; i < items.num_rows(); ++i) {
        scores.push_back(
            static_cast<float>(dot(items.row(i).data(), customer.data(), customer.size())));
    }
    return top_k_if(std::span<const float>(scores), k, [&](std::uint32_t item) {
        const bool is_held = std::find(mask.held.begin(), mask.held.end(), item) != mask.held.end();
        return !is_held && (mask.allowed.empty() || mask.allowed[item] != 0);
    });
}

CsrMatrix some_held(std::size_t num_customers, std::size_t num_items) {
    Random random(9);
    std::vector<Triplet> triplets;
    for (std::uint32_t c = 0; c < num_customers; ++c) {
        for (std::uint32_t i = 0; i < num_items; ++i) {
            if (random.uniform() < 0.3) triplets.push_back({c, i, 1});
        }
    }
    return csr_from_triplets(num_customers, num_items, std::move(triplets));
}

TEST(PackedItems, FindTheBestOfBruteForce) {
    on_every_target([] {
        for (const std::size_t num_items : {1UL, 47UL, 48UL, 49UL, 700UL}) {
            const FactorRows items = whole_factors(num_items, 21, num_items);
            const FactorRows customers = whole_factors(37, 21, 3);
            const CsrMatrix held = some_held(37, num_items);
            std::vector<std::uint8_t> allowed(num_items, 1);
            for (std::size_t i = 0; i < num_items; i += 5) allowed[i] = 0;
            const PackedItems packed(items);
            ThreadPool pool(3);
            for (const std::size_t k : {0UL, 1UL, 20UL, num_items + 5}) {
                const Lists all = packed.top_k_of_all(customers, k, &held, allowed, pool);
                ASSERT_EQ(all.size(), 37U);
                for (std::size_t c = 0; c < 37; ++c) {
                    const ItemMask mask{held.row_columns(c), allowed};
                    const auto expected = brute_force(items, customers.row(c), k, mask);
                    EXPECT_EQ(all[c], expected) << num_items << " items, k " << k;
                    EXPECT_EQ(packed.top_k(customers.row(c), k, mask), expected);
                }
            }
        }
    });
}

TEST(PackedItems, WithoutMasksNothingIsLeftOut) {
    const FactorRows items = whole_factors(100, 8, 1);
    const FactorRows customers = whole_factors(9, 8, 2);
    const PackedItems packed(items);
    ThreadPool pool(2);
    const Lists all = packed.top_k_of_all(customers, 100, nullptr, {}, pool);
    for (std::size_t c = 0; c < 9; ++c) {
        EXPECT_EQ(all[c], brute_force(items, customers.row(c), 100, {}));
    }
}

TEST(PackedItems, SkippingByNormLosesNothing) {
    on_every_target([] {
        // Norms that fall quickly: most panels are never looked at.
        FactorRows items = whole_factors(3000, 16, 5);
        Random random(6);
        for (std::size_t i = 0; i < items.num_rows(); ++i) {
            const auto scale = static_cast<float>(std::exp(-8 * random.uniform()));
            for (float& value : items.row(i)) value *= scale;
        }
        const FactorRows customers = whole_factors(20, 16, 7);
        const PackedItems packed(items);
        for (std::size_t c = 0; c < 20; ++c) {
            const auto found = packed.top_k(customers.row(c), 10);
            const auto expected = brute_force(items, customers.row(c), 10, {});
            ASSERT_EQ(found.size(), 10U);
            for (std::size_t i = 0; i < 10; ++i) {
                EXPECT_EQ(found[i].index, expected[i].index);
                EXPECT_NEAR(found[i].score, expected[i].score, 1e-4);
            }
        }
    });
}

TEST(PackedItems, EightBitsFirstLoseNothing) {
    on_every_target([] {
        for (const std::size_t num_factors : {1UL, 3UL, 16UL, 64UL, 200UL, 640UL}) {
            FactorRows items = whole_factors(1'500, num_factors, num_factors);
            for (std::size_t i = 0; i < items.num_rows(); i += 3) {
                // One factor far above the others leaves these few of the 8 bits.
                items.row(i)[i % num_factors] *= 200;
            }
            const FactorRows customers = whole_factors(6, num_factors, 11);
            const PackedItems packed(items);
            for (std::size_t c = 0; c < customers.num_rows(); ++c) {
                std::vector<float> customer(customers.row(c).begin(), customers.row(c).end());
                if (c % 2 == 1) customer[0] *= 1'000;
                EXPECT_EQ(packed.top_k(customer, 20), brute_force(items, customer, 20, {}));
            }
        }
    });
}

TEST(PackedItems, WhatDiffersInTheLastBitIsStillTold) {
    // All the same in 8 bits: only the floats tell which is best.
    on_every_target([] {
        constexpr std::size_t kItems = 400;
        FactorRows items(kItems, 8);
        for (std::size_t i = 0; i < kItems; ++i) {
            for (float& value : items.row(i)) value = 1;
            items.row(i)[3] += 0x1p-23F * static_cast<float>(i * 7 % kItems);
        }
        const std::vector<float> customer{0, 0, 0, 1, 0, 0, 0, 0};
        EXPECT_EQ(PackedItems(items).top_k(customer, 30), brute_force(items, customer, 30, {}));
    });
}

TEST(PackedItems, VeryLargeAndVerySmallFactorsAreRankedToo) {
    on_every_target([] {
        for (const float size : {0x1p-145F, 0x1p-126F, 0x1p-66F, 0x1p60F, 0x1p100F}) {
            FactorRows items = whole_factors(300, 16, 12);
            for (std::size_t i = 0; i < items.num_rows(); ++i) {
                for (float& value : items.row(i)) value *= size;
            }
            const std::vector<float> customer(16, 1.0F);
            const auto found = PackedItems(items).top_k(customer, 10);
            const auto expected = brute_force(items, customer, 10, {});
            ASSERT_EQ(found.size(), 10U);
            for (std::size_t i = 0; i < 10; ++i) {
                EXPECT_EQ(found[i].index, expected[i].index) << size;
            }
        }
        // Terms beyond what a float holds, whose sum in 8 bits is 0: of no order, and left out.
        FactorRows undefined(100, 2);
        for (std::size_t i = 0; i < 100; ++i) {
            undefined.row(i)[0] = i == 50 ? 3e34F : 1e36F;
            undefined.row(i)[1] = i == 50 ? 0 : -1e36F;
        }
        const auto defined = PackedItems(undefined).top_k(std::vector<float>{1e4F, 1e4F}, 3);
        ASSERT_EQ(defined.size(), 1U);
        EXPECT_EQ(defined[0].index, 50U);
        // Sums beyond it are infinite, as they would be without the first pass.
        FactorRows items(100, 2);
        for (std::size_t i = 0; i < 100; ++i) items.row(i)[0] = items.row(i)[1] = 3e38F;
        const auto found = PackedItems(items).top_k(std::vector<float>{1, 1}, 3);
        ASSERT_EQ(found.size(), 3U);
        EXPECT_EQ(found[0], (Scored<float>{0, std::numeric_limits<float>::infinity()}));
    });
}

TEST(PackedItems, OfNoItemsGiveEmptyLists) {
    const PackedItems packed(FactorRows(0, 4));
    const std::vector<float> customer(4, 1.0F);
    EXPECT_TRUE(packed.top_k(customer, 5).empty());
}

TEST(PackedItems, ACustomerOfZerosGetsTheFirstItems) {
    const PackedItems packed(whole_factors(200, 4, 8));
    const std::vector<float> customer(4, 0.0F);
    const auto found = packed.top_k(customer, 3);
    ASSERT_EQ(found.size(), 3U);
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(found[i], (Scored<float>{i, 0.0F}));
}

TEST(PackedItems, TellsHowManyItemsASearchReads) {
    // One long item, the others ever shorter in the same direction: the first panel is enough.
    constexpr std::size_t kItems = 1'000;
    FactorRows falling(kItems, 4);
    FactorRows even(kItems, 4);
    for (std::size_t i = 0; i < kItems; ++i) {
        falling.row(i)[0] = 1.0F / static_cast<float>(1 + i);
        even.row(i)[i % 4] = 1;
    }
    const std::vector<float> customer{1, 0, 0, 0};
    on_every_target([&] {
        EXPECT_EQ(PackedItems(falling).num_read(customer, 10), ItemPanels::kItems);
        // 49 are known once 122 are written down, in the third panel.
        EXPECT_EQ(PackedItems(falling).num_read(customer, 49), 3 * ItemPanels::kItems);
        EXPECT_EQ(PackedItems(even).num_read(customer, 10), kItems) << "all are as long";
    });
}

}  // namespace
}  // namespace attune
