#include "models/sgd/biased_mf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <array>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "models/sgd/rating_fold_in.hpp"
#include "support/factor_matrix.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

/// Ratings 3 + b_u + b_j + x_u.y_j of rank 2, `share` of them seen.
struct Planted {
    CsrMatrix seen;
    CsrMatrix unseen;
};

Planted planted(std::size_t num_customers, std::size_t num_products, double share) {
    Random random(11);
    const auto filled = [&](std::size_t rows, double deviation) {
        std::vector<std::array<double, 3>> values(rows);
        for (auto& row : values) {
            for (double& value : row) value = deviation * random.normal();
        }
        return values;
    };
    const auto customers = filled(num_customers, 0.7);
    const auto products = filled(num_products, 0.7);
    std::vector<Triplet> seen;
    std::vector<Triplet> unseen;
    for (std::uint32_t c = 0; c < num_customers; ++c) {
        for (std::uint32_t j = 0; j < num_products; ++j) {
            const double rating = 3 + customers[c][0] + products[j][0] +
                                  customers[c][1] * products[j][1] +
                                  customers[c][2] * products[j][2];
            (random.uniform() < share ? seen : unseen)
                .push_back({c, j, static_cast<float>(rating)});
        }
    }
    return {csr_from_triplets(num_customers, num_products, std::move(seen)),
            csr_from_triplets(num_customers, num_products, std::move(unseen))};
}

double rmse(const BiasedMfFactors& factors, const CsrMatrix& ratings) {
    double squares = 0;
    for (std::size_t c = 0; c < ratings.num_rows; ++c) {
        for (std::size_t at = 0; at < ratings.row_columns(c).size(); ++at) {
            const double error = static_cast<double>(ratings.row_values(c)[at]) -
                                 factors.predict(c, ratings.row_columns(c)[at]);
            squares += error * error;
        }
    }
    return std::sqrt(squares / static_cast<double>(ratings.num_nonzero()));
}

BiasedMfSolverOptions small_options() {
    BiasedMfSolverOptions options;
    options.num_factors = 4;
    options.num_epochs = 60;
    options.regularization = 0.01;
    return options;
}

Result<BiasedMfFactors> fit(const CsrMatrix& ratings, const BiasedMfSolverOptions& options) {
    NullProgress progress;
    return fit_biased_mf_factors(ratings, options, progress);
}

TEST(BiasedMfFactors, RecoverPlantedRatings) {
    const Planted data = planted(120, 60, 0.4);
    const auto factors = fit(data.seen, small_options());
    ASSERT_TRUE(factors);
    EXPECT_NEAR(factors->mean, 3, 0.3);
    // The ratings deviate from their mean by about 1.2.
    EXPECT_LT(rmse(*factors, data.seen), 0.1);
    EXPECT_LT(rmse(*factors, data.unseen), 0.25);
    ASSERT_EQ(factors->epoch_rmse.size(), 60U);
    EXPECT_GT(factors->epoch_rmse.front(), 0.7);
    EXPECT_LT(factors->epoch_rmse.back(), 0.15);
}

TEST(BiasedMfFactors, AreTheSameForASeed) {
    const CsrMatrix ratings = planted(20, 15, 0.5).seen;
    BiasedMfSolverOptions options = small_options();
    const auto first = fit(ratings, options);
    const auto second = fit(ratings, options);
    options.seed = 2;
    const auto other = fit(ratings, options);
    ASSERT_TRUE(first && second && other);
    EXPECT_EQ(first->products, second->products);
    EXPECT_EQ(first->customer_biases, second->customer_biases);
    EXPECT_NE(first->products, other->products);
}

