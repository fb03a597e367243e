#include "models/als_solver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "core/random.hpp"

namespace attune {
namespace {

/// Weights on two blocks of customers and products that have nothing to do with each other.
CsrMatrix planted_blocks(std::size_t num_customers, std::size_t num_products) {
    Random random(11);
    std::vector<Triplet> triplets;
    for (std::uint32_t u = 0; u < num_customers; ++u) {
        for (std::uint32_t i = 0; i < num_products; ++i) {
            if (u % 2 == i % 2 && random.uniform() < 0.5) {
                triplets.push_back({u, i, static_cast<float>(0.1 + random.uniform())});
            }
        }
    }
    return csr_from_triplets(num_customers, num_products, std::move(triplets));
}

AlsSolverOptions small_options(AlsLoss loss) {
    AlsSolverOptions options;
    options.num_factors = 6;
    options.num_sweeps = 5;
    options.objective = {loss, 0.3, 0.02, 1};
    return options;
}

AlsFactors solved(const CsrMatrix& weights, const AlsSolverOptions& options,
                  std::size_t num_threads = 2) {
    ThreadPool pool(num_threads);
    NullProgress progress;
    auto factors = solve_als(weights, options, pool, progress);
    EXPECT_TRUE(factors);
    return *std::move(factors);
}

/// The same in the plainest way: dense, in double, one row at a time.
Eigen::MatrixXd brute_force_half(const Eigen::MatrixXd& weights, const Eigen::MatrixXd& others,
                                 const AlsObjective& objective) {
    Eigen::MatrixXd solution = Eigen::MatrixXd::Zero(weights.rows(), others.cols());
    for (Eigen::Index u = 0; u < weights.rows(); ++u) {
        const auto num_observed = static_cast<std::size_t>((weights.row(u).array() > 0).count());
        if (num_observed == 0) continue;
        Eigen::MatrixXd normal =
            objective.row_regularization(num_observed, static_cast<std::size_t>(weights.cols())) *
            Eigen::MatrixXd::Identity(others.cols(), others.cols());
        Eigen::VectorXd right = Eigen::VectorXd::Zero(others.cols());
        for (Eigen::Index i = 0; i < weights.cols(); ++i) {
            const double weight = weights(u, i);
            const Eigen::VectorXd y = others.row(i);
            normal += (objective.unobserved_weight + weight) * y * y.transpose();
            if (weight > 0) right += objective.target_weight(weight) * y;
        }
        solution.row(u) = normal.fullPivLu().solve(right);
    }
    return solution;
}

Eigen::MatrixXd dense(const CsrMatrix& matrix) {
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(matrix.num_rows),
                                                   static_cast<Eigen::Index>(matrix.num_columns));
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            result(static_cast<Eigen::Index>(row), matrix.columns[at]) = matrix.values[at];
        }
    }
    return result;
}

/// The objective over all pairs, term by term.
double brute_force_objective(const Eigen::MatrixXd& weights, const AlsFactors& factors,
                             const AlsObjective& objective) {
    double sum = 0;
    for (Eigen::Index u = 0; u < weights.rows(); ++u) {
        for (Eigen::Index i = 0; i < weights.cols(); ++i) {
            const double predicted =
                factors.customers.row(u).cast<double>().dot(factors.products.row(i).cast<double>());
            const double w = weights(u, i);
            const double a = objective.unobserved_weight;
            const double miss = (1 - predicted) * (1 - predicted);
            if (w > 0 && objective.loss == AlsLoss::kConfidence) {
                sum += (a + w) * miss;
            } else {
                sum += w * miss + a * predicted * predicted;
            }
        }
    }
    const auto penalty = [&](const Eigen::MatrixXd& matrix, const FactorMatrix& rows) {
        for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
            const auto observed = static_cast<std::size_t>((matrix.row(r).array() > 0).count());
            sum += objective.row_regularization(observed, static_cast<std::size_t>(matrix.cols())) *
                   rows.row(r).cast<double>().squaredNorm();
        }
    };
    penalty(weights, factors.customers);
    penalty(weights.transpose(), factors.products);
    return sum;
}

class AlsSolver : public testing::TestWithParam<AlsLoss> {};

TEST_P(AlsSolver, ObjectiveNeverRises) {
    const CsrMatrix weights = planted_blocks(60, 40);
    AlsSolverOptions options = small_options(GetParam());
    double before = std::numeric_limits<double>::infinity();
    for (std::size_t num_sweeps = 1; num_sweeps <= 12; ++num_sweeps) {
        options.num_sweeps = num_sweeps;
        const double after = als_objective(weights, solved(weights, options), options.objective);
        EXPECT_LE(after, before * (1 + 1e-6)) << num_sweeps << " sweeps";
        before = after;
    }
}

