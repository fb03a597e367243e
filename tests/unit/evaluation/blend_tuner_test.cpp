#include "evaluation/blend_tuner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evaluation/evaluate_ranking.hpp"
#include "unit/evaluation/sample_data.hpp"

namespace attune {
namespace {

TimeSplit planted_split() {
    TimeSplitOptions options;
    options.cut = sample_day(60);
    return split_by_time(planted_data(60, 30, 12, 5), options).value();
}

ScoredModel by_index() {
    return {"by_index", [](const CustomerView&, std::span<double> scores) {
                for (std::size_t p = 0; p < scores.size(); ++p) {
                    scores[p] = static_cast<double>(p % 7);
                }
            }};
}

ScoredModel sum_of(const ScoredModel& a, double weight_a, const ScoredModel& b, double weight_b) {
    return {"sum", [=](const CustomerView& customer, std::span<double> scores) {
                std::vector<double> other(scores.size());
                a.score(customer, scores);
                b.score(customer, other);
                for (std::size_t i = 0; i < scores.size(); ++i) {
                    scores[i] = weight_a * scores[i] + weight_b * other[i];
                }
            }};
}

TEST(BlendTuner, AgreesWithScoringTheBlend) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const std::vector<ScoredModel> models{popularity_baseline(split), by_index()};
    const auto tuner = BlendTuner::create(split, models, {}, pool).value();
    EXPECT_EQ(tuner.num_models(), 2U);
    EXPECT_EQ(tuner.num_customers(), split.num_customers());
    EXPECT_EQ(tuner.num_candidates(), split.candidates.size());
    EXPECT_EQ(tuner.names()[1], "by_index");
    for (const auto& [a, b] : {std::pair{1.0, 0.0}, {0.0, 1.0}, {0.5, 2.0}}) {
        const auto blend = sum_of(models[0], a, models[1], b);
        const auto expected = evaluate_recommenders(split, std::vector{blend}, {}, pool).value();
        EXPECT_NEAR(tuner.ndcg_of_blend(std::vector{a, b}, pool).value(),
                    expected.models[2].metric(RankingMetric::kNdcg).value, 1e-12);
        EXPECT_EQ(tuner.ndcg_of_customers(std::vector{a, b}, pool).value(),
                  expected.models[2].ndcg_of_customer);
    }
}

TEST(BlendTuner, KeepsScoresOfCandidatesAfterNormalizing) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    BlendTunerOptions options;
    options.normalize = [](std::span<double> scores) {
        const double best = *std::max_element(scores.begin(), scores.end());
        for (double& score : scores) score /= best;
    };
    const auto tuner = BlendTuner::create(split, std::vector{by_index()}, options, pool).value();
    const auto scores = tuner.scores(0, 3);
    ASSERT_EQ(scores.size(), split.candidates.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
        EXPECT_FLOAT_EQ(scores[i], static_cast<float>(tuner.candidates()[i].at() % 7) / 6.0F);
    }
}

TEST(BlendTuner, DrawsCustomersWhenMemoryIsShort) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    BlendTunerOptions options;
    options.max_bytes = 10 * split.candidates.size() * sizeof(float) + 3;
    const auto tuner = BlendTuner::create(split, std::vector{by_index()}, options, pool).value();
    EXPECT_EQ(tuner.num_customers(), 10U);
    EXPECT_TRUE(std::is_sorted(tuner.customers().begin(), tuner.customers().end()));
    const auto again = BlendTuner::create(split, std::vector{by_index()}, options, pool).value();
    EXPECT_EQ(tuner.customers(), again.customers());
    const auto whole = evaluate_recommenders(split, std::vector{by_index()}, {}, pool).value();
    const auto drawn = tuner.ndcg_of_customers(std::vector{1.0}, pool).value();
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        const auto found =
            std::find(split.customers.begin(), split.customers.end(), tuner.customers()[i]);
        const auto position = static_cast<std::size_t>(found - split.customers.begin());
        EXPECT_EQ(drawn[i], whole.models[2].ndcg_of_customer[position]);
    }
}

TEST(BlendTuner, RefusesWhatCannotBeBlended) {
    const TimeSplit split = planted_split();
    ThreadPool pool(1);
    EXPECT_FALSE(BlendTuner::create(split, {}, {}, pool));
    EXPECT_FALSE(BlendTuner::create(split, std::vector{by_index()}, {.k = 0}, pool));
    EXPECT_FALSE(BlendTuner::create(split, std::vector{by_index()}, {.max_bytes = 4}, pool));
    const ScoredModel broken{"broken", [](const CustomerView&, std::span<double> scores) {
                                 std::fill(scores.begin(), scores.end(), 1e300);
                             }};
    const auto refused = BlendTuner::create(split, std::vector{broken}, {}, pool);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
    const auto tuner = BlendTuner::create(split, std::vector{by_index()}, {}, pool).value();
    EXPECT_FALSE(tuner.ndcg_of_blend(std::vector{1.0, 2.0}, pool));
    EXPECT_FALSE(tuner.ndcg_of_blend(std::vector{std::nan("")}, pool));
}

}  // namespace
}  // namespace attune
