#include "models/fold_in.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "core/random.hpp"

namespace attune {
namespace {

constexpr std::size_t kNumFactors = 8;
constexpr std::size_t kNumProducts = 40;

/// Factors with a diagonal Gramian: every product has one factor.
FoldInParameters made_parameters(AlsLoss loss) {
    Random random(5);
    FoldInParameters parameters;
    parameters.objective = {loss, 0.4, 0.05, 1};
    parameters.observed_weight = 2;
    parameters.num_factors = kNumFactors;
    parameters.num_trained = kNumProducts;
    parameters.curvatures.assign(kNumFactors, 0);
    for (std::size_t j = 0; j < kNumProducts; ++j) {
        for (std::size_t f = 0; f < kNumFactors; ++f) {
            parameters.products.push_back(static_cast<float>(0.5 * random.normal()));
        }
    }
    for (double& curvature : parameters.curvatures) curvature = 3 + random.uniform();
    return parameters;
}

std::vector<ProductStrength> made_history(std::size_t size) {
    std::vector<ProductStrength> history;
    for (std::size_t i = 0; i < size; ++i) {
        history.push_back({ProductIndex(i * 2), 0.2 + 0.1 * static_cast<double>(i), {}});
    }
    return history;
}

Eigen::VectorXd product_of(const FoldInParameters& parameters, ProductIndex product) {
    return Eigen::Map<const Eigen::VectorXf>(parameters.product(product), kNumFactors)
        .cast<double>();
}

/// The equations as they stand in the header.
Eigen::MatrixXd brute_force_matrix(const FoldInParameters& parameters,
                                   const std::vector<ProductStrength>& history) {
    const AlsObjective& objective = parameters.objective;
    Eigen::VectorXd diagonal =
        Eigen::Map<const Eigen::VectorXd>(parameters.curvatures.data(), kNumFactors) *
        objective.unobserved_weight;
    diagonal.array() += objective.row_regularization(history.size(), kNumProducts);
    Eigen::MatrixXd matrix = diagonal.asDiagonal();
    for (const ProductStrength& entry : history) {
        const Eigen::VectorXd y = product_of(parameters, entry.product);
        matrix += parameters.observed_weight * entry.strength * y * y.transpose();
    }
    return matrix;
}

class FoldInSizes : public testing::TestWithParam<std::tuple<AlsLoss, std::size_t>> {};

// Sizes below, at and above the number of factors: both ways of solving.
TEST_P(FoldInSizes, AgreesWithTheDenseSolution) {
    const auto [loss, size] = GetParam();
    const FoldInParameters parameters = made_parameters(loss);
    const auto history = made_history(size);
    const FoldIn fold_in(parameters, history);
    const Eigen::MatrixXd matrix = brute_force_matrix(parameters, history);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(kNumFactors);
    for (const ProductStrength& entry : history) {
        EXPECT_DOUBLE_EQ(fold_in.weight(entry.strength), 2 * entry.strength);
        EXPECT_DOUBLE_EQ(fold_in.target(entry.strength),
                         2 * entry.strength + (loss == AlsLoss::kConfidence ? 0.4 : 0));
        right += fold_in.target(entry.strength) * product_of(parameters, entry.product);
    }
    const Eigen::VectorXd factors = matrix.fullPivLu().solve(right);
    EXPECT_LT((fold_in.factors() - factors).cwiseAbs().maxCoeff(), 1e-12);

    const ProductIndex other(std::size_t{7});
    const Eigen::VectorXd y = product_of(parameters, other);
    EXPECT_NEAR(fold_in.score(other), y.dot(factors), 1e-12);
    EXPECT_LT((fold_in.solve(other) - matrix.fullPivLu().solve(y)).cwiseAbs().maxCoeff(), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(All, FoldInSizes,
                         testing::Combine(testing::Values(AlsLoss::kTwoWeights,
                                                          AlsLoss::kConfidence),
                                          testing::Values(0, 1, 7, 8, 9, 20)));

TEST(FoldIn, NumbersThatNoFitGivesScoreZero) {
    FoldInParameters parameters = made_parameters(AlsLoss::kTwoWeights);
    for (float& value : parameters.products) value = 3e38F;
    parameters.observed_weight = 1e300;
    const FoldIn fold_in(parameters, made_history(3));
    EXPECT_EQ(fold_in.score(ProductIndex(std::size_t{1})), 0);
    EXPECT_TRUE(fold_in.solve(ProductIndex(std::size_t{1})).isZero(0));
}

}  // namespace
}  // namespace attune
