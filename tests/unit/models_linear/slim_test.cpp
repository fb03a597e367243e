#include "models/linear/slim.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::HasSubstr;

constexpr std::size_t kNumProducts = 25;

TrainingData blocks() {
    Random random(18);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 90; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t j = 0; j + 1 < kNumProducts; ++j) {
            if (random.uniform() < (j % 2 == c % 2 ? 0.4 : 0.08)) {
                events.push_back({j, 90 * random.uniform()});
            }
        }
        histories.push_back(std::move(events));
    }
    return made_data(kNumProducts, histories);
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

struct Problem {
    ItemRegression regression;
    Eigen::MatrixXd gram;    ///< X'WX
    Eigen::MatrixXd target;  ///< X'WY
};

Problem make_problem(const ItemRegressionOptions& options) {
    auto regression = make_item_regression("slim", blocks(), options);
    EXPECT_TRUE(regression);
    const Eigen::MatrixXd x = dense(regression->inputs);
    return {*regression, (dense(regression->input_columns) * x).transpose(),
            (dense(regression->target_columns) * x).transpose()};
}

/// Coordinate descent over all products, every step from the whole objective's derivative.
Eigen::MatrixXd brute_force(const Problem& problem, const SlimSolverOptions& options) {
    const Eigen::Index size = problem.gram.rows();
    Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(size, size);
    for (Eigen::Index j = 0; j < size; ++j) {
        for (int sweep = 0; sweep < 300; ++sweep) {
            for (Eigen::Index i = 0; i < size; ++i) {
                if (i == j) continue;
                weights(i, j) = 0;
                const double pull =
                    problem.target(i, j) - problem.gram.row(i).dot(weights.col(j)) - options.l1;
                weights(i, j) = std::max(0.0, pull) / (problem.gram(i, i) + options.l2);
            }
        }
    }
    return weights;
}

CsrMatrix solve(const Problem& problem, const SlimSolverOptions& options,
                std::size_t num_threads = 2) {
    ThreadPool pool(num_threads);
    NullProgress progress;
    auto weights = solve_slim(problem.regression, options, pool, progress);
    EXPECT_TRUE(weights);
    return *std::move(weights);
}

const std::vector<SlimSolverOptions>& choices() {
    static const std::vector<SlimSolverOptions> all = [] {
        std::vector<SlimSolverOptions> made(3);
        made[0].l1 = 0;
        made[1].l1 = 0.05;
        made[1].l2 = 0.3;
        made[2].l1 = 0.3;
        for (SlimSolverOptions& options : made) {
            options.tolerance = 1e-9;
            options.max_sweeps = 10'000;
        }
        return made;
    }();
    return all;
}

TEST(Slim, WeightsAreThoseOfDenseCoordinateDescent) {
    for (const double half_life_days : {0.0, 30.0}) {
        const Problem problem = make_problem({{}, half_life_days, 0.7});
        for (const SlimSolverOptions& options : choices()) {
            const Eigen::MatrixXd found = dense(solve(problem, options)).transpose();
            const Eigen::MatrixXd wanted = brute_force(problem, options);
            EXPECT_LT((found - wanted).cwiseAbs().maxCoeff(), 1e-6);
            EXPECT_GT(wanted.maxCoeff(), 0.01);
        }
    }
}

TEST(Slim, WeightsMeetTheConditionsOfAMinimum) {
    const Problem problem = make_problem({{}, 40, 1});
    for (const SlimSolverOptions& options : choices()) {
        const Eigen::MatrixXd weights = dense(solve(problem, options)).transpose();
        const Eigen::MatrixXd pull = problem.target - problem.gram * weights;
        for (Eigen::Index j = 0; j < weights.cols(); ++j) {
            EXPECT_EQ(weights(j, j), 0);
            for (Eigen::Index i = 0; i < weights.rows(); ++i) {
                if (i == j) continue;
                const double derivative = pull(i, j) - options.l1 - options.l2 * weights(i, j);
                EXPECT_GE(weights(i, j), 0);
                if (weights(i, j) > 0) {
                    EXPECT_NEAR(derivative, 0, 1e-5);
                } else {
                    EXPECT_LT(derivative, 1e-5);
                }
            }
        }
    }
}

