#include "models/sgd/bpr.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "models/sgd/history_map.hpp"
#include "models/sgd/warp.hpp"
#include "support/factor_matrix.hpp"
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

template <typename Options, typename Fit>
std::unique_ptr<Recommender> fit(const TrainingData& data, Options options, Fit fit_model) {
    options.solver.num_factors = 8;
    ThreadPool pool(2);
    NullProgress progress;
    auto model = fit_model(data, options, pool, progress);
    EXPECT_TRUE(model);
    return *std::move(model);
}

std::vector<std::unique_ptr<Recommender>> both(const TrainingData& data) {
    std::vector<std::unique_ptr<Recommender>> models;
    models.push_back(fit(data, BprOptions{}, fit_bpr));
    models.push_back(fit(data, WarpOptions{}, fit_warp));
    return models;
}

TEST(PairwiseModels, AnEventOfANewCustomerCountsAtOnce) {
    for (const auto& model : both(blocks())) {
        std::vector<double> scores(kNumProducts);
        model->score({nullptr, {}, kMadeNow}, scores);
        EXPECT_THAT(scores, testing::Each(0.0));
        const auto history = made_history({{2, 1}, {6, 1}, {10, 1}});
        model->score({nullptr, history, kMadeNow}, scores);
        double worst_even = scores[0];
        double best_odd = scores[1];
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            if (j % 2 == 0) worst_even = std::min(worst_even, scores[j]);
            if (j % 2 == 1) best_odd = std::max(best_odd, scores[j]);
        }
        EXPECT_GT(worst_even, best_odd) << model->name();
    }
}

TEST(PairwiseModels, AProductsShareIsWhatTheScoreFallsByWithoutIt) {
    const TrainingData data = blocks();
    for (const auto& model : both(data)) {
        const auto history = made_history({{0, 1}, {2, 9}, {4, 30, 0.3F}, {7, 2}, {11, 3}});
        const CustomerView view{nullptr, history, kMadeNow};
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            const auto explanation = model->explain(view, ProductIndex(j));
            std::size_t num_cited = 0;
            for (const Evidence& cited : explanation.evidence) {
                if (cited.kind != EvidenceKind::kEvent) continue;
                ++num_cited;
                const auto without = without_evidence(view, {cited}, *data.catalogue);
                EXPECT_NEAR(
                    explanation.score - model->explain(without.view(), ProductIndex(j)).score,
                    cited.contribution, 1e-9);
            }
            EXPECT_EQ(num_cited, 5U);
        }
    }
}

TEST(PairwiseModels, TheLastProductOfAHistoryIsMissedToo) {
    const TrainingData data = blocks();
    for (const auto& model : both(data)) {
        const auto history = made_history({{3, 1}});
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            const auto explanation = model->explain({nullptr, history, kMadeNow}, ProductIndex(j));
            for (const Evidence& cited : explanation.evidence) {
                if (cited.kind == EvidenceKind::kEvent && cited.contribution > 0) {
                    EXPECT_GT(explanation.score, 0);
                }
            }
        }
    }
}

TEST(HistoryMap, FindsTheMapThatMadeTheFactors) {
    Random random(9);
    constexpr std::size_t kRank = 5;
    const auto filled = [&](std::size_t rows) {
        FactorRows factors(rows, kRank);
        for (std::size_t row = 0; row < rows; ++row) {
            for (float& value : factors.row(row)) value = static_cast<float>(random.normal());
        }
        return factors;
    };
    const FactorRows products = filled(30);
    const Eigen::MatrixXd planted = as_matrix(filled(kRank));
    const Eigen::MatrixXd all_products = as_matrix(products);
    std::vector<Triplet> triplets;
    for (std::uint32_t c = 0; c < 3'000; ++c) {
        for (int i = 0; i < 6 && c != 17; ++i) {
            triplets.push_back({c, static_cast<std::uint32_t>(random.below(30)), 0.5F});
        }
    }
    const CsrMatrix strengths = csr_from_triplets(3'000, 30, std::move(triplets));
    FactorRows customers(3'000, kRank);
    for (std::size_t c = 0; c < 3'000; ++c) {
        Eigen::VectorXd history = Eigen::VectorXd::Zero(kRank);
        for (std::size_t at = 0; at < strengths.row_columns(c).size(); ++at) {
            history += static_cast<double>(strengths.row_values(c)[at]) *
                       all_products.row(strengths.row_columns(c)[at]).transpose();
        }
        const Eigen::VectorXf mapped = (planted.transpose() * history).cast<float>();
        std::copy(mapped.begin(), mapped.end(), customers.row(c).begin());
    }
    ThreadPool one(1);
    ThreadPool three(3);
    const Eigen::MatrixXd found = sgd::fit_history_map(strengths, customers, products, 1e-9, one);
    EXPECT_LT((found - planted).cwiseAbs().maxCoeff(), 1e-5);
    EXPECT_EQ(found, sgd::fit_history_map(strengths, customers, products, 1e-9, three));
}

TEST(PairwiseModels, RefuseOptionsOutOfRangeEvenWithoutEvents) {
    ThreadPool pool(1);
    NullProgress progress;
    const TrainingData data = made_data(4, {{}});
    BprOptions bpr;
    bpr.model.history_ridge = 0;
    EXPECT_FALSE(fit_bpr(data, bpr, pool, progress));
    bpr = {};
    bpr.solver.num_factors = 0;
    EXPECT_FALSE(fit_bpr(data, bpr, pool, progress));
    bpr = {};
    bpr.model.strength.half_life_days = -1;
    EXPECT_FALSE(fit_bpr(data, bpr, pool, progress));
    WarpOptions warp;
    warp.solver.max_draws = 0;
    const auto fitted = fit_warp(blocks(), warp, pool, progress);
    ASSERT_FALSE(fitted);
    EXPECT_THAT(fitted.error().message, testing::HasSubstr("max_draws"));
}

}  // namespace
}  // namespace attune
