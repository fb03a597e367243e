#include "models/sgd/pairwise_sgd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "models/sgd/bpr_factors.hpp"
#include "models/sgd/row_kernels.hpp"
#include "models/sgd/warp_factors.hpp"
#include "support/every_target.hpp"
#include "support/factor_matrix.hpp"

namespace attune {
namespace {

constexpr std::size_t kGroups = 4;

/// Customers of four groups, each dealing with 60 % of its group's products and none other.
CsrMatrix groups(std::size_t num_customers, std::size_t num_products) {
    Random random(2);
    std::vector<Triplet> triplets;
    for (std::uint32_t c = 0; c < num_customers; ++c) {
        for (auto j = static_cast<std::uint32_t>(c % kGroups); j < num_products; j += kGroups) {
            if (random.uniform() < 0.6) triplets.push_back({c, j, 1});
        }
    }
    return csr_from_triplets(num_customers, num_products, std::move(triplets));
}

/// The share of pairs of an unseen product of the own group and one of another that stand right.
double share_right(const CsrMatrix& counts, const PairwiseFactors& factors) {
    std::size_t right = 0;
    std::size_t all = 0;
    const Eigen::MatrixXd scores =
        as_matrix(factors.customers) * as_matrix(factors.products).transpose();
    for (std::size_t c = 0; c < counts.num_rows; ++c) {
        const auto seen = counts.row_columns(c);
        const auto score = [&](std::size_t j) {
            return scores(static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(j)) +
                   static_cast<double>(factors.biases[j]);
        };
        for (std::size_t j = c % kGroups; j < counts.num_columns; j += kGroups) {
            if (std::find(seen.begin(), seen.end(), j) != seen.end()) continue;
            for (std::size_t other = 0; other < counts.num_columns; ++other) {
                if (other % kGroups == c % kGroups) continue;
                right += score(j) > score(other) ? 1 : 0;
                ++all;
            }
        }
    }
    return static_cast<double>(right) / static_cast<double>(all);
}

PairwiseOptions small_options() {
    PairwiseOptions options;
    options.num_factors = 8;
    options.num_epochs = 40;
    return options;
}

Result<PairwiseFactors> fit_bpr_with(const CsrMatrix& counts, const PairwiseOptions& options,
                                     std::size_t pool_size = 2) {
    ThreadPool pool(pool_size);
    NullProgress progress;
    return fit_bpr_factors(counts, options, pool, progress);
}

Result<PairwiseFactors> fit_warp_with(const CsrMatrix& counts, const PairwiseOptions& common) {
    ThreadPool pool(2);
    NullProgress progress;
    WarpSolverOptions options;
    static_cast<PairwiseOptions&>(options) = common;
    options.learning_rate = 0.03;
    return fit_warp_factors(counts, options, pool, progress);
}

class Rows : public testing::TestWithParam<std::size_t> {
 protected:
    struct alignas(64) Row {
        std::array<float, 64> values{};
    };

    Rows() {
        Random random(6);
        for (Row* row : {&customer_, &liked_, &other_}) {
            for (std::size_t f = 0; f < GetParam(); ++f) {
                row->values[f] = static_cast<float>(random.normal());
            }
        }
    }

    Row customer_;
    Row liked_;
    Row other_;
};

TEST_P(Rows, ProductsAreThoseOfThePlainLoops) {
    double dot = 0;
    double margin = 0;
    for (std::size_t f = 0; f < GetParam(); ++f) {
        const double u = customer_.values[f];
        dot += u * static_cast<double>(liked_.values[f]);
        margin += u * static_cast<double>(liked_.values[f] - other_.values[f]);
    }
    const std::size_t size = FactorRows::filled_up(GetParam());
    on_every_target([&] {
        const float* const customer = customer_.values.data();
        const float* const liked = liked_.values.data();
        EXPECT_NEAR(sgd::row_dot(customer, liked, size), dot, 1e-4);
        EXPECT_NEAR(sgd::row_margin(customer, liked, other_.values.data(), size), margin, 1e-4);
    });
}

// The objective of one draw, -log s(margin) + lambda / 2 of the squared norms, by central
// differences against the step taken.
TEST_P(Rows, StepGoesDownTheGradient) {
    constexpr double kLambda = 0.2;
    constexpr double kRate = 0.01;
    std::array<std::array<float, 64>*, 3> rows{&customer_.values, &liked_.values, &other_.values};
    const auto objective = [&](std::size_t row, std::size_t factor, double change) {
        double margin = 0;
        double norms = 0;
        for (std::size_t f = 0; f < GetParam(); ++f) {
            std::array<double, 3> at{};
            for (std::size_t r = 0; r < 3; ++r) {
                at[r] =
                    static_cast<double>((*rows[r])[f]) + (r == row && f == factor ? change : 0.0);
            }
            margin += at[0] * (at[1] - at[2]);
            norms += at[0] * at[0] + at[1] * at[1] + at[2] * at[2];
        }
        return std::log1p(std::exp(-margin)) + kLambda / 2 * norms;
    };
    const std::size_t size = FactorRows::filled_up(GetParam());
    on_every_target([&] {
        std::array<Row, 3> stepped{customer_, liked_, other_};
        const double margin = sgd::row_margin(customer_.values.data(), liked_.values.data(),
                                              other_.values.data(), size);
        sgd::pair_step(stepped[0].values.data(), stepped[1].values.data(), stepped[2].values.data(),
                       size, static_cast<float>(kRate / (1 + std::exp(margin))),
                       static_cast<float>(kRate * kLambda));
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t f = 0; f < 64; ++f) {
                const double step = static_cast<double>(stepped[row].values[f] - (*rows[row])[f]);
                const double slope =
                    f < GetParam() ? (objective(row, f, 1e-4) - objective(row, f, -1e-4)) / 2e-4
                                   : 0;
                EXPECT_NEAR(step, -kRate * slope, 1e-6);
            }
        }
    });
}

