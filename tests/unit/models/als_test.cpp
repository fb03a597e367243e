#include "models/als.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/random.hpp"
#include "math/dense.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

constexpr std::size_t kNumProducts = 24;

TrainingData blocks() {
    Random random(8);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 60; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t j = c % 2; j < kNumProducts; j += 2) {
            if (random.uniform() < 0.5) events.push_back({j, 60 * random.uniform()});
        }
        histories.push_back(std::move(events));
    }
    return made_data(kNumProducts, histories);
}

AlsOptions small_options() {
    AlsOptions options;
    options.solver.num_factors = 8;
    return options;
}

std::unique_ptr<Recommender> fit(const TrainingData& data, const AlsOptions& options) {
    ThreadPool pool(2);
    NullProgress progress;
    auto model = fit_als(data, options, pool, progress);
    EXPECT_TRUE(model);
    return *std::move(model);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events) {
    const auto history = made_history(events);
    std::vector<double> scores(kNumProducts);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

TEST(Als, AnEventOfANewCustomerCountsAtOnce) {
    const auto model = fit(blocks(), small_options());
    EXPECT_THAT(scores_of(*model, {}), testing::Each(0.0));
    const auto scores = scores_of(*model, {{2, 1}});
    double even = 0;
    double odd = 0;
    for (std::size_t j = 4; j < kNumProducts; ++j) (j % 2 == 0 ? even : odd) += scores[j];
    EXPECT_GT(even, 5 * std::abs(odd));
}

TEST(Als, FoldedInScoresAreThoseOfTheFactors) {
    // After a half sweep over customers the trained factors equal the folded-in ones.
    const TrainingData data = blocks();
    AlsOptions options = small_options();
    options.strength.half_life_days = 0;
    options.solver.objective.regularization = 0.05;
    options.solver.num_sweeps = 60;  // converged
    const auto model = fit(data, options);
    ThreadPool pool(1);
    NullProgress progress;
    const auto factors =
        solve_als(strength_matrix(data, options.strength), options.solver, pool, progress);
    ASSERT_TRUE(factors);
    std::vector<double> scores(kNumProducts);
    for (std::size_t c = 0; c < 10; ++c) {
        model->score(data.view(CustomerIndex(c)), scores);
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            const double trained =
                dot(factors->customers.row(c).data(), factors->products.row(j).data(),
                    factors->products.num_factors());
            EXPECT_NEAR(scores[j], trained, 2e-3);
        }
    }
}

TEST(Als, EvidenceHoldsAgainstRefitsWithoutIt) {
    // More products than factors and fewer: both systems of FoldIn. Strong regularization that
    // depends on the history's size makes removals change more than their own terms.
    const TrainingData data = blocks();
    for (const AlsLoss loss : {AlsLoss::kTwoWeights, AlsLoss::kConfidence}) {
        AlsOptions options = small_options();
        options.solver.objective = {loss, 0.2, 0.3, 1};
        const auto model = fit(data, options);
        std::size_t num_cited = 0;
        for (const std::size_t size : {3, 12}) {
            std::vector<MadeEvent> events;
            for (std::size_t i = 0; i < size; ++i) {
                events.push_back({(i * 5) % kNumProducts, 7.0 * static_cast<double>(i)});
            }
            const auto history = made_history(events);
            const CustomerView view{nullptr, history, kMadeNow};
            for (std::size_t j = 0; j < kNumProducts; ++j) {
                const auto explanation = model->explain(view, ProductIndex(j));
                EXPECT_NEAR(total_contribution(explanation.evidence), explanation.score, 1e-12);
                for (const Evidence& cited : explanation.evidence) {
                    if (cited.kind != EvidenceKind::kEvent || cited.contribution <= 0) continue;
                    ++num_cited;
                    const auto without = without_evidence(view, {cited}, *data.catalogue);
                    EXPECT_LT(model->explain(without.view(), ProductIndex(j)).score,
                              explanation.score);
                }
            }
        }
        EXPECT_GT(num_cited, 100U);
    }
}

TEST(Als, ListsNoMoreThanAskedFor) {
    AlsOptions options = small_options();
    options.max_evidence = 2;
    const auto model = fit(blocks(), options);
    const auto history = made_history({{0, 1}, {2, 1}, {4, 1}, {6, 1}, {8, 1}});
    const auto explanation = model->explain({nullptr, history, kMadeNow}, ProductIndex(10));
    ASSERT_EQ(explanation.evidence.size(), 3U);
    EXPECT_EQ(explanation.evidence[2].kind, EvidenceKind::kBaseline);
    options.max_evidence = 0;
    EXPECT_EQ(fit(blocks(), options)
                  ->explain({nullptr, history, kMadeNow}, ProductIndex(10))
                  .evidence.size(),
              1U);
}

TEST(Als, RefusesOptionsOutOfRange) {
    ThreadPool pool(1);
    NullProgress progress;
    AlsOptions options = small_options();
    options.observed_weight = 0;
    EXPECT_FALSE(fit_als(blocks(), options, pool, progress));
    options = small_options();
    options.strength.half_life_days = -3;
    EXPECT_FALSE(fit_als(blocks(), options, pool, progress));
    options = small_options();
    options.solver.num_factors = 100'000;
    EXPECT_FALSE(fit_als(blocks(), options, pool, progress));
}

TEST(Als, RefusesBytesThatNoFitWrote) {
    const TrainingData data = blocks();
    BinaryWriter writer;
    fit(data, small_options())->save(writer);
    const std::string bytes = writer.bytes();
    std::size_t num_refused = 0;
    for (std::size_t at = 0; at < 256; ++at) {
        std::string damaged = bytes;
        damaged[at] = '\xff';
        BinaryReader reader(damaged);
        const auto loaded = load_als(reader, data.catalogue);
        if (!loaded) {
            ++num_refused;
            continue;
        }
        for (const double score : scores_of(**loaded, {{0, 1}})) EXPECT_TRUE(std::isfinite(score));
    }
    EXPECT_GT(num_refused, 20U);
}

TEST(Als, SearchesLargeCataloguesApproximatelyAndTellsTheRecall) {
    const TrainingData data = blocks();
    AlsOptions options = small_options();
    EXPECT_THAT(fit(data, options)->facts(), testing::IsEmpty());
    options.search.exact_up_to = 10;
    const auto model = fit(data, options);
    ASSERT_EQ(model->facts().size(), 1U);
    EXPECT_EQ(model->facts()[0].name, "search_recall_at_20");
    EXPECT_GT(std::get<double>(model->facts()[0].value), 0.9);
    const CustomerView view = data.view(CustomerIndex(std::size_t{3}));
    std::vector<double> scores(kNumProducts);
    model->score(view, scores);
    EXPECT_EQ(model->top_products(view, kNumProducts, 5, {}), top_k(scores, 5));

    BinaryWriter writer;
    model->save(writer);
    const std::string bytes(writer.bytes());
    BinaryReader reader(bytes);
    const auto loaded = load_als(reader, data.catalogue);
    ASSERT_TRUE(loaded);
    EXPECT_EQ((*loaded)->facts()[0].value, model->facts()[0].value);
    EXPECT_EQ((*loaded)->top_products(view, kNumProducts, 5, {}),
              model->top_products(view, kNumProducts, 5, {}));
}

}  // namespace
}  // namespace attune
