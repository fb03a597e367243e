#include "evaluation/ranking_metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "rapidcheck.h"

namespace attune {
namespace {

std::vector<ProductIndex> products(std::initializer_list<std::size_t> values) {
    std::vector<ProductIndex> result;
    for (const std::size_t value : values) result.emplace_back(value);
    return result;
}

TEST(RankingScores, AgreeWithAHandComputedExample) {
    // Hits at ranks 1, 3 and 4 of 5; four relevant products.
    const auto scores = score_list(products({7, 2, 5, 9, 4}), products({1, 5, 7, 9}), 5);
    const double dcg = 1 + 1 / std::log2(4.0) + 1 / std::log2(5.0);
    const double ideal = 1 + 1 / std::log2(3.0) + 1 / std::log2(4.0) + 1 / std::log2(5.0);
    EXPECT_NEAR(scores.ndcg, dcg / ideal, 1e-12);
    EXPECT_NEAR(scores.ndcg, 0.75369761125927, 1e-12);
    EXPECT_DOUBLE_EQ(scores.recall, 0.75);
    EXPECT_DOUBLE_EQ(scores.precision, 0.6);
    EXPECT_NEAR(scores.f1, 2 * 0.6 * 0.75 / 1.35, 1e-12);
    EXPECT_NEAR(scores.average_precision, (1 + 2.0 / 3 + 3.0 / 4) / 4, 1e-12);
    EXPECT_DOUBLE_EQ(scores.reciprocal_rank, 1);
    EXPECT_DOUBLE_EQ(scores.hit, 1);
}

TEST(RankingScores, LateFirstHitAndMoreRelevantThanPlaces) {
    const auto scores = score_list(products({8, 1}), products({1, 2, 3, 4}), 2);
    EXPECT_NEAR(scores.ndcg, (1 / std::log2(3.0)) / (1 + 1 / std::log2(3.0)), 1e-12);
    EXPECT_DOUBLE_EQ(scores.recall, 0.25);
    EXPECT_DOUBLE_EQ(scores.precision, 0.5);
    EXPECT_DOUBLE_EQ(scores.average_precision, 0.25);
    EXPECT_DOUBLE_EQ(scores.reciprocal_rank, 0.5);
}

TEST(RankingScores, PlacesBeyondKAndMissingPlacesAreMisses) {
    EXPECT_EQ(score_list(products({8, 9, 1}), products({1}), 2), RankingScores{});
    const auto short_list = score_list(products({1}), products({1}), 4);
    EXPECT_DOUBLE_EQ(short_list.precision, 0.25);
    EXPECT_DOUBLE_EQ(short_list.ndcg, 1);
    EXPECT_EQ(score_list({}, products({1}), 4), RankingScores{});
}

TEST(RankingScores, NothingRelevantScoresNothing) {
    EXPECT_EQ(score_list(products({1, 2}), {}, 2), RankingScores{});
}

struct Case {
    std::vector<ProductIndex> list;
    std::vector<ProductIndex> relevant;
    std::size_t k;
};

/// A random order of 20 products, cut anywhere, and a random set of relevant ones.
Case arbitrary_case() {
    Case example;
    std::vector<std::size_t> order(20);
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto keys =
        *rc::gen::container<std::vector<std::uint32_t>>(20, rc::gen::arbitrary<std::uint32_t>());
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    order.resize(*rc::gen::inRange<std::size_t>(0, 21));
    for (const std::size_t value : order) example.list.emplace_back(value);
    const auto relevant = *rc::gen::nonEmpty(
        rc::gen::container<std::set<std::size_t>>(rc::gen::inRange<std::size_t>(0, 20)));
    for (const std::size_t value : relevant) example.relevant.emplace_back(value);
    example.k = *rc::gen::inRange<std::size_t>(1, 25);
    return example;
}

TEST(RankingScores, PropertyAllLieBetweenZeroAndOne) {
    EXPECT_TRUE(rc::check("bounds", [] {
        const Case example = arbitrary_case();
        const RankingScores s = score_list(example.list, example.relevant, example.k);
        for (const double value :
             {s.ndcg, s.recall, s.precision, s.f1, s.average_precision, s.reciprocal_rank, s.hit}) {
            RC_ASSERT(value >= 0);
            RC_ASSERT(value <= 1 + 1e-12);
        }
        RC_ASSERT((s.hit > 0) == (s.ndcg > 0));
    }));
}

TEST(RankingScores, PropertyThePerfectListHasOne) {
    EXPECT_TRUE(rc::check("perfect", [] {
        const Case example = arbitrary_case();
        const RankingScores s = score_list(example.relevant, example.relevant, example.k);
        RC_ASSERT(std::abs(s.ndcg - 1) < 1e-12);
        RC_ASSERT(std::abs(s.average_precision - 1) < 1e-12);
        RC_ASSERT(s.reciprocal_rank == 1);
        if (example.relevant.size() <= example.k) RC_ASSERT(s.recall == 1);
        if (example.relevant.size() >= example.k) RC_ASSERT(s.precision == 1);
    }));
}

TEST(RankingScores, PropertyWhatFollowsTheListIsIrrelevant) {
    EXPECT_TRUE(rc::check("the order beyond k changes nothing", [] {
        const Case example = arbitrary_case();
        std::vector<ProductIndex> reversed_tail = example.list;
        if (reversed_tail.size() > example.k) {
            std::reverse(reversed_tail.begin() + static_cast<std::ptrdiff_t>(example.k),
                         reversed_tail.end());
        }
        RC_ASSERT(score_list(example.list, example.relevant, example.k) ==
                  score_list(reversed_tail, example.relevant, example.k));
    }));
}

/// The definitions written out without a thought for speed.
RankingScores slow_scores(const Case& example) {
    const auto is_hit = [&](std::size_t rank) {
        return rank <= example.k && rank <= example.list.size() &&
               std::count(example.relevant.begin(), example.relevant.end(),
                          example.list[rank - 1]) > 0;
    };
    const auto hits_until = [&](std::size_t rank) {
        double hits = 0;
        for (std::size_t r = 1; r <= rank; ++r) hits += is_hit(r) ? 1 : 0;
        return hits;
    };
    const auto num_relevant = static_cast<double>(example.relevant.size());
    const double reachable = std::min(static_cast<double>(example.k), num_relevant);
    RankingScores s;
    double ideal = 0;
    for (std::size_t rank = 1; rank <= example.k; ++rank) {
        const auto r = static_cast<double>(rank);
        if (r <= reachable) ideal += 1 / std::log2(1 + r);
        if (!is_hit(rank)) continue;
        s.ndcg += 1 / std::log2(1 + r);
        s.average_precision += hits_until(rank) / r / reachable;
        s.reciprocal_rank = std::max(s.reciprocal_rank, 1 / r);
        s.hit = 1;
    }
    s.ndcg /= ideal;
    s.recall = hits_until(example.k) / num_relevant;
    s.precision = hits_until(example.k) / static_cast<double>(example.k);
    if (s.hit > 0) s.f1 = 2 / (1 / s.recall + 1 / s.precision);
    return s;
}

TEST(RankingScores, PropertyAgreeWithBruteForce) {
    EXPECT_TRUE(rc::check("oracle", [] {
        const Case example = arbitrary_case();
        const RankingScores fast = score_list(example.list, example.relevant, example.k);
        const RankingScores slow = slow_scores(example);
        RC_ASSERT(std::abs(fast.ndcg - slow.ndcg) < 1e-12);
        RC_ASSERT(std::abs(fast.recall - slow.recall) < 1e-12);
        RC_ASSERT(std::abs(fast.precision - slow.precision) < 1e-12);
        RC_ASSERT(std::abs(fast.f1 - slow.f1) < 1e-12);
        RC_ASSERT(std::abs(fast.average_precision - slow.average_precision) < 1e-12);
        RC_ASSERT(fast.reciprocal_rank == slow.reciprocal_rank);
        RC_ASSERT(fast.hit == slow.hit);
    }));
}

}  // namespace
}  // namespace attune