INSTANTIATE_TEST_SUITE_P(Sizes, Rows, testing::Values(1, 7, 16, 33, 64));

TEST(Bpr, RecoversPlantedGroups) {
    const CsrMatrix counts = groups(80, 60);
    for (const auto negatives : {NegativeSampling::kUniform, NegativeSampling::kPopularity}) {
        PairwiseOptions options = small_options();
        options.negatives = negatives;
        const auto factors = fit_bpr_with(counts, options);
        ASSERT_TRUE(factors);
        EXPECT_GT(share_right(counts, *factors), 0.99);
        ASSERT_EQ(factors->epoch_losses.size(), options.num_epochs);
        EXPECT_NEAR(factors->epoch_losses.front(), std::log(2.0), 0.1);
        EXPECT_LT(factors->epoch_losses.back(), 0.15);
    }
}

TEST(Warp, RecoversPlantedGroups) {
    const CsrMatrix counts = groups(80, 60);
    const auto factors = fit_warp_with(counts, small_options());
    ASSERT_TRUE(factors);
    EXPECT_GT(share_right(counts, *factors), 0.9);  // reached: 0.943
    EXPECT_LT(factors->epoch_losses.back(), 0.5 * factors->epoch_losses.front());
}

TEST(Pairwise, OneThreadGivesTheSameBytesWhateverThePool) {
    const CsrMatrix counts = groups(40, 30);
    for (const auto fit :
         {+[](const CsrMatrix&c, std::size_t p) { return fit_bpr_with(c, small_options(), p); },
          +[](const CsrMatrix&c, std::size_t) { return fit_warp_with(c, small_options()); }}) {
        const auto first = fit(counts, 1);
        const auto second = fit(counts, 3);
        ASSERT_TRUE(first && second);
        EXPECT_EQ(first->customers, second->customers);
        EXPECT_EQ(first->products, second->products);
        EXPECT_EQ(first->biases, second->biases);
    }
}

TEST(Pairwise, SeedsDiffer) {
    const CsrMatrix counts = groups(40, 30);
    PairwiseOptions options = small_options();
    const auto first = fit_bpr_with(counts, options);
    options.seed = 2;
    const auto second = fit_bpr_with(counts, options);
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->products, second->products);
}

TEST(Pairwise, ManyThreadsLearnTheSameThing) {
    const CsrMatrix counts = groups(80, 60);
    for (const std::size_t num_threads : {0, 2, 7}) {
        PairwiseOptions options = small_options();
        options.num_threads = num_threads;
        const auto bpr = fit_bpr_with(counts, options);
        const auto warp = fit_warp_with(counts, options);
        ASSERT_TRUE(bpr && warp);
        EXPECT_GT(share_right(counts, *bpr), 0.99);
        EXPECT_GT(share_right(counts, *warp), 0.9);  // reached: 0.946 to 0.955
    }
}

TEST(Pairwise, WithoutBiasesThereAreNone) {
    PairwiseOptions options = small_options();
    options.biases = false;
    const auto factors = fit_bpr_with(groups(40, 30), options);
    ASSERT_TRUE(factors);
    EXPECT_THAT(factors->biases, testing::Each(0.0F));
}

