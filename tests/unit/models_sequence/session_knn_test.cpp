#include "models/sequence/session_knn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "models/sequence/sessions.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::Each;
using testing::HasSubstr;

constexpr std::size_t kNumProducts = 9;

TrainingData random_data() {
    Random random(4);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 40; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t e = 0; e < 14; ++e) {
            const double day = std::floor(8 * random.uniform());
            events.push_back(
                {random.below(kNumProducts), day, 1 + static_cast<float>(random.below(2))});
        }
        histories.push_back(std::move(events));
    }
    return made_data(kNumProducts, histories);
}

Result<std::unique_ptr<Recommender>> try_fit(const TrainingData& data,
                                             const SessionKnnOptions& options) {
    ThreadPool pool(2);
    NullProgress progress;
    return fit_session_knn(data, options, pool, progress);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events,
                              std::size_t num_products = kNumProducts) {
    const auto history = made_history(events);
    std::vector<double> scores(num_products);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

TEST(SessionKnn, ScoresAreThoseCountedSessionBySession) {
    const TrainingData data = random_data();
    SessionKnnOptions options;
    options.session_gap_minutes = 60;  // every day is one session
    options.target_half_life_days = 5;
    options.similarity.customer_exponent = 0.5;
    options.similarity.source_exponent = 0.2;
    options.similarity.target_exponent = 0.7;
    options.history = {Strength::kStrongest, 4};
    const auto sessions = cut_sessions("session_knn", data, 60);
    ASSERT_TRUE(sessions);

    std::vector<double> sizes(kNumProducts);
    std::vector<std::vector<double>> together(kNumProducts, std::vector<double>(kNumProducts));
    for (std::size_t s = 0; s < sessions->size(); ++s) {
        const auto products = sessions->products.row_columns(s);
        const auto values = sessions->products.row_values(s);
        const double share = std::pow(static_cast<double>(products.size()), -0.5);
        const double left = std::exp2(-days_between(sessions->times[s], kMadeNow) / 5);
        for (std::size_t a = 0; a < products.size(); ++a) {
            const double value = values[a];
            sizes[products[a]] += share * value * value;
            for (std::size_t b = 0; b < products.size(); ++b) {
                if (a != b) together[products[a]][products[b]] += share * value * values[b] * left;
            }
        }
    }
    const auto model = try_fit(data, options);
    ASSERT_TRUE(model);
    const auto scores = scores_of(**model, {{2, 4}, {5, 8}});
    std::vector<double> wanted(kNumProducts);
    for (std::size_t j = 0; j < kNumProducts; ++j) {
        const double of_target = std::pow(sizes[j], -0.7);
        wanted[j] = 0.5 * together[2][j] * std::pow(sizes[2], -0.2) * of_target +
                    0.25 * together[5][j] * std::pow(sizes[5], -0.2) * of_target;
    }
    const double scale = scores[0] / wanted[0];
    EXPECT_GT(scale, 0);
    for (std::size_t j = 0; j < kNumProducts; ++j) {
        EXPECT_NEAR(scores[j], scale * wanted[j], 1e-5 * scores[0]) << j;
    }
}

TEST(SessionKnn, ProductsOfOneCustomerInDifferentSessionsDoNotGoTogether) {
    const TrainingData data = made_data(4, {{{0, 9}, {1, 9}, {2, 3}, {3, 3}}, {{0, 8}, {1, 8}}});
    SessionKnnOptions options;
    options.session_gap_minutes = 30;
    const auto apart = try_fit(data, options);
    ASSERT_TRUE(apart);
    EXPECT_GT(scores_of(**apart, {{0, 1}}, 4)[1], 0);
    EXPECT_EQ(scores_of(**apart, {{0, 1}}, 4)[2], 0);
    options.session_gap_minutes = 10.0 * 24 * 60;
    const auto together = try_fit(data, options);
    ASSERT_TRUE(together);
    EXPECT_GT(scores_of(**together, {{0, 1}}, 4)[2], 0);
}

TEST(SessionKnn, RefusesOptionsOutOfRange) {
    const auto message = [](const SessionKnnOptions& options) {
        const auto model = try_fit(random_data(), options);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    SessionKnnOptions options;
    options.session_gap_minutes = std::nan("");
    EXPECT_THAT(message(options), HasSubstr("session_knn: session_gap_minutes is nan"));
    options = {};
    options.similarity.num_neighbours = 0;
    EXPECT_THAT(message(options), HasSubstr("neighbours"));
    options = {};
    options.target_half_life_days = -1;
    EXPECT_THAT(message(options), HasSubstr("half-life"));
    options = {};
    options.history.half_life_days = -1;
    EXPECT_THAT(message(options), HasSubstr("half-life"));
    const float infinity = std::numeric_limits<float>::infinity();
    EXPECT_FALSE(try_fit(made_data(2, {{{0, 2, infinity}, {1, 1}}}), {}));
}

TEST(SessionKnn, SurvivesLittleData) {
    EXPECT_TRUE(try_fit(made_data(0, {}), {}));
    const auto nobody = try_fit(made_data(3, {{}, {}}), {});
    ASSERT_TRUE(nobody);
    EXPECT_THAT(scores_of(**nobody, {{0, 1}}, 3), Each(0.0));
    EXPECT_TRUE(try_fit(made_data(1, {{{0, 1}}, {{0, 2}}}), {}));
    const auto one_customer = try_fit(made_data(3, {{{0, 1}, {1, 1}}}), {});
    ASSERT_TRUE(one_customer);
    EXPECT_GT(scores_of(**one_customer, {{0, 1}}, 3)[1], 0);
    EXPECT_FALSE(try_fit(made_data(2, {{{0, 1, std::nanf("")}, {1, 1}}}), {}));
}

}  // namespace
}  // namespace attune
