#include "models/neighbours/user_knn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"
#include "models/matrix_io.hpp"
#include "models/neighbours/item_similarity.hpp"
#include "models/neighbours/user_similarity.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

std::unique_ptr<Recommender> fit(const TrainingData& data, const UserKnnOptions& options = {}) {
    NullProgress progress;
    auto model = fit_user_knn(data, options, progress);
    EXPECT_TRUE(model) << model.error().message;
    return *std::move(model);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events,
                              std::size_t num_products) {
    const auto history = made_history(events);
    std::vector<double> scores(num_products);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

std::vector<MadeEvent> random_history(Random& random, std::size_t num_products) {
    std::vector<MadeEvent> history;
    for (std::size_t j = 0; j < num_products; ++j) {
        if (random.uniform() > 0.25) continue;
        history.push_back(
            {j, std::floor(90 * random.uniform()), static_cast<float>(0.1 + random.uniform())});
    }
    return history;
}

/// The header's formula, densely, up to the scale.
std::vector<double> brute_force(const std::vector<std::vector<MadeEvent>>& customers,
                                const std::vector<MadeEvent>& history, std::size_t num_products,
                                const UserKnnOptions& options) {
    std::vector<double> num_owners(num_products);
    for (const auto& events : customers) {
        for (const MadeEvent& event : events) ++num_owners[event.product];
    }
    std::vector<std::pair<double, std::size_t>> similar;
    for (std::size_t v = 0; v < customers.size(); ++v) {
        double sum = 0;
        double length = 0;
        for (const MadeEvent& event : customers[v]) {
            const double rare = std::pow(num_owners[event.product], -options.product_exponent);
            length += event.weight * event.weight * rare;
            for (const MadeEvent& own : history) {
                if (own.product == event.product) sum += own.weight * event.weight * rare;
            }
        }
        if (sum > 0) similar.push_back({sum * std::pow(length, -options.customer_exponent), v});
    }
    std::sort(similar.rbegin(), similar.rend());
    similar.resize(std::min(similar.size(), options.num_neighbours));
    std::vector<double> scores(num_products);
    for (const auto& [similarity, v] : similar) {
        for (const MadeEvent& event : customers[v]) {
            scores[event.product] += similarity * event.weight *
                                     std::exp2(-event.age_days / options.target_half_life_days);
        }
    }
    return scores;
}

TEST(UserKnn, AgreesWithTheFormulaOverAllCustomers) {
    constexpr std::size_t kNumProducts = 25;
    Random random(3);
    std::vector<std::vector<MadeEvent>> customers(60);
    for (auto& events : customers) events = random_history(random, kNumProducts);
    UserKnnOptions options;
    options.num_neighbours = 8;
    const auto model = fit(made_data(kNumProducts, customers), options);
    for (std::size_t trial = 0; trial < 10; ++trial) {
        const auto history = random_history(random, kNumProducts);
        const auto expected = brute_force(customers, history, kNumProducts, options);
        const auto found = scores_of(*model, history, kNumProducts);
        const double scale = std::accumulate(found.begin(), found.end(), 0.0) /
                             std::accumulate(expected.begin(), expected.end(), 0.0);
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            EXPECT_NEAR(found[j], scale * expected[j], 1e-6 * scale) << trial << ", " << j;
        }
    }
}

TEST(UserKnn, OnlyNeighboursCount) {
    // c0 and c1 share p0; c1 has more beside it and is less similar.
    const TrainingData data = made_data(5, {{{0, 1}, {1, 1}}, {{0, 1}, {2, 1}, {3, 1}}, {{4, 1}}});
    UserKnnOptions options;
    options.num_neighbours = 1;
    const auto nearest = scores_of(*fit(data, options), {{0, 1}}, 5);
    EXPECT_GT(nearest[1], 0);
    EXPECT_EQ(nearest[2], 0);
    options.num_neighbours = 2;
    const auto two = scores_of(*fit(data, options), {{0, 1}}, 5);
    EXPECT_GT(two[1], two[2]);
    EXPECT_GT(two[2], 0);
    EXPECT_EQ(two[4], 0);
}

TEST(UserKnn, WhatNeighboursBoughtLatelyIsBetterAdvice) {
    const TrainingData data = made_data(3, {{{0, 100}, {1, 80}, {2, 0}}});
    UserKnnOptions options;
    options.target_half_life_days = 40;
    auto scores = scores_of(*fit(data, options), {{0, 1}}, 3);
    EXPECT_NEAR(scores[2], 4 * scores[1], 1e-6);
    options.target_half_life_days = 0;
    scores = scores_of(*fit(data, options), {{0, 1}}, 3);
    EXPECT_EQ(scores[2], scores[1]);
}

