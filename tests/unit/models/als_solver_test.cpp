#include "models/als_solver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "support/every_target.hpp"
#include "support/factor_matrix.hpp"

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

struct Case {
    AlsLoss loss = AlsLoss::kTwoWeights;
    AlsMethod method = AlsMethod::kCholesky;
};

AlsSolverOptions small_options(Case the_case) {
    AlsSolverOptions options;
    options.method = the_case.method;
    options.num_factors = 6;
    options.num_sweeps = 5;
    options.objective = {the_case.loss, 0.3, 0.02, 1};
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

double objective_of(const CsrMatrix& weights, const AlsFactors& factors,
                    const AlsObjective& objective) {
    ThreadPool pool(2);
    return als_objective(weights, factors, objective, pool);
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
    const Eigen::MatrixXd customers = as_matrix(factors.customers);
    const Eigen::MatrixXd products = as_matrix(factors.products);
    double sum = 0;
    for (Eigen::Index u = 0; u < weights.rows(); ++u) {
        for (Eigen::Index i = 0; i < weights.cols(); ++i) {
            const double predicted = customers.row(u).dot(products.row(i));
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
    const auto penalty = [&](const Eigen::MatrixXd& matrix, const Eigen::MatrixXd& rows) {
        for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
            const auto observed = static_cast<std::size_t>((matrix.row(r).array() > 0).count());
            sum += objective.row_regularization(observed, static_cast<std::size_t>(matrix.cols())) *
                   rows.row(r).squaredNorm();
        }
    };
    penalty(weights, customers);
    penalty(weights.transpose(), products);
    return sum;
}

class AlsMethods : public testing::TestWithParam<Case> {};

TEST_P(AlsMethods, ObjectiveNeverRises) {
    on_every_target([] {
        const CsrMatrix weights = planted_blocks(60, 40);
        const AlsSolverOptions options = small_options(GetParam());
        ThreadPool pool(2);
        NullProgress progress;
        auto solver = AlsSolver::create(weights, options, pool);
        ASSERT_TRUE(solver);
        double before = std::numeric_limits<double>::infinity();
        for (std::size_t sweep = 1; sweep <= 12; ++sweep) {
            ASSERT_TRUE(solver->sweep(progress));
            const double after = objective_of(weights, solver->factors(), options.objective);
            EXPECT_LE(after, before * (1 + 1e-6)) << sweep << " sweeps";
            before = after;
        }
    });
}

TEST_P(AlsMethods, ObjectiveIsTheSumOverAllPairs) {
    const CsrMatrix weights = planted_blocks(20, 15);
    const AlsSolverOptions options = small_options(GetParam());
    const AlsFactors factors = solved(weights, options);
    const double exact = brute_force_objective(dense(weights), factors, options.objective);
    EXPECT_NEAR(objective_of(weights, factors, options.objective), exact, 1e-6 * exact);
}

TEST_P(AlsMethods, ConvergesToWhatExactSolutionsConvergeTo) {
    const CsrMatrix weights = planted_blocks(60, 40);
    AlsSolverOptions options = small_options(GetParam());
    options.num_sweeps = 60;
    const double found = objective_of(weights, solved(weights, options), options.objective);
    options.method = AlsMethod::kCholesky;
    const double exact = objective_of(weights, solved(weights, options), options.objective);
    EXPECT_NEAR(found, exact, 0.01 * exact);
}

TEST_P(AlsMethods, NumberOfThreadsChangesNoBit) {
    const CsrMatrix weights = planted_blocks(300, 90);
    const AlsSolverOptions options = small_options(GetParam());
    EXPECT_EQ(solved(weights, options, 1), solved(weights, options, 5));
}

TEST_P(AlsMethods, InstructionSetsAgree) {
    const CsrMatrix weights = planted_blocks(90, 60);
    const AlsSolverOptions options = small_options(GetParam());
    const auto predicted = [&] {
        const AlsFactors factors = solved(weights, options);
        return Eigen::MatrixXd(as_matrix(factors.customers) *
                               as_matrix(factors.products).transpose());
    };
    const Eigen::MatrixXd own = predicted();
    on_every_target([&] { EXPECT_LT((predicted() - own).cwiseAbs().maxCoeff(), 1e-3); });
}

INSTANTIATE_TEST_SUITE_P(Cases, AlsMethods,
                         testing::Values(Case{AlsLoss::kTwoWeights, AlsMethod::kCholesky},
                                         Case{AlsLoss::kConfidence, AlsMethod::kCholesky},
                                         Case{AlsLoss::kTwoWeights, AlsMethod::kConjugateGradients},
                                         Case{AlsLoss::kConfidence, AlsMethod::kSubspace}),
                         [](const auto& the_case) {
                             return std::string(als_method_name(the_case.param.method)) +
                                    (the_case.param.loss == AlsLoss::kConfidence ? "_confidence"
                                                                                 : "_two_weights");
                         });

class AlsCholesky : public testing::TestWithParam<AlsLoss> {};

TEST_P(AlsCholesky, LastHalfSweepIsTheExactMinimum) {
    // More pairs a row than the solver gathers at once.
    const CsrMatrix weights = planted_blocks(400, 24);
    const AlsSolverOptions options = small_options({GetParam(), AlsMethod::kCholesky});
    const AlsFactors factors = solved(weights, options);
    const Eigen::MatrixXd expected = brute_force_half(
        dense(weights).transpose(), as_matrix(factors.customers), options.objective);
    EXPECT_LT((as_matrix(factors.products) - expected).cwiseAbs().maxCoeff(), 1e-4);
}

TEST_P(AlsCholesky, TellsTheBlocksApart) {
    const CsrMatrix weights = planted_blocks(60, 40);
    const AlsFactors factors = solved(weights, small_options({GetParam(), AlsMethod::kCholesky}));
    const Eigen::MatrixXd predicted =
        as_matrix(factors.customers) * as_matrix(factors.products).transpose();
    double within = 0;
    double across = 0;
    for (Eigen::Index u = 0; u < predicted.rows(); ++u) {
        for (Eigen::Index i = 0; i < predicted.cols(); ++i) {
            (u % 2 == i % 2 ? within : across) += predicted(u, i);
        }
    }
    EXPECT_GT(within, 10 * std::abs(across));
}

INSTANTIATE_TEST_SUITE_P(Losses, AlsCholesky,
                         testing::Values(AlsLoss::kTwoWeights, AlsLoss::kConfidence));

TEST(AlsSolver, SeedsDiffer) {
    const CsrMatrix weights = planted_blocks(30, 20);
    AlsSolverOptions options = small_options({});
    options.num_sweeps = 1;
    const AlsFactors one = solved(weights, options);
    options.seed = 2;
    EXPECT_NE(one.products, solved(weights, options).products);
}

TEST(AlsSolver, RowsWithoutPairsAreZero) {
    const CsrMatrix weights = csr_from_triplets(3, 3, {{0, 0, 1}, {2, 2, 1}});
    for (const AlsMethod method :
         {AlsMethod::kCholesky, AlsMethod::kConjugateGradients, AlsMethod::kSubspace}) {
        AlsSolverOptions options = small_options({AlsLoss::kTwoWeights, method});
        options.num_factors = 2;
        const AlsFactors factors = solved(weights, options);
        EXPECT_TRUE(as_matrix(factors.customers).row(1).isZero(0));
        EXPECT_TRUE(as_matrix(factors.products).row(1).isZero(0));
        EXPECT_FALSE(as_matrix(factors.products).row(0).isZero(0));
    }
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

    options = {};
    options.num_cg_steps = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("num_cg_steps"));
    options = {};
    options.block_size = 0;
    EXPECT_THAT(message(options), testing::HasSubstr("block_size"));
}

std::string refusal(const CsrMatrix& weights, const AlsSolverOptions& options) {
    ThreadPool pool(1);
    NullProgress progress;
    const auto factors = solve_als(weights, options, pool, progress);
    EXPECT_FALSE(factors);
    if (factors) return "";
    EXPECT_EQ(factors.error().code, ErrorCode::kInvalidArgument);
    return factors.error().message;
}

TEST(AlsSolver, RefusesWhatNothingCanBeLearnedFrom) {
    const AlsSolverOptions options = small_options({});
    using testing::HasSubstr;
    EXPECT_THAT(refusal(csr_from_triplets(0, 0, {}), options), HasSubstr("at least 2 of each"));
    EXPECT_THAT(refusal(csr_from_triplets(9, 9, {}), options), HasSubstr("at least one pair"));
    EXPECT_THAT(refusal(csr_from_triplets(1, 9, {{0, 3, 1}}), options), HasSubstr("1 customers"));
    EXPECT_THAT(refusal(csr_from_triplets(9, 1, {{3, 0, 1}}), options), HasSubstr("1 products"));
    EXPECT_THAT(refusal(csr_from_triplets(4, 9, {{3, 0, 1}}), options),
                HasSubstr("6 factors for 4 customers and 9 products; there may be at most 4"));
    EXPECT_THAT(refusal(csr_from_triplets(9, 9, {{3, 0, 1}, {4, 2, std::nanf("")}}), options),
                HasSubstr("customer 4 and product 2 is nan"));
    EXPECT_THAT(refusal(csr_from_triplets(9, 9, {{3, 1, -1}}), options),
                HasSubstr("customer 3 and product 1 is -1"));
    AlsSolverOptions wrong = options;
    wrong.num_factors = 0;
    EXPECT_THAT(refusal(planted_blocks(20, 20), wrong), HasSubstr("num_factors"));
}

TEST(AlsSolver, RefusesMorePairsThanItsLimit) {
    CsrMatrix weights = csr_from_triplets(9, 9, {{3, 0, 1}});
    weights.offsets.back() = std::size_t{1} << 31;
    EXPECT_THAT(refusal(weights, small_options({})),
                testing::HasSubstr("2147483648 pairs of customer and product; it takes at most "
                                   "2147483647"));
}

TEST(AlsMethod, IsReadByItsName) {
    for (const AlsMethod method :
         {AlsMethod::kCholesky, AlsMethod::kConjugateGradients, AlsMethod::kSubspace}) {
        const auto read = parse_als_method(als_method_name(method));
        ASSERT_TRUE(read);
        EXPECT_EQ(*read, method);
    }
    EXPECT_FALSE(parse_als_method("lu"));
}

}  // namespace
}  // namespace attune
