#include "cli/progress_bar.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

constexpr StageProgress kHalf{"reading events", 500, 1000, 12};

TEST(ProgressLine, ShowsTheShareAsABar) {
    EXPECT_EQ(progress_line(kHalf, 80),
              "reading events  [###############...............]   50 %  12 s");
    EXPECT_EQ(progress_line({"comparing", 7, 0, 3}, 80), "comparing  7  3 s");
}

TEST(ProgressLine, NeverReachesTheEdgeOfTheTerminal) {
    for (std::size_t width = 0; width < 100; ++width) {
        for (const StageProgress& progress :
             {kHalf, StageProgress{"comparing", 7, 0, 3}, StageProgress{"a", 9, 3, 1}}) {
            EXPECT_LT(progress_line(progress, width).size(), std::max<std::size_t>(width, 1));
        }
    }
}

TEST(ProgressLine, GivesUpTheBarBeforeTheFigures) {
    EXPECT_EQ(progress_line(kHalf, 42), "reading events  [#####.....]   50 %  12 s");
    EXPECT_EQ(progress_line(kHalf, 30), "reading events   50 %  12 s");
    EXPECT_EQ(progress_line(kHalf, 10), "reading e");
}

}  // namespace
}  // namespace attune
