#include "models/item_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

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
    NullProgress progress;
    auto search = ItemSearch::create(items, options, progress);
    EXPECT_TRUE(search);
    return *std::move(search);
}

/// Directions as they are, lengths that shrink to a third every `items_to_third`; 0: never.
FactorRows shrinking(FactorRows rows, double items_to_third) {
    for (std::size_t i = 0; i < rows.num_rows(); ++i) {
        const auto row = rows.row(i);
        const double shrunk = items_to_third == 0 ? 0 : static_cast<double>(i) / items_to_third;
        const double length =
            std::sqrt(dot(row.data(), row.data(), row.size())) * std::pow(3, shrunk);
        for (float& value : row) value = static_cast<float>(value / length);
    }
    return rows;
}

TEST(ItemSearch, IsExactWhereThatReadsNoMoreThanItsLimit) {
    const FactorRows even = shrinking(made_rows(500, 1), 0);
    EXPECT_TRUE(made_search(even, 500).is_exact());
    EXPECT_FALSE(made_search(even, 499).is_exact()) << "none can be passed over";
    const FactorRows falling = shrinking(made_rows(500, 1), 50);
    EXPECT_TRUE(made_search(falling, 250).is_exact()) << "the rest is too short";
    EXPECT_FALSE(made_search(falling, 20).is_exact());
    EXPECT_TRUE(made_search(FactorRows(500, 12), 20).is_exact()) << "nothing was learned";
    ThreadPool pool(2);
    EXPECT_EQ(made_search(even, 500).recall(made_rows(5, 2), 20, pool), 1);
}

TEST(ItemSearch, FindsNearlyAllAndScoresThemExactly) {
    const FactorRows items = made_rows(4000, 1);
    const FactorRows customers = made_rows(50, 2);
    const ItemSearch search = made_search(items, 1);
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
    const ItemSearch search = made_search(items, 1);
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
    const ItemSearch search = made_search(items, 1);
    std::vector<std::uint8_t> allowed(4000, 0);
    for (std::size_t i = 7; i < 4000; i += 900) allowed[i] = 1;
    EXPECT_EQ(search.top_k(made_rows(1, 3).row(0), 20, {{}, allowed}).size(), 5U);
}

TEST(ItemSearch, OfTheSameItemsAndSeedIsTheSame) {
    const FactorRows items = made_rows(3000, 1);
    const FactorRows customers = made_rows(20, 2);
    const ItemSearch one = made_search(items, 1);
    const ItemSearch other = made_search(items, 1);
    for (std::size_t c = 0; c < customers.num_rows(); ++c) {
        EXPECT_EQ(one.top_k(customers.row(c), 30), other.top_k(customers.row(c), 30));
    }
}

TEST(ItemSearch, CustomersWithoutFactorsSayNothingOfTheRecall) {
    ItemSearchOptions options;
    options.exact_up_to = 1;
    options.links = 4;
    options.build_effort = 10;
    options.effort = 10;
    NullProgress progress;
    const auto search = ItemSearch::create(made_rows(4000, 1), options, progress);
    ASSERT_TRUE(search);
    ThreadPool pool(2);
    const FactorRows customers = made_rows(20, 2);
    const auto recall = search->recall(customers, 20, pool);
    ASSERT_TRUE(recall);
    EXPECT_LT(*recall, 0.9);  // a poor graph
    FactorRows and_others(60, 12);
    for (std::size_t c = 0; c < 20; ++c) {
        std::ranges::copy(customers.row(c), and_others.row(3 * c).begin());
    }
    EXPECT_EQ(search->recall(and_others, 20, pool), recall);
    EXPECT_EQ(search->recall(FactorRows(5, 12), 20, pool), std::nullopt);
}

TEST(LazyItemSearch, IsBuiltOnceAndOnlyWhenAskedFor) {
    std::atomic<int> num_built = 0;
    const LazyItemSearch lazy(
        [&] {
            ++num_built;
            return made_rows(50, 1);
        },
        {});
    EXPECT_EQ(num_built, 0);
    std::vector<const ItemSearch*> found(4);
    std::vector<std::thread> threads;
    for (auto& one : found) {
        threads.emplace_back([&] {
            NullProgress progress;
            one = lazy.get(progress).value();
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(num_built, 1);
    EXPECT_THAT(found, testing::Each(found[0]));
    EXPECT_EQ(found[0]->top_k(made_rows(1, 2).row(0), 3).size(), 3U);
}

class Stopped final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t) override { ++num_open; }
    void advance(std::uint64_t) override {}
    void end() override { --num_open; }
    [[nodiscard]] bool cancelled() const override { return true; }
    int num_open = 0;
};

TEST(LazyItemSearch, ThatWasStoppedIsBuiltByTheNextCall) {
    ItemSearchOptions options;
    options.exact_up_to = 10;
    const LazyItemSearch lazy([] { return made_rows(50, 1); }, options);
    Stopped stopped;
    const auto none = lazy.get(stopped);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(stopped.num_open, 0);
    NullProgress progress;
    EXPECT_TRUE(lazy.get(progress));
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
