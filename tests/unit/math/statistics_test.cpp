#include "math/statistics.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace attune {
namespace {

TEST(Statistics, OfNothingAreZero) {
    EXPECT_EQ(mean({}), 0);
    EXPECT_EQ(variance({}), 0);
    EXPECT_EQ(quantile({}, 0.5), 0);
}

TEST(Statistics, OfOneValue) {
    const std::vector<double> one{3};
    EXPECT_EQ(mean(one), 3);
    EXPECT_EQ(variance(one), 0);
    EXPECT_EQ(quantile(one, 0.0), 3);
    EXPECT_EQ(quantile(one, 1.0), 3);
}

TEST(Statistics, MeanAndSampleVariance) {
    const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
    EXPECT_DOUBLE_EQ(mean(values), 5);
    EXPECT_DOUBLE_EQ(variance(values), 32.0 / 7);
}

TEST(Statistics, QuantileInterpolates) {
    const std::vector<double> values{40, 10, 30, 20};
    EXPECT_DOUBLE_EQ(quantile(values, 0), 10);
    EXPECT_DOUBLE_EQ(quantile(values, 0.5), 25);
    EXPECT_DOUBLE_EQ(quantile(values, 0.25), 17.5);
    EXPECT_DOUBLE_EQ(quantile(values, 1), 40);
}

TEST(StatisticsDeathTest, RefusesAShareThatIsNone) {
    EXPECT_DEATH(static_cast<void>(quantile(std::vector<double>{1}, 1.5)), "probability");
}

}  // namespace
}  // namespace attune
