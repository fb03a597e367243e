#include "math/aligned.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace attune {
namespace {

TEST(AlignedVector, BeginsAtACacheLineAndWhenLargeAtALargePage) {
    for (const std::size_t count : {1UL, 100UL, (4UL << 20U) - 1, 4UL << 20U, (9UL << 20U) + 3}) {
        AlignedVector<std::uint8_t> bytes(count, 7);
        const auto place = reinterpret_cast<std::uintptr_t>(bytes.data());
        const std::size_t page = count >= 4UL << 20U ? 2UL << 20U : 64;
        EXPECT_EQ(place % page, 0) << count;
        EXPECT_EQ(bytes.back(), 7) << count;
        bytes.resize(count + 5, 8);
        EXPECT_EQ(bytes[count - 1], 7) << count;
        EXPECT_EQ(bytes.back(), 8) << count;
    }
}

}  // namespace
}  // namespace attune
