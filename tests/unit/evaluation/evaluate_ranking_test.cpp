#include "evaluation/evaluate_ranking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

#include "evaluation/ranking_metrics.hpp"
#include "unit/evaluation/sample_data.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TimeSplit planted_split() {
    TimeSplitOptions options;
    options.cut = sample_day(60);
    return split_by_time(planted_data(60, 30, 12, 5), options).value();
}

/// Knows which half of the catalogue each customer buys from: what was planted.
ScoredModel planted_model() {
    return {"planted", [](const CustomerView& customer, std::span<double> scores) {
                const bool odd = (customer.profile->id.back() - '0') % 2 == 1;
                for (std::size_t p = 0; p < scores.size(); ++p) {
                    scores[p] = (p >= scores.size() / 2) == odd ? 1 : 0;
                }
            }};
}

class ByIndex : public Recommender {
 public:
    [[nodiscard]] std::string_view name() const override { return "by_index"; }
    void score(const CustomerView&, std::span<double> scores) const override {
        for (std::size_t p = 0; p < scores.size(); ++p) scores[p] = static_cast<double>(p);
    }
    [[nodiscard]] Explanation explain(const CustomerView&, ProductIndex) const override {
        return {};
    }
    void save(BinaryWriter&) const override {}
};

/// Finds its best without scoring.
class OwnLists final : public ByIndex {
 public:
    [[nodiscard]] std::vector<Scored<double>> top_products(const CustomerView&,
                                                           std::size_t num_products, std::size_t k,
                                                           const ItemMask& mask) const override {
        std::vector<Scored<double>> best;
        for (auto p = static_cast<std::uint32_t>(num_products); p-- > 0 && best.size() < k;) {
            const bool held = std::binary_search(mask.held.begin(), mask.held.end(), p);
            if (!held && mask.allowed[p] != 0) best.push_back({p, static_cast<double>(p)});
        }
        num_asked += 1;
        return best;
    }
    mutable std::atomic<std::size_t> num_asked{0};
};

TEST(Lists, AreTheModelsOwnWhereItHasAWayToThem) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const ByIndex scored;
    const OwnLists listed;
    const auto expected = recommend_lists(split, scored_model("x", scored), 4, pool).value();
    const auto found = recommend_lists(split, scored_model("x", listed), 4, pool).value();
    EXPECT_EQ(listed.num_asked, split.num_customers());
    EXPECT_EQ(found.offsets, expected.offsets);
    EXPECT_EQ(found.products, expected.products);
}

TEST(Lists, HoldTheBestCandidatesThatAreNotHeld) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const ByIndex model;
    const auto lists = recommend_lists(split, scored_model("x", model), 4, pool).value();
    ASSERT_EQ(lists.num_lists(), split.num_customers());
    for (std::size_t i = 0; i < lists.num_lists(); ++i) {
        const auto held = split.held_of(i);
        std::vector<ProductIndex> expected(split.candidates.rbegin(), split.candidates.rend());
        std::erase_if(expected, [&](ProductIndex p) {
            return std::binary_search(held.begin(), held.end(), p);
        });
        expected.resize(4);
        const auto list = lists.list(i);
        EXPECT_EQ(std::vector(list.begin(), list.end()), expected);
    }
}

TEST(Lists, TiesGoToTheLowerIndex) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const ScoredModel constant{"constant", [](const CustomerView&, std::span<double> scores) {
                                   std::fill(scores.begin(), scores.end(), 0.5);
                               }};
    const auto lists = recommend_lists(split, constant, 5, pool).value();
    for (std::size_t i = 0; i < lists.num_lists(); ++i) {
        const auto list = lists.list(i);
        EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
    }
}

TEST(Lists, AreAsShortAsTheCandidatesLeave) {
    TimeSplitOptions options;
    options.cut = sample_day(10);
    const TrainingData data = sample_data(2, 3, {{0, 0, 1}, {1, 1, 1}, {0, 1, 12}});
    const TimeSplit split = split_by_time(data, options).value();
    ThreadPool pool(1);
    const auto lists = recommend_lists(split, random_baseline(1), 10, pool).value();
    ASSERT_EQ(lists.num_lists(), 1U);
    EXPECT_THAT(lists.list(0), ElementsAre(ProductIndex(1)));
}

TEST(Lists, RefuseScoresThatAreNotFinite) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const ScoredModel broken{"broken", [](const CustomerView& customer, std::span<double> scores) {
                                 std::fill(scores.begin(), scores.end(), 1.0);
                                 if (customer.profile->id >= "c020") scores[3] = std::nan("");
                             }};
    const auto refused = recommend_lists(split, broken, 5, pool);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
    EXPECT_THAT(refused.error().message, HasSubstr("broken gives customer c020"));
    EXPECT_THAT(refused.error().message, HasSubstr("p003"));
    EXPECT_FALSE(recommend_lists(split, planted_model(), 0, pool));
    EXPECT_FALSE(evaluate_recommenders(split, std::vector{broken}, {}, pool));
}

