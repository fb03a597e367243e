#include "math/dense.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace attune {
namespace {

TEST(Dot, MatchesThePlainSumAtEveryLength) {
    for (std::size_t size = 0; size < 40; ++size) {
        std::vector<float> a(size);
        std::vector<double> b(size);
        std::iota(a.begin(), a.end(), 1.0F);
        std::iota(b.begin(), b.end(), -5.0);
        const double expected = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
        EXPECT_DOUBLE_EQ(dot(a.data(), b.data(), size), expected) << size;
    }
}

TEST(AllFinite, FindsInfinityAndNan) {
    EXPECT_TRUE(all_finite(std::vector<float>{}));
    EXPECT_TRUE(all_finite(std::vector<float>{1, -2}));
    EXPECT_FALSE(all_finite(std::vector<float>{1, std::numeric_limits<float>::infinity()}));
    EXPECT_TRUE(all_finite(std::vector<double>{1, -2}));
    EXPECT_FALSE(all_finite(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}));
}

}  // namespace
}  // namespace attune
