#include "models/boosted_trees.hpp"

#include <xgboost/c_api.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/random.hpp"

namespace attune {
namespace {

constexpr std::size_t kColumns = 4;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Sample {
    std::vector<float> values;
    std::vector<float> labels;

    [[nodiscard]] LabelledRows rows() const { return {values, kColumns, labels}; }
    [[nodiscard]] std::span<const float> row(std::size_t index) const {
        return std::span(values).subspan(index * kColumns, kColumns);
    }
};

/// Likely yes when column 0 is above 0 and column 1 is missing.
Sample planted(std::size_t num_rows, std::uint64_t seed) {
    Random random(seed);
    Sample sample;
    for (std::size_t i = 0; i < num_rows; ++i) {
        for (std::size_t c = 0; c < kColumns; ++c) {
            sample.values.push_back(random.below(3) == 0 ? kNan
                                                         : static_cast<float>(random.normal()));
        }
        const auto row = sample.row(i);
        const double chance = row[0] > 0 && std::isnan(row[1]) ? 0.9 : 0.1;
        sample.labels.push_back(random.uniform() < chance ? 1.0F : 0.0F);
    }
    return sample;
}

bool never() {
    return false;
}

BoostedTreesOptions quick() {
    BoostedTreesOptions options;
    options.num_rounds = 30;
    options.column_sample = 1;
    return options;
}

TEST(BoostedTrees, LearnsAnInteractionWithMissingValues) {
    const Sample sample = planted(3000, 1);
    const auto trees = fit_boosted_trees(sample.rows(), quick(), never);
    ASSERT_TRUE(trees) << trees.error().message;
    EXPECT_EQ(trees->num_trees(), 30U);
    EXPECT_EQ(trees->num_features(), kColumns);
    // Measured: .87 and .10 to .13; the planted chances are .9 and .1, and 30 rounds shrink.
    EXPECT_GT(trees->probability(std::vector<float>{1, kNan, 0, 0}), 0.75);
    EXPECT_LT(trees->probability(std::vector<float>{1, 0, 0, 0}), 0.25);
    EXPECT_LT(trees->probability(std::vector<float>{-1, kNan, 0, 0}), 0.25);
}

/// XGBoost's own probabilities for the rows it learned from, with the same settings.
std::vector<float> library_predictions(const Sample& sample, const BoostedTreesOptions& options) {
    DMatrixHandle matrix = nullptr;
    BoosterHandle booster = nullptr;
    const std::size_t num_rows = sample.labels.size();
    EXPECT_EQ(XGDMatrixCreateFromMat(sample.values.data(), num_rows, kColumns, kNan, &matrix), 0);
    EXPECT_EQ(XGDMatrixSetFloatInfo(matrix, "label", sample.labels.data(), num_rows), 0);
    EXPECT_EQ(XGBoosterCreate(&matrix, 1, &booster), 0);
    const std::pair<const char*, std::string> settings[] = {
        {"verbosity", "0"},
        {"objective", "binary:logistic"},
        {"tree_method", "hist"},
        {"max_depth", std::to_string(options.max_depth)},
        {"eta", std::to_string(options.learning_rate)},
        {"subsample", std::to_string(options.row_sample)},
        {"colsample_bytree", std::to_string(options.column_sample)},
        {"min_child_weight", std::to_string(options.min_child_weight)},
        {"lambda", std::to_string(options.l2)},
        {"seed", std::to_string(options.seed)},
        {"nthread", "1"},
    };
    for (const auto& [name, value] : settings) XGBoosterSetParam(booster, name, value.c_str());
    for (std::size_t round = 0; round < options.num_rounds; ++round) {
        EXPECT_EQ(XGBoosterUpdateOneIter(booster, static_cast<int>(round), matrix), 0);
    }
    bst_ulong count = 0;
    const float* values = nullptr;
    EXPECT_EQ(XGBoosterPredict(booster, matrix, 0, 0, 0, &count, &values), 0);
    std::vector<float> predictions(values, values + count);
    XGBoosterFree(booster);
    XGDMatrixFree(matrix);
    return predictions;
}

TEST(BoostedTrees, PredictAsTheLibraryDoes) {
    const Sample sample = planted(1000, 2);
    BoostedTreesOptions options = quick();
    options.column_sample = 0.5;
    options.seed = 7;
    const auto trees = fit_boosted_trees(sample.rows(), options, never);
    ASSERT_TRUE(trees);
    const auto expected = library_predictions(sample, options);
    ASSERT_EQ(expected.size(), sample.labels.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(trees->probability(sample.row(i)), expected[i], 1e-6);
    }
}

TEST(BoostedTrees, EqualSeedsGiveEqualTrees) {
    const Sample sample = planted(800, 3);
    BoostedTreesOptions options = quick();
    const auto first = fit_boosted_trees(sample.rows(), options, never);
    const auto second = fit_boosted_trees(sample.rows(), options, never);
    options.seed = 2;
    const auto third = fit_boosted_trees(sample.rows(), options, never);
    ASSERT_TRUE(first && second && third);
    EXPECT_TRUE(*first == *second);
    EXPECT_FALSE(*first == *third);
}

TEST(BoostedTrees, StopOnRequest) {
    const Sample sample = planted(200, 4);
    int asked = 0;
    const auto trees = fit_boosted_trees(sample.rows(), quick(), [&] { return ++asked == 3; });
    ASSERT_FALSE(trees);
    EXPECT_EQ(trees.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(asked, 3);
}

TEST(BoostedTrees, RefuseBadRows) {
    const auto code = [](const LabelledRows& rows) {
        const auto trees = fit_boosted_trees(rows, quick(), never);
        return trees ? std::string("fitted") : std::string(error_code_name(trees.error().code));
    };
    EXPECT_EQ(code({}), "invalid_argument");
    Sample sample = planted(50, 5);
    EXPECT_EQ(code({sample.values, 3, sample.labels}), "invalid_argument");
    sample.labels[4] = 0.5F;
    EXPECT_EQ(code(sample.rows()), "invalid_argument");
    sample.labels[4] = 1;
    sample.values[9] = std::numeric_limits<float>::infinity();
    const auto trees = fit_boosted_trees(sample.rows(), quick(), never);
    ASSERT_FALSE(trees);
    EXPECT_THAT(trees.error().message, testing::HasSubstr("row 2, column 1"));
}

TEST(BoostedTrees, RefuseOptionsOutOfRange) {
    const Sample sample = planted(50, 6);
    const auto refuses = [&](auto change) {
        BoostedTreesOptions options = quick();
        change(options);
        const auto trees = fit_boosted_trees(sample.rows(), options, never);
        return !trees && trees.error().code == ErrorCode::kInvalidArgument;
    };
    EXPECT_TRUE(refuses([](auto& options) { options.num_rounds = 0; }));
    EXPECT_TRUE(refuses([](auto& options) { options.max_depth = 0; }));
    EXPECT_TRUE(refuses([](auto& options) { options.max_depth = 17; }));
    EXPECT_TRUE(refuses([](auto& options) { options.learning_rate = 0; }));
    EXPECT_TRUE(refuses([](auto& options) { options.row_sample = 1.5; }));
    EXPECT_TRUE(refuses([](auto& options) { options.column_sample = kNan; }));
    EXPECT_TRUE(refuses([](auto& options) { options.min_child_weight = -1; }));
    EXPECT_TRUE(refuses([](auto& options) { options.l2 = kNan; }));
    EXPECT_FALSE(refuses([](auto&) {}));
}

}  // namespace
}  // namespace attune