// Central differences of a rating's term against the step taken.
TEST(BiasedMfFactors, AStepGoesDownTheGradient) {
    constexpr std::size_t kSize = 5;
    constexpr double kRating = 4.5;
    constexpr double kMean = 3.2;
    constexpr double kRate = 0.01;
    constexpr double kLambda = 0.3;
    Random random(3);
    std::array<float, 2 + 2 * kSize> at{};
    for (float& value : at) value = static_cast<float>(random.normal());
    const auto objective = [&](std::size_t which, double change) {
        std::array<double, at.size()> values{};
        double norm = 0;
        for (std::size_t i = 0; i < at.size(); ++i) {
            values[i] = static_cast<double>(at[i]) + (i == which ? change : 0);
            norm += values[i] * values[i];
        }
        double error = kRating - kMean - values[0] - values[1];
        for (std::size_t f = 0; f < kSize; ++f) error -= values[2 + f] * values[2 + kSize + f];
        return error * error / 2 + kLambda / 2 * norm;
    };
    std::array<float, at.size()> stepped = at;
    sgd::rating_step({&stepped[0], &stepped[1], &stepped[2], &stepped[2 + kSize], kSize},
                     static_cast<float>(kRating), static_cast<float>(kMean),
                     static_cast<float>(kRate), static_cast<float>(kLambda));
    for (std::size_t i = 0; i < at.size(); ++i) {
        const double slope = (objective(i, 1e-4) - objective(i, -1e-4)) / 2e-4;
        EXPECT_NEAR(static_cast<double>(stepped[i] - at[i]), -kRate * slope, 1e-5) << i;
    }
}

TEST(BiasedMfFactors, RefuseWhatIsNoRating) {
    const auto message = [](const CsrMatrix& ratings, const BiasedMfSolverOptions& options) {
        const auto factors = fit(ratings, options);
        EXPECT_FALSE(factors);
        if (factors) return std::string();
        EXPECT_EQ(factors.error().code, ErrorCode::kInvalidArgument);
        return factors.error().message;
    };
    EXPECT_THAT(message(csr_from_triplets(2, 2, {}), small_options()),
                testing::HasSubstr("no rating"));
    CsrMatrix ratings = planted(6, 5, 0.9).seen;
    ratings.values[2] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(message(ratings, small_options()),
                testing::HasSubstr("customer 0 and product 2 is nan"));
}

