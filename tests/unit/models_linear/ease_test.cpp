#include "models/linear/ease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "models/linear/cholesky.hpp"
#include "models/linear/item_weights.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::HasSubstr;

constexpr std::size_t kNumProducts = 30;

/// Even and odd products go together; the last product is nobody's.
TrainingData blocks() {
    Random random(8);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 80; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t j = 0; j + 1 < kNumProducts; ++j) {
            if (random.uniform() < (j % 2 == c % 2 ? 0.4 : 0.05)) {
                events.push_back({j, 90 * random.uniform()});
            }
        }
        histories.push_back(std::move(events));
    }
    return made_data(kNumProducts, histories);
}

Result<std::unique_ptr<Recommender>> try_fit(const TrainingData& data, const EaseOptions& options,
                                             std::size_t num_threads = 2) {
    ThreadPool pool(num_threads);
    NullProgress progress;
    return fit_ease(data, options, pool, progress);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events,
                              std::size_t num_products = kNumProducts) {
    const auto history = made_history(events);
    std::vector<double> scores(num_products);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
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

/// The least-squares weights of each product one by one, by a dense solver: the other products'
/// columns only, so that nothing of the closed form is used.
Eigen::MatrixXd brute_force(const TrainingData& data, const EaseOptions& options) {
    const ItemRegressionOptions& regression = options.regression;
    const Eigen::MatrixXd x = dense(strength_matrix(data, regression.history));
    const Eigen::MatrixXd y = dense(
        strength_matrix(data, {regression.history.strength, regression.target_half_life_days}));
    Eigen::VectorXd customers(x.rows());
    for (Eigen::Index u = 0; u < x.rows(); ++u) {
        const auto has = static_cast<double>((x.row(u).array() > 0).count());
        customers[u] = has > 0 ? std::pow(has, -regression.customer_exponent) : 0;
    }
    Eigen::MatrixXd weights = Eigen::MatrixXd::Zero(x.cols(), x.cols());
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
        Eigen::MatrixXd others = x;
        others.col(j).setZero();
        const Eigen::MatrixXd gram = others.transpose() * customers.asDiagonal() * others;
        const Eigen::MatrixXd ridge =
            gram + options.regularization * Eigen::MatrixXd::Identity(x.cols(), x.cols());
        weights.col(j) =
            ridge.partialPivLu().solve(others.transpose() * customers.asDiagonal() * y.col(j));
    }
    return weights;
}

/// The model's weights up to its scale: scores of customers with one product of strength 1.
Eigen::MatrixXd weights_of(const Recommender& model, std::size_t num_products) {
    const auto size = static_cast<Eigen::Index>(num_products);
    Eigen::MatrixXd weights(size, size);
    for (std::size_t i = 0; i < num_products; ++i) {
        const auto scores = scores_of(model, {{i, 0}}, num_products);
        weights.row(static_cast<Eigen::Index>(i)) =
            Eigen::Map<const Eigen::RowVectorXd>(scores.data(), size);
    }
    return weights;
}

void expect_proportional(const Eigen::MatrixXd& found, const Eigen::MatrixXd& wanted,
                         double tolerance) {
    const double scale = found.cwiseProduct(wanted).sum() / wanted.squaredNorm();
    EXPECT_GT(scale, 0);
    EXPECT_LT((found / scale - wanted).cwiseAbs().maxCoeff(), tolerance);
}

TEST(Ease, WeightsAreThoseOfARegressionOfEachProduct) {
    const TrainingData data = blocks();
    for (const Precision precision : {Precision::kFloat, Precision::kDouble}) {
        for (const double half_life_days : {0.0, 20.0}) {
            EaseOptions options;
            options.precision = precision;
            options.regression.target_half_life_days = half_life_days;
            options.regularization = 0.5;
            const auto model = try_fit(data, options);
            ASSERT_TRUE(model);
            expect_proportional(weights_of(**model, kNumProducts), brute_force(data, options),
                                precision == Precision::kDouble ? 1e-6 : 1e-5);
        }
    }
}

TEST(Ease, IsThePapersClosedForm) {
    // I - P diag(1 / diag P) with P the inverse of X'X + lambda I.
    const TrainingData data = blocks();
    EaseOptions options;
    options.regression = {{}, 0, 0};
    options.regularization = 5;
    const Eigen::MatrixXd x = dense(strength_matrix(data, {}));
    const Eigen::MatrixXd p =
        (x.transpose() * x + 5 * Eigen::MatrixXd::Identity(x.cols(), x.cols())).inverse();
    Eigen::MatrixXd wanted = -p * p.diagonal().cwiseInverse().asDiagonal();
    wanted.diagonal().setZero();
    const auto model = try_fit(data, options);
    ASSERT_TRUE(model);
    expect_proportional(weights_of(**model, kNumProducts), wanted, 1e-5);
}

