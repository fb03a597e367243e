#include "models/neighbours/item_knn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "unit/models/made_data.hpp"

namespace attune {
namespace {

std::unique_ptr<Recommender> fit(const TrainingData& data, const ItemKnnOptions& options = {}) {
    ThreadPool pool(2);
    NullProgress progress;
    auto model = fit_item_knn(data, options, pool, progress);
    EXPECT_TRUE(model);
    return *std::move(model);
}

/// p0 and p1 go together, p2 and p3 go together.
TrainingData pairs() {
    return made_data(5, {{{0, 1}, {1, 1}}, {{0, 1}, {1, 1}}, {{2, 1}, {3, 1}}, {{0, 3}}});
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events) {
    const auto history = made_history(events);
    std::vector<double> scores(5);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

TEST(ItemKnn, ScoresTheNeighboursOfTheHistory) {
    const auto scores = scores_of(*fit(pairs()), {{0, 1}});
    EXPECT_GT(scores[1], 0);
    EXPECT_EQ(scores[0], 0);
    EXPECT_EQ(scores[2], 0);
    EXPECT_EQ(scores[4], 0);
}

TEST(ItemKnn, TypicalBestNewProductScoresOne) {
    // Only c3 has a neighbour that is new to it.
    EXPECT_NEAR(scores_of(*fit(pairs()), {{0, 3}})[1], 1, 1e-12);
}

TEST(ItemKnn, OneMoreEventOnlyAdds) {
    const auto model = fit(pairs());
    const double alone = scores_of(*model, {{0, 1}})[1];
    EXPECT_EQ(scores_of(*model, {{0, 1}, {2, 1}})[1], alone);
}

TEST(ItemKnn, HistoryFadesWhenAsked) {
    ItemKnnOptions options;
    options.history.half_life_days = 10;
    const auto model = fit(pairs(), options);
    EXPECT_NEAR(scores_of(*model, {{0, 10}})[1], scores_of(*model, {{0, 0}})[1] / 2, 1e-12);
}

TEST(ItemKnn, ProductsBoughtLatelyAreBetterNeighbours) {
    const TrainingData data =
        made_data(3, {{{0, 100}, {1, 100}}, {{0, 1}, {2, 1}}, {{1, 9, 0}, {0, 1}}});
    ItemKnnOptions options;
    const auto history = made_history({{0, 1}});
    std::vector<double> scores(3);
    fit(data, options)->score({nullptr, history, kMadeNow}, scores);
    EXPECT_GT(scores[2], 2 * scores[1]);
    options.target_half_life_days = 0;
    fit(data, options)->score({nullptr, history, kMadeNow}, scores);
    EXPECT_EQ(scores[2], scores[1]);
}

TEST(ItemKnn, LumpsWhatIsBeyondTheStrongest) {
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t i = 1; i < 5; ++i) {
        for (std::size_t times = 0; times < i; ++times) histories.push_back({{0, 1}, {i, 1}});
    }
    ItemKnnOptions options;
    options.max_evidence = 2;
    const auto model = fit(made_data(5, histories), options);
    const auto history = made_history({{1, 1}, {2, 1}, {3, 1}, {4, 4}});
    const auto explanation = model->explain({nullptr, history, kMadeNow}, ProductIndex(0));
    ASSERT_EQ(explanation.evidence.size(), 3U);
    EXPECT_EQ(explanation.evidence[0].subject, "p4");
    EXPECT_EQ(explanation.evidence[0].time, add_days(kMadeNow, -4));
    EXPECT_EQ(explanation.evidence[1].subject, "p3");
    EXPECT_EQ(explanation.evidence[2].kind, EvidenceKind::kBaseline);
    EXPECT_GT(explanation.evidence[2].contribution, 0);
    EXPECT_NEAR(total_contribution(explanation.evidence), explanation.score, 1e-12);
}

TEST(ItemKnn, RefusesOptionsOutOfRange) {
    ThreadPool pool(1);
    NullProgress progress;
    const auto message = [&](const ItemKnnOptions& options) {
        const auto model = fit_item_knn(pairs(), options, pool, progress);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    ItemKnnOptions options;
    options.similarity.num_neighbours = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("neighbours"));
    options = {};
    options.similarity.bm25_b = 1.5;
    EXPECT_THAT(message(options), testing::HasSubstr("BM25"));
    options = {};
    options.similarity.bm25_k1 = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("BM25"));
    options = {};
    options.similarity.target_exponent = std::nan("");
    EXPECT_THAT(message(options), testing::HasSubstr("exponent"));
    options = {};
    options.target_half_life_days = -1;
    EXPECT_THAT(message(options), testing::HasSubstr("half-life"));
}

TEST(ItemKnn, RefusesOrSurvivesDamagedBytes) {
    const TrainingData data = pairs();
    BinaryWriter writer;
    fit(data)->save(writer);
    const std::string bytes = writer.bytes();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = '\xff';
        BinaryReader reader(damaged);
        const auto loaded = load_item_knn(reader, data.catalogue);
        if (!loaded) {
            EXPECT_THAT(loaded.error().code,
                        testing::AnyOf(ErrorCode::kCorrupt, ErrorCode::kNewerFormat));
            continue;
        }
        for (const double score : scores_of(**loaded, {{0, 1}, {2, 1}})) {
            EXPECT_TRUE(std::isfinite(score)) << at;
        }
    }
}

}  // namespace
}  // namespace attune
