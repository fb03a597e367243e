#include "models/product_strength.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::ElementsAre;

std::vector<double> strengths_of(const std::vector<MadeEvent>& events,
                                 const StrengthOptions& options) {
    std::vector<double> strengths;
    for (const auto& entry : product_strengths(made_history(events), kMadeNow, options)) {
        strengths.push_back(entry.strength);
    }
    return strengths;
}

TEST(ProductStrength, StrongestEventCounts) {
    const std::vector<MadeEvent> events{{3, 1, 0.1F}, {1, 2}, {3, 5}, {3, 0, 0}};
    const auto found = product_strengths(made_history(events), kMadeNow, {});
    EXPECT_THAT(found, ElementsAre(ProductStrength{ProductIndex(1), 1, add_days(kMadeNow, -2)},
                                   ProductStrength{ProductIndex(3), 1, add_days(kMadeNow, -1)}));
}

TEST(ProductStrength, DismissalsWeighNothing) {
    EXPECT_THAT(strengths_of({{0, 1, 0}}, {}), ElementsAre());
}

TEST(ProductStrength, FadesByHalfLives) {
    EXPECT_THAT(strengths_of({{0, 10}, {0, 30}, {1, -4}}, {Strength::kStrongest, 10}),
                ElementsAre(0.5, 1));
}

TEST(ProductStrength, SumCountsABasketOnce) {
    const std::vector<MadeEvent> events{
        {0, 1, 1, "a"}, {0, 1, 0.5F, "a"}, {0, 2, 1, "b"}, {0, 3}, {0, 4}};
    EXPECT_THAT(strengths_of(events, {Strength::kSum, 0}), ElementsAre(4));
    EXPECT_THAT(strengths_of(events, {Strength::kLogSum, 0}), ElementsAre(std::log2(5)));
    EXPECT_THAT(strengths_of({{2, 1}}, {Strength::kLogSum, 0}), ElementsAre(1));
}

TEST(ProductStrength, WhatHasFadedAltogetherIsGone) {
    EXPECT_THAT(strengths_of({{0, 40'000}}, {Strength::kStrongest, 1}), ElementsAre());
    // Too small for the matrix's floats, though not for a double.
    const TrainingData data = made_data(2, {{{0, 200}, {1, 1}}});
    EXPECT_EQ(strength_matrix(data, {Strength::kStrongest, 1}).num_nonzero(), 1U);
}

TEST(ProductStrength, MatrixHasARowPerCustomer) {
    const TrainingData data = made_data(3, {{{2, 1}, {0, 1}}, {}, {{1, 10}}});
    const CsrMatrix matrix = strength_matrix(data, {Strength::kSum, 10});
    EXPECT_EQ(matrix.num_rows, 3U);
    EXPECT_EQ(matrix.num_columns, 3U);
    EXPECT_THAT(matrix.offsets, ElementsAre(0, 2, 2, 3));
    EXPECT_THAT(matrix.columns, ElementsAre(0, 2, 1));
    EXPECT_EQ(matrix.values[2], 0.5F);
}

TEST(ProductStrength, RefusesAHalfLifeThatIsNone) {
    EXPECT_TRUE(validate(StrengthOptions{}, "m"));
    for (const double half_life_days : {-1.0, std::nan(""), HUGE_VAL}) {
        const Status status = validate(StrengthOptions{Strength::kSum, half_life_days}, "m");
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(status.error().message, testing::StartsWith("m: the half-life"));
    }
}

}  // namespace
}  // namespace attune
