#include "core/nearest_name.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace attune {
namespace {

const std::vector<std::string> kCommands{"import", "export", "train", "recommend", "evaluate"};

TEST(NearestName, FindsWhatWasMeant) {
    EXPECT_EQ(nearest_name("trian", kCommands), "train");
    EXPECT_EQ(nearest_name("recomend", kCommands), "recommend");
    EXPECT_EQ(nearest_name("evalute", kCommands), "evaluate");
    EXPECT_EQ(nearest_name("imports", kCommands), "import");
}

TEST(NearestName, OfEqualOnesTakesTheFirst) {
    EXPECT_EQ(nearest_name("zzport", kCommands), "import");
}

TEST(NearestName, FindsNothingForAnotherWord) {
    EXPECT_EQ(nearest_name("fly", kCommands), std::nullopt);
    EXPECT_EQ(nearest_name("", kCommands), std::nullopt);
    EXPECT_EQ(nearest_name("ab", std::vector<std::string>{"cd"}), std::nullopt);
    EXPECT_EQ(nearest_name("train", {}), std::nullopt);
}

}  // namespace
}  // namespace attune