// Without p1 another customer becomes the neighbour, who has more of p3: p1 is no reason for it.
TEST(UserKnn, DoesNotCiteWhatHoldsTheScoreDown) {
    const TrainingData data =
        made_data(4, {{{0, 1}, {1, 1}, {3, 1, 0.1F}}, {{0, 1}, {2, 1}, {3, 1, 5}}});
    UserKnnOptions options;
    options.num_neighbours = 1;
    options.customer_exponent = 0;
    options.product_exponent = 0;
    const auto model = fit(data, options);
    const auto history = made_history({{0, 1}, {1, 1}, {2, 1, 0.9F}});
    const CustomerView view{nullptr, history, kMadeNow};
    const Explanation explanation = model->explain(view, ProductIndex(3));
    EXPECT_NEAR(total_contribution(explanation.evidence), explanation.score, 1e-12);
    for (const Evidence& cited : explanation.evidence) {
        EXPECT_NE(cited.subject, "p1");
        if (cited.kind != EvidenceKind::kEvent) continue;
        const CustomerState without = without_evidence(view, {cited}, *data.catalogue);
        std::vector<double> scores(4);
        model->score(without.view(), scores);
        EXPECT_LT(scores[3], explanation.score) << cited.subject;
    }
}

TEST(UserKnn, OfOneCustomerOrNone) {
    const auto alone = fit(made_data(2, {{{0, 1}}}));
    EXPECT_GT(scores_of(*alone, {{0, 1}}, 2)[0], 0);
    EXPECT_EQ(scores_of(*alone, {{1, 1}}, 2), std::vector<double>(2, 0.0));
    const auto none = fit(made_data(2, {}));
    EXPECT_EQ(scores_of(*none, {{0, 1}}, 2), std::vector<double>(2, 0.0));
}

TEST(UserKnn, RefusesOptionsOutOfRange) {
    NullProgress progress;
    const auto message = [&](const UserKnnOptions& options) {
        const auto model = fit_user_knn(made_data(2, {{{0, 1}}}), options, progress);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    UserKnnOptions options;
    options.num_neighbours = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("neighbours"));
    options = {};
    options.customer_exponent = std::nan("");
    EXPECT_THAT(message(options), testing::HasSubstr("0..4"));
    options = {};
    options.product_exponent = -1;
    EXPECT_THAT(message(options), testing::HasSubstr("-1"));
    options = {};
    options.target_half_life_days = -1;
    EXPECT_THAT(message(options), testing::HasSubstr("half-life"));
}

TEST(UserKnn, ATrainingCustomerIsNotTheirOwnNeighbour) {
    const TrainingData data = made_data(4, {{{0, 1}, {1, 1}}, {{0, 1}, {2, 1}}, {{3, 1}}});
    UserKnnOptions options;
    options.num_neighbours = 1;
    const auto model = fit(data, options);
    std::vector<double> scores(4);
    model->score(data.view(CustomerIndex(std::size_t{0})), scores);
    EXPECT_GT(scores[2], 0);
    EXPECT_EQ(scores[1], 0);
    const auto explanation =
        model->explain(data.view(CustomerIndex(std::size_t{0})), ProductIndex(2));
    EXPECT_NEAR(explanation.score, scores[2], 1e-12);
    // Somebody else with the same history has that customer for a neighbour.
    EXPECT_GT(scores_of(*model, {{0, 1}, {1, 1}}, 4)[1], 0);
}

class UserKnnMeasures : public testing::TestWithParam<SimilarityMeasure> {
 protected:
    static constexpr std::size_t kNumProducts = 25;

    static TrainingData made_customers() {
        Random random(4);
        std::vector<std::vector<MadeEvent>> customers(50);
        for (auto& events : customers) events = random_history(random, kNumProducts);
        return made_data(kNumProducts, customers);
    }

    static UserKnnOptions options() {
        UserKnnOptions options;
        options.measure = GetParam();
        options.num_neighbours = 7;
        return options;
    }
};

// The similarities of customers are those of products with the matrix turned, but for what depends
// only on who asks.
TEST_P(UserKnnMeasures, AreThoseOfProductsWithTheMatrixTurned) {
    const TrainingData data = made_customers();
    UserKnnParameters parameters;
    parameters.measure = GetParam();
    parameters.num_neighbours = data.num_customers();
    parameters.weights = strength_matrix(data, {});
    ItemSimilarityOptions turned;
    turned.measure = GetParam();
    turned.num_neighbours = data.num_customers();
    turned.customer_exponent = 0.25;
    turned.source_exponent = 0;
    turned.target_exponent = 0.75;
    ThreadPool pool(2);
    NullProgress progress;
    const auto expected = item_similarities(transpose(parameters.weights), turned, pool, progress);
    ASSERT_TRUE(expected);
    weigh_customers({0.75, 0.25}, parameters);
    const ProductOwners owners(parameters);
    for (std::size_t u = 0; u < data.num_customers(); ++u) {
        const auto history =
            product_strengths(data.history(CustomerIndex(u)), data.as_of, StrengthOptions{});
        const UserSimilarities similarities(parameters, owners, history);
        const auto found = similarities.best(static_cast<std::uint32_t>(u));
        const auto columns = expected->row_columns(u);
        const auto values = expected->row_values(u);
        ASSERT_EQ(found.size(), columns.size()) << u;
        const double most = *std::max_element(values.begin(), values.end());
        for (const auto& [customer, similarity] : found) {
            const auto at = std::lower_bound(columns.begin(), columns.end(), customer);
            ASSERT_TRUE(at != columns.end() && *at == customer);
            EXPECT_NEAR(similarity / found[0].score,
                        values[static_cast<std::size_t>(at - columns.begin())] / most, 1e-4);
            double sum = 0;
            for (const ProductStrength& entry : history) sum += similarities.share(customer, entry);
            EXPECT_NEAR(sum, similarity, 1e-9 * std::max(1.0, similarity));
        }
    }
}