TEST(Slim, MoreL1LeavesFewerWeights) {
    const Problem problem = make_problem({{}, 40, 1});
    const std::size_t many = solve(problem, choices()[1]).num_nonzero();
    const std::size_t few = solve(problem, choices()[2]).num_nonzero();
    EXPECT_LT(few, many);
    EXPECT_GT(few, 0U);
}

TEST(Slim, KeepsTheStrongestWeights) {
    const Problem problem = make_problem({{}, 40, 1});
    SlimSolverOptions options = choices()[1];
    options.max_weights = 0;
    const Eigen::MatrixXd all = dense(solve(problem, options));
    options.max_weights = 3;
    const CsrMatrix pruned = solve(problem, options);
    for (std::size_t j = 0; j < pruned.num_rows; ++j) {
        const auto values = pruned.row_values(j);
        ASSERT_LE(values.size(), 3U);
        if (values.empty()) continue;
        const double weakest = *std::min_element(values.begin(), values.end());
        const auto row = all.row(static_cast<Eigen::Index>(j)).array();
        EXPECT_EQ(static_cast<std::size_t>((row >= weakest).count()), values.size());
    }
}

TEST(Slim, ThreadsChangeNoBit) {
    const Problem problem = make_problem({{}, 40, 1});
    EXPECT_EQ(solve(problem, {}, 1), solve(problem, {}, 4));
}

Result<std::unique_ptr<Recommender>> try_fit(const TrainingData& data, const SlimOptions& options) {
    ThreadPool pool(2);
    NullProgress progress;
    return fit_slim(data, options, pool, progress);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events,
                              std::size_t num_products) {
    const auto history = made_history(events);
    std::vector<double> scores(num_products);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

TEST(Slim, RefusesOptionsOutOfRange) {
    const auto message = [](const SlimOptions& options) {
        const auto model = try_fit(blocks(), options);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    SlimOptions options;
    options.solver.l1 = -1;
    EXPECT_THAT(message(options), HasSubstr("l1 is -1; it may be 0"));
    options = {};
    options.solver.l2 = 0;
    EXPECT_THAT(message(options), HasSubstr("l2 is 0"));
    options.solver.l2 = std::nan("");
    EXPECT_THAT(message(options), HasSubstr("l2"));
    options = {};
    options.solver.max_sweeps = 0;
    EXPECT_THAT(message(options), HasSubstr("max_sweeps"));
    options = {};
    options.solver.tolerance = 0;
    EXPECT_THAT(message(options), HasSubstr("tolerance"));
    options = {};
    options.regression.customer_exponent = 9;
    EXPECT_THAT(message(options), HasSubstr("customer_exponent is 9"));
}

TEST(Slim, RefusesMoreCoOccurrencesThanMemoryAllows) {
    // Two customers with 600 products each: 2 x 360,000 pairs of 8 bytes, 5.5 MiB.
    std::vector<std::vector<MadeEvent>> histories(2);
    for (std::size_t j = 0; j < 1200; ++j) histories[j % 2].push_back({j, 1});
    SlimOptions options;
    options.solver.max_memory_mib = 4;
    const auto model = try_fit(made_data(1200, histories), options);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(model.error().message,
                HasSubstr("1200 products take 5 MiB, and slim.max_memory_mib allows 4"));
}

TEST(Slim, SurvivesLittleData) {
    EXPECT_TRUE(try_fit(made_data(0, {}), {}));
    EXPECT_TRUE(try_fit(made_data(3, {{}, {}}), {}));
    EXPECT_TRUE(try_fit(made_data(1, {{{0, 1}}, {{0, 2}}}), {}));
    SlimOptions options;
    options.solver.l1 = 0;
    const auto one_customer = try_fit(made_data(3, {{{0, 1}, {1, 1}}}), options);
    ASSERT_TRUE(one_customer);
    const auto scores = scores_of(**one_customer, {{0, 1}}, 3);
    EXPECT_GT(scores[1], 0);
    EXPECT_EQ(scores[2], 0);
    const auto infinite =
        try_fit(made_data(2, {{{0, 1, std::numeric_limits<float>::infinity()}, {1, 1}}}), {});
    ASSERT_FALSE(infinite);
    EXPECT_THAT(infinite.error().message, HasSubstr("not finite"));
}

}  // namespace
}  // namespace attune