TEST(Lists, ModelsThatChangeTheirMindAreRefusedWithoutAProduct) {
    const TimeSplit split = planted_split();
    ThreadPool pool(1);
    std::atomic<int> calls{0};
    const ScoredModel fickle{"fickle", [&](const CustomerView&, std::span<double> scores) {
                                 std::fill(scores.begin(), scores.end(),
                                           calls++ == 0 ? std::nan("") : 1.0);
                             }};
    const auto refused = recommend_lists(split, fickle, 5, pool);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("for product ?"));
}

TEST(Baselines, RandomDependsOnTheCustomerAndTheSeed) {
    std::vector<double> a(5);
    std::vector<double> b(5);
    Customer profile;
    profile.id = "x";
    const CustomerView known{&profile, {}, {}};
    random_baseline(1).score(known, a);
    random_baseline(1).score(known, b);
    EXPECT_EQ(a, b);
    random_baseline(2).score(known, b);
    EXPECT_NE(a, b);
    random_baseline(1).score(CustomerView::anonymous({}), b);
    EXPECT_NE(a, b);
}

TEST(Baselines, PopularityCountsCustomersBeforeTheCut) {
    const TrainingData data = sample_data(
        3, 3, {{0, 0, 1}, {0, 0, 2}, {0, 0, 3}, {1, 1, 1}, {2, 1, 1}, {2, 2, 1}, {0, 2, 20}});
    TimeSplitOptions options;
    options.cut = sample_day(10);
    const TimeSplit split = split_by_time(data, options).value();
    std::vector<double> scores(3);
    popularity_baseline(split).score(CustomerView::anonymous({}), scores);
    EXPECT_THAT(scores, ElementsAre(1, 2, 1));
}

TEST(EvaluateRanking, PutsTheBaselinesFirstAndThePlantedModelAhead) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const auto evaluation =
        evaluate_recommenders(split, std::vector{planted_model()}, {}, pool).value();
    ASSERT_EQ(evaluation.models.size(), 3U);
    EXPECT_EQ(evaluation.num_baselines, 2U);
    EXPECT_EQ(evaluation.models[0].name, kRandomBaseline);
    EXPECT_EQ(evaluation.models[1].name, kPopularityBaseline);
    EXPECT_EQ(evaluation.models[2].name, "planted");
    const auto& gain = evaluation.models[2].gains[0];
    EXPECT_GT(gain.interval->low, 0);
    EXPECT_NEAR(gain.value,
                evaluation.models[2].metric(RankingMetric::kNdcg).value -
                    evaluation.models[1].metric(RankingMetric::kNdcg).value,
                1e-12);
    EXPECT_EQ(evaluation.models[1].gains[0], (Estimate{0, Interval{0, 0}}));
    EXPECT_EQ(evaluation.num_customers, split.num_customers());
    EXPECT_EQ(evaluation.num_pairs, split.num_pairs());
    EXPECT_EQ(evaluation.num_candidates, split.candidates.size());
    EXPECT_EQ(evaluation.num_products, 30U);
    EXPECT_EQ(evaluation.k, 10U);
}

TEST(EvaluateRanking, SaysWhetherAModelBeatsTheBestOfTheOthers) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    const ScoredModel weak{"weak", [](const CustomerView&, std::span<double> scores) {
                               for (std::size_t p = 0; p < scores.size(); ++p) {
                                   scores[p] = static_cast<double>(p);
                               }
                           }};
    const RankingEvaluation evaluation =
        evaluate_recommenders(split, std::vector{weak, planted_model()}, {}, pool).value();
    const ModelComparison won = compare_with_best(evaluation, "planted", pool).value();
    EXPECT_NE(won.against, "planted");
    EXPECT_NEAR(won.ndcg_gain.value,
                evaluation.models[3].metric(RankingMetric::kNdcg).value -
                    std::max({evaluation.models[0].metric(RankingMetric::kNdcg).value,
                              evaluation.models[1].metric(RankingMetric::kNdcg).value,
                              evaluation.models[2].metric(RankingMetric::kNdcg).value}),
                1e-12);
    EXPECT_EQ(verdict_of(won.ndcg_gain), "better");
    EXPECT_THAT(describe(won, 10), ::testing::HasSubstr(": better"));
    const ModelComparison lost = compare_with_best(evaluation, "weak", pool).value();
    EXPECT_EQ(lost.against, "planted");
    EXPECT_EQ(verdict_of(lost.ndcg_gain), "worse");
    EXPECT_FALSE(compare_with_best(evaluation, "none", pool));
    EXPECT_FALSE(compare_with_best({}, "none", pool));
}