TEST(Ease, KeepsTheStrongestWeights) {
    const TrainingData data = blocks();
    EaseOptions options;
    options.max_weights = 0;
    const auto all = try_fit(data, options);
    options.max_weights = 4;
    const auto few = try_fit(data, options);
    ASSERT_TRUE(all && few);
    const Eigen::MatrixXd dense_weights = weights_of(**all, kNumProducts).cwiseAbs();
    const Eigen::MatrixXd pruned = weights_of(**few, kNumProducts).cwiseAbs();
    for (Eigen::Index j = 0; j + 1 < pruned.cols(); ++j) {
        EXPECT_EQ((pruned.col(j).array() > 0).count(), 4);
        double weakest_kept = std::numeric_limits<double>::infinity();
        double strongest_left_out = 0;
        for (Eigen::Index i = 0; i < pruned.rows(); ++i) {
            const double weight = dense_weights(i, j);
            if (pruned(i, j) > 0) {
                weakest_kept = std::min(weakest_kept, weight);
            } else {
                strongest_left_out = std::max(strongest_left_out, weight);
            }
        }
        EXPECT_GE(weakest_kept, strongest_left_out);
    }
}

TEST(Ease, RefusesOptionsOutOfRange) {
    const auto message = [](const EaseOptions& options) {
        const auto model = try_fit(blocks(), options);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    EaseOptions options;
    options.regularization = 0;
    EXPECT_THAT(message(options), HasSubstr("regularization is 0; it may be 1e-09"));
    options.regularization = std::nan("");
    EXPECT_THAT(message(options), HasSubstr("regularization"));
    options = {};
    options.regression.customer_exponent = -1;
    EXPECT_THAT(message(options), HasSubstr("customer_exponent"));
    options = {};
    options.regression.target_half_life_days = -1;
    EXPECT_THAT(message(options), HasSubstr("half-life"));
    options = {};
    options.max_products = 28;  // 29 have events
    EXPECT_THAT(message(options), HasSubstr("29 products have events, and ease.max_products"));
    options.max_products = 29;
    EXPECT_TRUE(try_fit(blocks(), options));
}

TEST(Ease, SurvivesLittleData) {
    EXPECT_TRUE(try_fit(made_data(0, {}), {}));
    EXPECT_TRUE(try_fit(made_data(3, {}), {}));
    const auto one_product = try_fit(made_data(1, {{{0, 1}}, {{0, 2}}}), {});
    ASSERT_TRUE(one_product);
    EXPECT_EQ(scores_of(**one_product, {{0, 1}}, 1), std::vector<double>{0});
    const auto one_customer = try_fit(made_data(3, {{{0, 1}, {1, 1}}}), {});
    ASSERT_TRUE(one_customer);
    const auto scores = scores_of(**one_customer, {{0, 1}}, 3);
    EXPECT_GT(scores[1], 0);
    EXPECT_EQ(scores[2], 0);
}

TEST(Ease, AWeightThatIsNoNumberIsRefused) {
    for (const float weight : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
        const auto fitted = try_fit(made_data(2, {{{0, 1, weight}, {1, 1}}}), {});
        ASSERT_FALSE(fitted);
        EXPECT_THAT(fitted.error().message, HasSubstr("not finite"));
    }
}

template <typename T>
DenseMatrix<T> positive_definite(Eigen::Index size) {
    Random random(3);
    DenseMatrix<T> root(size, size);
    for (T& value : root.reshaped()) value = static_cast<T>(random.normal());
    return root * root.transpose() + DenseMatrix<T>::Identity(size, size) * static_cast<T>(size);
}

TEST(Cholesky, FactorsMatricesOfManyTiles) {
    ThreadPool pool(2);
    NullProgress progress;
    for (const Eigen::Index size : {1, 191, 192, 193, 450}) {
        const DenseMatrix<double> matrix = positive_definite<double>(size);
        DenseMatrix<double> factor = matrix;
        ASSERT_TRUE(cholesky_in_place(factor, pool, progress));
        const DenseMatrix<double> lower = factor.triangularView<Eigen::Lower>();
        EXPECT_LT((lower * lower.transpose() - matrix).cwiseAbs().maxCoeff(), 1e-9);
    }
}

TEST(Cholesky, RefusesWhatIsNotPositiveDefinite) {
    ThreadPool pool(2);
    NullProgress progress;
    for (const double spoilt : {-1.0, std::nan("")}) {
        DenseMatrix<double> matrix = positive_definite<double>(300);
        matrix(290, 290) = spoilt;
        const Status status = cholesky_in_place(matrix, pool, progress);
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace attune
