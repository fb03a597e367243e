#include "models/linear/svd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::Each;
using testing::HasSubstr;

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

Result<std::unique_ptr<Recommender>> try_fit(const TrainingData& data, const SvdOptions& options) {
    ThreadPool pool(2);
    NullProgress progress;
    return fit_svd(data, options, pool, progress);
}

SvdOptions of_rank(std::size_t rank) {
    SvdOptions options;
    options.solver.rank = rank;
    return options;
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events,
                              std::size_t num_products = kNumProducts) {
    const auto history = made_history(events);
    std::vector<double> scores(num_products);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

TEST(Svd, ScoresAreTheHistoryTimesVVTransposed) {
    const TrainingData data = blocks();
    SvdOptions options = of_rank(4);
    options.solver.power_iterations = 20;
    options.customer_exponent = 0.5;
    options.product_exponent = 0.4;
    options.spectrum_exponent = 0.6;
    const CsrMatrix strengths = strength_matrix(data, options.strength);
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(60, kNumProducts);
    for (std::size_t u = 0; u < 60; ++u) {
        const auto columns = strengths.row_columns(u);
        for (std::size_t k = 0; k < columns.size(); ++k) {
            matrix(static_cast<Eigen::Index>(u), columns[k]) = strengths.row_values(u)[k];
        }
    }
    const Eigen::ArrayXd has = (matrix.array() > 0).rowwise().count().cast<double>();
    const Eigen::ArrayXd of = (matrix.array() > 0).colwise().count().cast<double>().transpose();
    const Eigen::MatrixXd weighted =
        has.pow(-0.25).matrix().asDiagonal() * matrix * of.pow(-0.2).matrix().asDiagonal();
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(weighted, Eigen::ComputeThinV);
    const Eigen::MatrixXd v = svd.matrixV().leftCols(4);

    const auto model = try_fit(data, options);
    ASSERT_TRUE(model);
    Eigen::MatrixXd found(10, kNumProducts);
    std::vector<double> scores(kNumProducts);
    for (Eigen::Index u = 0; u < 10; ++u) {
        (*model)->score(data.view(CustomerIndex(static_cast<std::size_t>(u))), scores);
        found.row(u) = Eigen::Map<Eigen::RowVectorXd>(scores.data(), kNumProducts);
    }
    const Eigen::MatrixXd wanted =
        matrix.topRows(10) * v *
        svd.singularValues().head(4).array().pow(0.6).matrix().asDiagonal() * v.transpose();
    const double scale = found.cwiseProduct(wanted).sum() / wanted.squaredNorm();
    EXPECT_GT(scale, 0);
    EXPECT_LT((found / scale - wanted).cwiseAbs().maxCoeff(), 1e-5);
}

TEST(Svd, AnEventOfANewCustomerCountsAtOnce) {
    const auto model = try_fit(blocks(), of_rank(2));
    ASSERT_TRUE(model);
    EXPECT_THAT(scores_of(**model, {}), Each(0.0));
    const auto scores = scores_of(**model, {{2, 1}});
    double even = 0;
    double odd = 0;
    for (std::size_t j = 4; j < kNumProducts; ++j) (j % 2 == 0 ? even : odd) += scores[j];
    EXPECT_GT(even, 5 * std::abs(odd));
}

TEST(Svd, RefusesOptionsOutOfRange) {
    const auto message = [](const SvdOptions& options) {
        const auto model = try_fit(blocks(), options);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    EXPECT_THAT(message(of_rank(0)), HasSubstr("rank is 0; it may be 1 to 2048"));
    EXPECT_THAT(message(of_rank(1'000'000)), HasSubstr("rank"));
    SvdOptions options;
    options.product_exponent = std::nan("");
    EXPECT_THAT(message(options), HasSubstr("product_exponent"));
    options = {};
    options.strength.half_life_days = -2;
    EXPECT_THAT(message(options), HasSubstr("half-life"));
}

TEST(Svd, SurvivesLittleData) {
    EXPECT_TRUE(try_fit(made_data(0, {}), {}));
    const auto nobody = try_fit(made_data(3, {{}, {}}), {});
    ASSERT_TRUE(nobody);
    EXPECT_THAT(scores_of(**nobody, {{0, 1}}, 3), Each(0.0));
    // A rank above the number of customers and products.
    const auto one_customer = try_fit(made_data(3, {{{0, 1}, {1, 1}}}), of_rank(50));
    ASSERT_TRUE(one_customer);
    const auto scores = scores_of(**one_customer, {{0, 1}}, 3);
    EXPECT_GT(scores[1], 0);
    EXPECT_NEAR(scores[2], 0, 1e-9);
    EXPECT_TRUE(try_fit(made_data(1, {{{0, 1}}, {{0, 2}}}), {}));
    const auto infinite =
        try_fit(made_data(2, {{{0, 1, std::numeric_limits<float>::infinity()}, {1, 1}}}), {});
    ASSERT_FALSE(infinite);
    EXPECT_THAT(infinite.error().message, HasSubstr("not finite"));
}

TEST(Svd, RefusesOrSurvivesDamagedBytes) {
    const TrainingData data = blocks();
    BinaryWriter writer;
    (*try_fit(data, of_rank(3)))->save(writer);
    const std::string bytes = writer.bytes();
    std::size_t num_refused = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = '\xff';
        BinaryReader reader(damaged);
        const auto loaded = load_svd(reader, data.catalogue);
        if (!loaded) {
            ++num_refused;
            continue;
        }
        for (const double score : scores_of(**loaded, {{0, 1}})) EXPECT_TRUE(std::isfinite(score));
    }
    EXPECT_GT(num_refused, 20U);
}

}  // namespace
}  // namespace attune
