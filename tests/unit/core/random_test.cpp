#include "core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace attune {
namespace {

TEST(Random, GivesTheSameSequenceForTheSameSeed) {
    Random a(7);
    Random b(7);
    Random c(8);
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t value = a.next();
        EXPECT_EQ(value, b.next());
        differs |= value != c.next();
    }
    EXPECT_TRUE(differs);
}

TEST(Random, IsUniform) {
    Random random(1);
    std::vector<int> counts(10);
    double sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        ++counts[random.below(10)];
        const double u = random.uniform();
        ASSERT_GE(u, 0);
        ASSERT_LT(u, 1);
        sum += u;
    }
    // Four standard deviations of a count are 380, of the mean .0037.
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
    EXPECT_NEAR(sum / 100'000, 0.5, 0.004);
}

TEST(Random, DrawsStandardNormals) {
    Random random(2);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double z = random.normal();
        sum += z;
        squares += z * z;
    }
    EXPECT_NEAR(sum / 100'000, 0, 0.013);
    EXPECT_NEAR(squares / 100'000, 1, 0.018);
}

TEST(Random, ShufflesWithoutLosingAnything) {
    Random random(3);
    std::vector<int> values(50);
    std::iota(values.begin(), values.end(), 0);
    std::vector<int> shuffled = values;
    random.shuffle(shuffled);
    EXPECT_NE(shuffled, values);
    std::sort(shuffled.begin(), shuffled.end());
    EXPECT_EQ(shuffled, values);
    Random other = random.split();
    EXPECT_NE(other.next(), random.next());
}

}  // namespace
}  // namespace attune