TEST(Pairwise, LeavesThoseWhoHaveEverythingAsTheyAre) {
    // Nobody lacks a product: nothing to learn, and nothing that breaks.
    const CsrMatrix counts = csr_from_triplets(2, 2, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}});
    PairwiseOptions options = small_options();
    options.num_factors = 2;
    for (const auto& fitted : {fit_bpr_with(counts, options), fit_warp_with(counts, options)}) {
        ASSERT_TRUE(fitted);
        EXPECT_TRUE(as_matrix(fitted->products).allFinite());
        EXPECT_EQ(fitted->epoch_losses.back(), 0);
    }
}

TEST(Pairwise, RefusesMatricesItCannotLearnFrom) {
    const auto error_of = [](const CsrMatrix& counts) {
        const auto fitted = fit_bpr_with(counts, small_options());
        EXPECT_FALSE(fitted);
        return fitted ? std::string() : fitted.error().message;
    };
    EXPECT_THAT(error_of(csr_from_triplets(3, 4, {})), testing::HasSubstr("at least one pair"));
    EXPECT_THAT(error_of(csr_from_triplets(1, 4, {{0, 1, 1}})), testing::HasSubstr("at least 2"));
    EXPECT_THAT(error_of(csr_from_triplets(3, 1, {{2, 0, 1}})), testing::HasSubstr("at least 2"));
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -1.0F, 0.0F,
                            std::numeric_limits<float>::infinity()}) {
        CsrMatrix counts = groups(12, 16);
        counts.values[3] = bad;
        EXPECT_THAT(error_of(counts), testing::HasSubstr("weights are finite"));
    }
}

TEST(Pairwise, RefusesOptionsOutOfRange) {
    const CsrMatrix counts = groups(12, 16);
    const auto refuses = [&](const char* name, auto change) {
        PairwiseOptions options = small_options();
        change(options);
        const auto fitted = fit_bpr_with(counts, options);
        ASSERT_FALSE(fitted) << name;
        EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(fitted.error().message, testing::HasSubstr(name));
    };
    refuses("num_factors", [](auto& o) { o.num_factors = 0; });
    refuses("13 factors", [](auto& o) { o.num_factors = 13; });
    refuses("num_epochs", [](auto& o) { o.num_epochs = 0; });
    refuses("learning_rate", [](auto& o) { o.learning_rate = std::nan(""); });
    refuses("regularization", [](auto& o) { o.regularization = -1; });
    refuses("initial_deviation", [](auto& o) { o.initial_deviation = 0; });
    refuses("num_threads", [](auto& o) { o.num_threads = 100'000; });
}

/// Likings that no two factors can tell apart, learned from in steps that are far too long.
Result<PairwiseFactors> fit_recklessly(double max_norm) {
    Random random(3);
    std::vector<Triplet> triplets;
    for (std::uint32_t u = 0; u < 60; ++u) {
        for (std::uint32_t i = 0; i < 40; ++i) {
            if (random.uniform() < 0.5) triplets.push_back({u, i, 1});
        }
    }
    WarpSolverOptions options;
    static_cast<PairwiseOptions&>(options) = small_options();
    options.num_factors = 2;
    options.learning_rate = 10;
    options.regularization = 0;
    options.initial_deviation = 1000;
    options.num_epochs = 100;
    options.max_norm = max_norm;
    ThreadPool pool(2);
    NullProgress progress;
    return fit_warp_factors(csr_from_triplets(60, 40, std::move(triplets)), options, pool,
                            progress);
}

TEST(Pairwise, SaysThatItDivergedInsteadOfGivingNumbersThatAreNone) {
    const auto fitted = fit_recklessly(0);
    ASSERT_FALSE(fitted);
    EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(fitted.error().message, testing::HasSubstr("learning_rate"));
}

TEST(Pairwise, ABoundOnTheNormsKeepsItFromDiverging) {
    const auto fitted = fit_recklessly(4);
    ASSERT_TRUE(fitted) << fitted.error().message;
    EXPECT_TRUE(as_matrix(fitted->products).allFinite());
    EXPECT_LT(as_matrix(fitted->products).rowwise().norm().maxCoeff(), 4.001);
}

class StopsAfter final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t total) override { total_ = total; }
    void advance(std::uint64_t done) override { done_ = done; }
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return done_ * 2 > total_; }
    [[nodiscard]] double share() const {
        return static_cast<double>(done_) / static_cast<double>(total_);
    }

 private:
    std::uint64_t total_ = 1;
    std::uint64_t done_ = 0;
};

TEST(Pairwise, StopsWhenAsked) {
    ThreadPool pool(1);
    StopsAfter progress;
    const auto fitted = fit_bpr_factors(groups(40, 30), small_options(), pool, progress);
    ASSERT_FALSE(fitted);
    EXPECT_EQ(fitted.error().code, ErrorCode::kCancelled);
    EXPECT_LT(progress.share(), 0.6);
}

}  // namespace
}  // namespace attune