TEST(BiasedMfFactors, SayThatTheyDiverged) {
    BiasedMfSolverOptions options = small_options();
    options.learning_rate = 5;
    const auto factors = fit(planted(30, 20, 0.5).seen, options);
    ASSERT_FALSE(factors);
    EXPECT_EQ(factors.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(factors.error().message, testing::HasSubstr("learning_rate below 5"));
}

TEST(BiasedMfFactors, FitOneCustomerAndOneProduct) {
    BiasedMfSolverOptions options = small_options();
    options.num_factors = 1;
    options.num_negatives = 3;
    for (const auto& ratings :
         {csr_from_triplets(1, 4, {{0, 1, 5}, {0, 2, 1}}), csr_from_triplets(3, 1, {{1, 0, 2}})}) {
        const auto factors = fit(ratings, options);
        ASSERT_TRUE(factors);
        EXPECT_TRUE(as_matrix(factors->products).allFinite());
    }
}

TEST(BiasedMfFactors, RefuseOptionsOutOfRange) {
    const CsrMatrix ratings = planted(6, 5, 0.9).seen;
    const auto refuses = [&](const char* name, auto change) {
        BiasedMfSolverOptions options = small_options();
        change(options);
        const auto factors = fit(ratings, options);
        ASSERT_FALSE(factors) << name;
        EXPECT_THAT(factors.error().message, testing::HasSubstr(name));
    };
    refuses("num_factors", [](auto& o) { o.num_factors = 0; });
    refuses("6 factors", [](auto& o) { o.num_factors = 6; });
    refuses("num_epochs", [](auto& o) { o.num_epochs = 0; });
    refuses("learning_rate", [](auto& o) { o.learning_rate = -1; });
    refuses("regularization", [](auto& o) { o.regularization = std::nan(""); });
    refuses("initial_deviation", [](auto& o) { o.initial_deviation = 0; });
    refuses("num_negatives", [](auto& o) { o.num_negatives = 10'000; });
}

// The fold-in minimizes a quadratic: its gradient there, taken from the definition, is zero.
TEST(RatingFoldIn, SolvesTheRidgeRegression) {
    Random random(5);
    sgd::RatingParameters parameters;
    parameters.mean = 0.4;
    parameters.num_factors = 3;
    parameters.negative_weight = 2.0 / 12;
    parameters.regularization = 0.05;
    for (std::size_t j = 0; j < 12; ++j) {
        parameters.biases.push_back(static_cast<float>(0.2 * random.normal()));
        parameters.known.push_back(1);
        for (int f = 0; f < 3; ++f) {
            parameters.products.push_back(static_cast<float>(random.normal()));
        }
    }
    Eigen::Matrix4d gramian = Eigen::Matrix4d::Zero();
    Eigen::Vector4d prior = Eigen::Vector4d::Zero();
    for (std::size_t j = 0; j < 12; ++j) {
        const Eigen::VectorXd v = parameters.extended(ProductIndex(j));
        gramian += v * v.transpose();
        prior += parameters.baseline(ProductIndex(j)) * v;
    }
    parameters.gramian.assign(gramian.data(), gramian.data() + 16);
    parameters.prior.assign(prior.data(), prior.data() + 4);
    const std::vector<ProductStrength> history{
        {ProductIndex(2), 1, {}}, {ProductIndex(5), 0.3, {}}, {ProductIndex(9), 1, {}}};
    const sgd::RatingFoldIn fold_in(parameters, history);
    // Four scores that tell w.
    Eigen::Matrix4d vectors;
    Eigen::Vector4d scores;
    for (std::size_t j = 0; j < 4; ++j) {
        vectors.row(static_cast<Eigen::Index>(j)) =
            parameters.extended(ProductIndex(j)).transpose();
        scores[static_cast<Eigen::Index>(j)] =
            fold_in.score(ProductIndex(j)) - parameters.baseline(ProductIndex(j));
    }
    const Eigen::Vector4d w = vectors.fullPivLu().solve(scores);
    Eigen::Vector4d slope = parameters.regularization * 3 * w;
    for (const ProductStrength& entry : history) {
        const Eigen::VectorXd v = parameters.extended(entry.product);
        slope -= (entry.strength - parameters.baseline(entry.product) - v.dot(w)) * v;
    }
    for (std::size_t j = 0; j < 12; ++j) {
        const Eigen::VectorXd v = parameters.extended(ProductIndex(j));
        slope +=
            parameters.negative_weight * 3 * (parameters.baseline(ProductIndex(j)) + v.dot(w)) * v;
    }
    EXPECT_LT(slope.cwiseAbs().maxCoeff(), 1e-9);
}

TEST(BiasedMf, RanksByWhatIsLike) {
    Random random(8);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 60; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t j = c % 2; j < 24; j += 2) {
            if (random.uniform() < 0.5) events.push_back({j, 60 * random.uniform()});
        }
        histories.push_back(std::move(events));
    }
    NullProgress progress;
    const auto model = fit_biased_mf(made_data(24, histories), {}, progress);
    ASSERT_TRUE(model);
    std::vector<double> scores(24);
    (*model)->score({nullptr, {}, kMadeNow}, scores);
    EXPECT_THAT(scores, testing::Each(0.0));
    const auto history = made_history({{2, 1}, {6, 1}, {10, 1}});
    (*model)->score({nullptr, history, kMadeNow}, scores);
    double even = 0;
    double odd = 0;
    for (std::size_t j = 0; j < 24; ++j) (j % 2 == 0 ? even : odd) += scores[j];
    EXPECT_GT(even, 2 * std::abs(odd));
}

}  // namespace
}  // namespace attune
