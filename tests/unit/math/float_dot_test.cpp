#include "math/float_dot.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "math/dense.hpp"
#include "support/every_target.hpp"

namespace attune {
namespace {

TEST(FloatDot, AgreesWithTheExactSumAtEveryLengthAndAlignment) {
    Random random(3);
    std::vector<float> a(140);
    std::vector<float> b(140);
    for (std::size_t i = 0; i < a.size(); ++i) {
        a[i] = static_cast<float>(random.normal());
        b[i] = static_cast<float>(random.normal());
    }
    on_every_target([&] {
        for (std::size_t begin = 0; begin < 4; ++begin) {
            for (std::size_t size = 0; begin + size <= a.size(); ++size) {
                const float* const from = a.data() + begin;
                double absolute = 0;
                for (std::size_t i = 0; i < size; ++i) {
                    absolute += std::abs(static_cast<double>(from[i]) * static_cast<double>(b[i]));
                }
                const double bound =
                    2 * static_cast<double>(size) * std::ldexp(1.0, -24) * absolute;
                EXPECT_NEAR(float_dot(from, b.data(), size), dot(from, b.data(), size), bound)
                    << size << " from " << begin;
            }
        }
    });
}

}  // namespace
}  // namespace attune
