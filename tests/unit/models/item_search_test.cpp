#include "models/item_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "math/dense.hpp"

namespace attune {
namespace {

FactorRows made_rows(std::size_t num_rows, std::uint64_t seed) {
    Random random(seed);
    FactorRows rows(num_rows, 12);
    for (std::size_t row = 0; row < num_rows; ++row) {
        // Norms differ, as those of products do.
        const double length = std::exp(random.normal());
        for (float& value : rows.row(row)) value = static_cast<float>(length * random.normal());
    }
    return rows;
}

ItemSearch made_search(const FactorRows& items, std::size_t exact_up_to) {
    ItemSearchOptions options;
    options.exact_up_to = exact_up_to;
    options.effort = 100;
    ThreadPool pool(2);
    NullProgress progress;
    auto search = ItemSearch::create(items, options, pool, progress);
    EXPECT_TRUE(search);
    return *std::move(search);
}

TEST(ItemSearch, IsExactUpToItsLimit) {
    const FactorRows items = made_rows(500, 1);
    EXPECT_TRUE(made_search(items, 500).is_exact());
    EXPECT_FALSE(made_search(items, 499).is_exact());
    ThreadPool pool(2);
    EXPECT_EQ(made_search(items, 500).recall(made_rows(5, 2), 20, pool), 1);
}

TEST(ItemSearch, FindsNearlyAllAndScoresThemExactly) {
    const FactorRows items = made_rows(4000, 1);
    const FactorRows customers = made_rows(50, 2);
    const ItemSearch search = made_search(items, 1000);
    ThreadPool pool(2);
    EXPECT_GT(search.recall(customers, 20, pool), 0.95);  // measured: .99 and above
    for (std::size_t c = 0; c < 50; ++c) {
        const auto found = search.top_k(customers.row(c), 20);
        ASSERT_EQ(found.size(), 20U);
        EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), ranks_before<float>));
        for (const auto& entry : found) {
            const double exact = dot(items.row(entry.index).data(), customers.row(c).data(), 12);
            EXPECT_NEAR(entry.score, exact, 1e-4);
        }
    }
}

TEST(ItemSearch, LeavesOutWhatIsMasked) {
    const FactorRows items = made_rows(4000, 1);
    const FactorRows customers = made_rows(10, 2);
    const ItemSearch search = made_search(items, 1000);
    for (std::size_t c = 0; c < 10; ++c) {
        const auto free = search.top_k(customers.row(c), 20);
        std::vector<std::uint32_t> held;
        for (std::size_t i = 0; i < 20; i += 2) held.push_back(free[i].index);
        std::sort(held.begin(), held.end());
        std::vector<std::uint8_t> allowed(4000, 1);
        allowed[free[1].index] = 0;
        const auto masked = search.top_k(customers.row(c), 20, {held, allowed});
        ASSERT_EQ(masked.size(), 20U);
        EXPECT_EQ(masked[0].index, free[3].index);
        for (const auto& entry : masked) {
            EXPECT_FALSE(std::binary_search(held.begin(), held.end(), entry.index));
            EXPECT_NE(entry.index, free[1].index);
        }
    }
}

TEST(ItemSearch, LooksAtAllWhereFewAreAllowed) {
    const FactorRows items = made_rows(4000, 1);
    const ItemSearch search = made_search(items, 1000);
    std::vector<std::uint8_t> allowed(4000, 0);
    for (std::size_t i = 7; i < 4000; i += 900) allowed[i] = 1;
    EXPECT_EQ(search.top_k(made_rows(1, 3).row(0), 20, {{}, allowed}).size(), 5U);
}

TEST(ItemSearch, RefusesOptionsOutOfRange) {
    ItemSearchOptions options;
    EXPECT_TRUE(validate(options));
    options.effort = 0;
    ASSERT_FALSE(validate(options));
    EXPECT_THAT(validate(options).error().message, testing::HasSubstr("effort is 0"));
}

}  // namespace
}  // namespace attune