TEST_P(UserKnnMeasures, EvidenceIsTrue) {
    const TrainingData data = made_customers();
    const auto model = fit(data, options());
    std::size_t num_cited = 0;
    std::vector<double> scores(kNumProducts);
    for (std::size_t c = 0; c < data.num_customers(); c += 3) {
        const CustomerView view = data.view(CustomerIndex(c));
        model->score(view, scores);
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            const Explanation explanation = model->explain(view, ProductIndex(j));
            EXPECT_NEAR(explanation.score, scores[j], 1e-9);
            EXPECT_NEAR(total_contribution(explanation.evidence), scores[j], 1e-9);
            for (const Evidence& cited : explanation.evidence) {
                if (cited.kind != EvidenceKind::kEvent || cited.contribution <= 0) continue;
                ++num_cited;
                const CustomerState without = without_evidence(view, {cited}, *data.catalogue);
                EXPECT_LT(model->explain(without.view(), ProductIndex(j)).score, scores[j]);
            }
        }
    }
    EXPECT_GT(num_cited, 100U);
}

TEST_P(UserKnnMeasures, AreSavedAndLoaded) {
    const TrainingData data = made_customers();
    const auto model = fit(data, options());
    BinaryWriter writer;
    model->save(writer);
    BinaryReader reader(writer.bytes());
    const auto loaded = load_user_knn(reader, data.catalogue);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(reader.at_end());
    std::vector<double> scores(kNumProducts);
    std::vector<double> again(kNumProducts);
    for (std::size_t c = 0; c < data.num_customers(); c += 7) {
        model->score(data.view(CustomerIndex(c)), scores);
        (*loaded)->score(data.view(CustomerIndex(c)), again);
        EXPECT_EQ(again, scores);
    }
}

TEST_P(UserKnnMeasures, RefuseOrSurviveDamagedBytes) {
    const TrainingData data = made_data(4, {{{0, 1}, {1, 1}}, {{0, 1}, {2, 1}}, {{3, 1}}});
    BinaryWriter writer;
    fit(data, options())->save(writer);
    const std::string bytes = writer.bytes();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = '\xff';
        BinaryReader reader(damaged);
        const auto loaded = load_user_knn(reader, data.catalogue);
        if (!loaded) {
            EXPECT_THAT(loaded.error().code,
                        testing::AnyOf(ErrorCode::kCorrupt, ErrorCode::kNewerFormat));
            continue;
        }
        for (const double score : scores_of(**loaded, {{0, 1}, {2, 1}}, 4)) {
            EXPECT_TRUE(std::isfinite(score)) << at;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, UserKnnMeasures,
                         testing::Values(SimilarityMeasure::kWeightedCosine,
                                         SimilarityMeasure::kCosine, SimilarityMeasure::kPearson,
                                         SimilarityMeasure::kJaccard, SimilarityMeasure::kTfIdf,
                                         SimilarityMeasure::kBm25, SimilarityMeasure::kCooccurrence,
                                         SimilarityMeasure::kLift,
                                         SimilarityMeasure::kLogLikelihood),
                         [](const auto& parameter) {
                             return std::string(similarity_measure_name(parameter.param));
                         });

TEST(UserKnn, ReadsModelsOfFormat1) {
    const TrainingData data = made_data(3, {{{0, 1}, {1, 1}}, {{0, 1}, {2, 1}}});
    BinaryWriter writer;
    write_model_header(writer, "user_knn", 1);
    write_products(writer, *data.catalogue);
    write_strength_options(writer, {});
    writer.number<std::uint64_t>(5);
    writer.number<std::uint64_t>(10);
    writer.number(1.0);
    write_matrix(writer, strength_matrix(data, {}));
    writer.array(std::vector<float>{1, 1, 1, 1});
    writer.array(std::vector<double>{1, 0.5});
    writer.array(std::vector<double>{1, 1, 1});
    BinaryReader reader(writer.bytes());
    const auto loaded = load_user_knn(reader, data.catalogue);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(scores_of(**loaded, {{0, 1}}, 3), (std::vector<double>{1.5, 1, 0.5}));
}

}  // namespace
}  // namespace attune
