#include "math/top_k.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

namespace attune {
namespace {

using testing::ElementsAre;
using Entry = Scored<double>;

TEST(TopK, TakesTheBestFirstAndTiesByLowerIndex) {
    const std::vector<double> scores{1, 3, 2, 3, 0};
    EXPECT_THAT(top_k(scores, 3), ElementsAre(Entry{1, 3}, Entry{3, 3}, Entry{2, 2}));
}

TEST(TopK, AsksForNoneOrMoreThanThereAre) {
    const std::vector<double> scores{1, 2};
    EXPECT_THAT(top_k(scores, 0), ElementsAre());
    EXPECT_THAT(top_k(scores, 9), ElementsAre(Entry{1, 2}, Entry{0, 1}));
    EXPECT_THAT(top_k({}, 3), ElementsAre());
}

TEST(TopK, LeavesOutWhatIsNotKept) {
    const std::vector<float> scores{5, 4, 3, 2};
    const auto best =
        top_k_if<float>(scores, 2, [](std::uint32_t index) { return index % 2 == 1; });
    EXPECT_THAT(best, ElementsAre(Scored<float>{1, 4}, Scored<float>{3, 2}));
}

TEST(TopK, AgreesWithAStableSort) {
    EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& levels, std::uint8_t k) {
        // Few levels make many ties.
        std::vector<double> scores;
        for (const std::uint8_t level : levels) scores.push_back(level % 7);
        std::vector<std::uint32_t> order(scores.size());
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
        order.resize(std::min<std::size_t>(order.size(), k));
        std::vector<std::uint32_t> found;
        for (const Entry& entry : top_k(scores, k)) found.push_back(entry.index);
        RC_ASSERT(found == order);
    }));
}

}  // namespace
}  // namespace attune