TEST(EvaluateRanking, MeansAgreeWithListByListScores) {
    const TimeSplit split = planted_split();
    ThreadPool pool(2);
    RankingOptions options;
    options.k = 5;
    options.similarity = [catalogue = split.train.catalogue](ProductIndex a, ProductIndex b) {
        return catalogue->category_of(a) == catalogue->category_of(b) ? 1.0 : 0.0;
    };
    const auto model =
        evaluate_recommenders(split, std::vector{planted_model()}, options, pool).value().models[2];
    const auto lists = recommend_lists(split, planted_model(), 5, pool).value();
    RankingScores sums;
    double diversity = 0;
    std::set<ProductIndex> shown;
    for (std::size_t i = 0; i < lists.num_lists(); ++i) {
        const RankingScores scores = score_list(lists.list(i), split.test_of(i), 5);
        EXPECT_EQ(model.ndcg_of_customer[i], scores.ndcg);
        sums.ndcg += scores.ndcg;
        sums.recall += scores.recall;
        sums.precision += scores.precision;
        sums.f1 += scores.f1;
        sums.average_precision += scores.average_precision;
        sums.reciprocal_rank += scores.reciprocal_rank;
        sums.hit += scores.hit;
        diversity += intra_list_diversity(lists.list(i), options.similarity);
        shown.insert(lists.list(i).begin(), lists.list(i).end());
    }
    const auto count = static_cast<double>(lists.num_lists());
    const auto value = [&](RankingMetric metric) { return model.metric(metric).value; };
    EXPECT_NEAR(value(RankingMetric::kNdcg), sums.ndcg / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kRecall), sums.recall / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kPrecision), sums.precision / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kF1), sums.f1 / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kMap), sums.average_precision / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kMrr), sums.reciprocal_rank / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kHitRate), sums.hit / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kDiversity), diversity / count, 1e-12);
    EXPECT_NEAR(value(RankingMetric::kCoverage),
                static_cast<double>(shown.size()) / static_cast<double>(split.candidates.size()),
                1e-12);
    EXPECT_FALSE(model.metric(RankingMetric::kCoverage).interval);
    EXPECT_GT(value(RankingMetric::kNovelty), 0);
    for (std::size_t i = 0; i < kNumCustomerMetrics; ++i) {
        EXPECT_LE(model.metrics[i].interval->low, model.metrics[i].value);
        EXPECT_GE(model.metrics[i].interval->high, model.metrics[i].value);
    }
}

TEST(EvaluateRanking, DoesNotDependOnThreads) {
    const TimeSplit split = planted_split();
    ThreadPool one(1);
    ThreadPool four(4);
    const auto a = evaluate_recommenders(split, std::vector{planted_model()}, {}, one).value();
    const auto b = evaluate_recommenders(split, std::vector{planted_model()}, {}, four).value();
    for (std::size_t m = 0; m < a.models.size(); ++m) {
        EXPECT_EQ(a.models[m].metrics, b.models[m].metrics);
        EXPECT_EQ(a.models[m].gains, b.models[m].gains);
        EXPECT_EQ(a.models[m].ndcg_of_customer, b.models[m].ndcg_of_customer);
    }
}

TEST(EvaluateRanking, PerfectListsHaveAnNdcgOfOne) {
    const TimeSplit split = planted_split();
    ThreadPool pool(1);
    RecommendedLists perfect;
    perfect.name = "perfect";
    perfect.products = split.test_products;
    perfect.offsets = split.test_offsets;
    const auto evaluation = evaluate_lists(split, std::vector{perfect}, {}, pool).value();
    EXPECT_NEAR(evaluation.models[2].metric(RankingMetric::kNdcg).value, 1, 1e-12);
    EXPECT_EQ(evaluation.models[2].metric(RankingMetric::kHitRate).value, 1);
}

TEST(EvaluateRanking, RefusesListsThatDoNotFit) {
    const TimeSplit split = planted_split();
    ThreadPool pool(1);
    const auto good = recommend_lists(split, planted_model(), 5, pool).value();
    RecommendedLists taken = good;
    taken.name = kPopularityBaseline;
    const auto refused = evaluate_lists(split, std::vector{taken}, {}, pool);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("popularity"));
    RecommendedLists too_few = good;
    too_few.offsets.pop_back();
    EXPECT_FALSE(evaluate_lists(split, std::vector{too_few}, {}, pool));
    RecommendedLists repeating = good;
    repeating.products[1] = repeating.products[0];
    EXPECT_FALSE(evaluate_lists(split, std::vector{repeating}, {}, pool));
    EXPECT_FALSE(evaluate_lists(split, {}, {.k = 0}, pool));
    RankingOptions few;
    few.bootstrap.num_resamples = 1;
    EXPECT_FALSE(evaluate_lists(split, std::vector{good}, few, pool));
}

TEST(RankingMetrics, AreDescribedInOrder) {
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < kNumRankingMetrics; ++i) {
        const MetricInfo& info = ranking_metric_infos()[i];
        EXPECT_EQ(static_cast<std::size_t>(info.metric), i);
        EXPECT_TRUE(keys.insert(info.key).second);
        EXPECT_FALSE(info.source.empty());
    }
    EXPECT_EQ(info_of(RankingMetric::kNovelty).unit, "bits");
}

}  // namespace
}  // namespace attune