TEST_P(AlsSolver, ObjectiveIsTheSumOverAllPairs) {
    const CsrMatrix weights = planted_blocks(20, 15);
    const AlsSolverOptions options = small_options(GetParam());
    const AlsFactors factors = solved(weights, options);
    EXPECT_NEAR(als_objective(weights, factors, options.objective),
                brute_force_objective(dense(weights), factors, options.objective), 1e-9);
}

TEST_P(AlsSolver, LastHalfSweepIsTheExactMinimum) {
    // More pairs a row than the solver gathers at once.
    const CsrMatrix weights = planted_blocks(400, 24);
    const AlsSolverOptions options = small_options(GetParam());
    const AlsFactors factors = solved(weights, options);
    const Eigen::MatrixXd expected = brute_force_half(
        dense(weights).transpose(), factors.customers.cast<double>(), options.objective);
    EXPECT_LT((factors.products.cast<double>() - expected).cwiseAbs().maxCoeff(), 1e-4);
}

TEST_P(AlsSolver, TellsTheBlocksApart) {
    const CsrMatrix weights = planted_blocks(60, 40);
    const AlsFactors factors = solved(weights, small_options(GetParam()));
    const Eigen::MatrixXf predicted = factors.customers * factors.products.transpose();
    float within = 0;
    float across = 0;
    for (Eigen::Index u = 0; u < predicted.rows(); ++u) {
        for (Eigen::Index i = 0; i < predicted.cols(); ++i) {
            (u % 2 == i % 2 ? within : across) += predicted(u, i);
        }
    }
    EXPECT_GT(within, 10 * std::abs(across));
}

INSTANTIATE_TEST_SUITE_P(Losses, AlsSolver,
                         testing::Values(AlsLoss::kTwoWeights, AlsLoss::kConfidence));

TEST(AlsSolver, NumberOfThreadsChangesNoBit) {
    const CsrMatrix weights = planted_blocks(300, 90);
    const AlsSolverOptions options = small_options(AlsLoss::kTwoWeights);
    const AlsFactors alone = solved(weights, options, 1);
    const AlsFactors together = solved(weights, options, 5);
    EXPECT_EQ(alone.customers, together.customers);
    EXPECT_EQ(alone.products, together.products);
}

TEST(AlsSolver, SeedsDiffer) {
    const CsrMatrix weights = planted_blocks(30, 20);
    AlsSolverOptions options = small_options(AlsLoss::kTwoWeights);
    options.num_sweeps = 1;
    const AlsFactors one = solved(weights, options);
    options.seed = 2;
    EXPECT_NE(one.products, solved(weights, options).products);
}

TEST(AlsSolver, RowsWithoutPairsAreZero) {
    const CsrMatrix weights = csr_from_triplets(3, 3, {{0, 0, 1}, {2, 2, 1}});
    const AlsFactors factors = solved(weights, small_options(AlsLoss::kTwoWeights));
    EXPECT_TRUE(factors.customers.row(1).isZero(0));
    EXPECT_TRUE(factors.products.row(1).isZero(0));
    EXPECT_FALSE(factors.products.row(0).isZero(0));
}

TEST(Gramian, IsTheProductInParts) {
    Random random(4);
    FactorMatrix factors(2500, 5);
    for (float& value : factors.reshaped()) value = static_cast<float>(random.normal());
    ThreadPool pool(3);
    const Eigen::MatrixXd exact = factors.cast<double>().transpose() * factors.cast<double>();
    EXPECT_LT((gramian(factors, pool) - exact).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(AlsObjective, RegularizationGrowsWithThePairs) {
    const AlsObjective scaled{AlsLoss::kTwoWeights, 0.5, 0.01, 1};
    EXPECT_DOUBLE_EQ(scaled.row_regularization(3, 100), 0.53);
    const AlsObjective constant{AlsLoss::kTwoWeights, 0.5, 10, 0};
    EXPECT_DOUBLE_EQ(constant.row_regularization(3, 100), 10);
}

TEST(AlsSolver, RefusesOptionsOutOfRange) {
    const auto message = [](const AlsSolverOptions& options) {
        const Status status = validate(options);
        EXPECT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
        return status.error().message;
    };
    AlsSolverOptions options;
    EXPECT_TRUE(validate(options));
    options.num_factors = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("num_factors"));
    options = {};
    options.num_sweeps = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("num_sweeps"));
    options = {};
    options.initial_deviation = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("initial_deviation"));
    options = {};
    options.objective.regularization = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("regularization is 0"));
    options = {};
    options.objective.regularization_exponent = std::nan("");
    EXPECT_THAT(message(options), testing::HasSubstr("exponent"));
    options = {};
    options.objective.unobserved_weight = -1;
    EXPECT_THAT(message(options), testing::HasSubstr("unobserved_weight"));

    ThreadPool pool(1);
    NullProgress progress;
    EXPECT_FALSE(solve_als(planted_blocks(4, 4), options, pool, progress));
}

}  // namespace
}  // namespace attune
