#include "math/coarse_items.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "core/random.hpp"
#include "math/aligned.hpp"
#include "math/dense.hpp"
#include "math/item_panels.hpp"
#include "math/near_best_items.hpp"
#include "math/top_k.hpp"
#include "support/every_target.hpp"

namespace attune {
namespace {

constexpr std::size_t kItems = 480;

/// Items in panels, each panel's norm the largest of all: nothing is skipped.
struct MadePanels {
    explicit MadePanels(std::size_t stride, std::uint64_t seed)
        : values(kItems * stride), items(kItems) {
        Random random(seed);
        for (float& value : values) value = static_cast<float>(random.normal());
        double largest = 0;
        for (std::size_t i = 0; i < kItems; ++i) {
            items[i] = static_cast<std::uint32_t>(i);
            const auto factors = item(i, stride);
            largest = std::max(largest, dot(factors.data(), factors.data(), stride));
        }
        norms.assign(kItems / ItemPanels::kItems, static_cast<float>(std::sqrt(largest)));
        view = {values.data(), items.data(), norms.data(), norms.size(), stride};
    }

    [[nodiscard]] std::vector<float> item(std::size_t index, std::size_t stride) const {
        std::vector<float> factors(stride);
        for (std::size_t k = 0; k < stride; ++k) {
            factors[k] = values[(index / ItemPanels::kItems * stride + k) * ItemPanels::kItems +
                                index % ItemPanels::kItems];
        }
        return factors;
    }

    AlignedVector<float> values;
    std::vector<std::uint32_t> items;
    std::vector<float> norms;
    ItemPanels view{};
};

std::vector<float> made_customer(std::size_t stride, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> customer(stride);
    for (float& value : customer) value = static_cast<float>(random.normal());
    return customer;
}

TEST(CoarseItems, LeaveTheBestAndFewOthers) {
    constexpr std::size_t kBest = 10;
    for (const std::size_t stride : {16UL, 64UL, 512UL}) {
        const MadePanels made(stride, stride);
        const CoarseItems coarse(made.view);
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            const std::vector<float> customer = made_customer(stride, seed);
            std::vector<double> scores;
            for (std::size_t i = 0; i < kItems; ++i) {
                scores.push_back(dot(customer.data(), made.item(i, stride).data(), stride));
            }
            const auto norm =
                static_cast<float>(std::sqrt(dot(customer.data(), customer.data(), stride)));
            on_every_target([&] {
                NearBestItems near(kBest, {});
                EXPECT_EQ(coarse.search(made.view, customer, norm, near), made.norms.size());
                const auto positions = near.take();
                const std::set<std::uint32_t> left(positions.begin(), positions.end());
                EXPECT_EQ(left.size(), positions.size()) << "each once";
                for (const auto& best : top_k(scores, kBest)) {
                    EXPECT_TRUE(left.contains(best.index));
                    EXPECT_GE(best.score, near.threshold());
                }
                EXPECT_LE(left.size(), kItems / 8);
            });
        }
    }
}

TEST(CoarseItems, NoItemIsOfferedOnceNormsAreTooSmall) {
    MadePanels made(16, 3);
    for (std::size_t panel = 2; panel < made.norms.size(); ++panel) made.norms[panel] = 0;
    const CoarseItems coarse(made.view);
    const std::vector<float> customer = made_customer(16, 4);
    const auto norm = static_cast<float>(std::sqrt(dot(customer.data(), customer.data(), 16)));
    on_every_target([&] {
        NearBestItems near(5, {});
        EXPECT_EQ(coarse.search(made.view, customer, norm, near), 2U);
        for (const std::uint32_t position : near.take()) {
            EXPECT_LT(position, 2 * ItemPanels::kItems);
        }
    });
}

TEST(NearBestItems, KeepWhatReachesTheKthBestLowerBound) {
    NearBestItems near(2, {});
    near.offer(10, 0, 1, 5);
    near.offer(11, 1, 4, 6);
    near.offer(12, 2, 3, 3.5F);
    near.offer(13, 3, 0, 2.5F);
    EXPECT_EQ(near.take(), (std::vector<std::uint32_t>{0, 1, 2}));
    EXPECT_EQ(near.threshold(), 3);
}

TEST(NearBestItems, HoldMoreThanTheirFirstMemoryWhereBoundsTellNothingApart) {
    NearBestItems near(3, {});
    for (std::uint32_t i = 0; i < 10'000; ++i) near.offer(i, i, -1, 1);
    EXPECT_EQ(near.take().size(), 10'000U);
}

TEST(NearBestItems, LeaveOutWhatTheMaskLeavesOut) {
    const std::vector<std::uint32_t> held{1, 4};
    const std::vector<std::uint8_t> allowed{1, 1, 0, 1, 1, 1};
    NearBestItems near(6, {held, allowed});
    for (std::uint32_t i = 0; i < 6; ++i) near.offer(i, i, 0, 0);
    near.offer(ItemPanels::kNoItem, 6, 0, 0);
    EXPECT_EQ(near.take(), (std::vector<std::uint32_t>{0, 3, 5}));
}

}  // namespace
}  // namespace attune
