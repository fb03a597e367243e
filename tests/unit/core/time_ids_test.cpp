#include "core/time_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/shared_slot.hpp"

namespace attune {
namespace {

TEST(TimeIds, AreInTheOrderOfTheirMakingAlsoWithinAMillisecond) {
    TimeIds ids(7);
    std::vector<std::string> made;
    const std::vector<std::int64_t> moments{5, 5, 5, 4, 1'700'000'000'000, 1'700'000'000'000, 6};
    for (const std::int64_t ms : moments) {
        made.push_back(ids.next({ms}));  // a clock may be set back
    }
    for (const std::string& id : made) {
        EXPECT_EQ(id.size(), 32U);
        EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    }
    EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
    EXPECT_EQ(std::set<std::string>(made.begin(), made.end()).size(), made.size());
    EXPECT_NE(TimeIds(1).next({5}), TimeIds(2).next({5}));
    EXPECT_NE(TimeIds::fresh_seed(), TimeIds::fresh_seed());
}

TEST(SharedSlot, WhoLoadedKeepsWhatTheyHave) {
    SharedSlot<int> slot;
    EXPECT_EQ(slot.load(), nullptr);
    slot.store(std::make_shared<const int>(1));
    const auto first = slot.load();
    slot.store(std::make_shared<const int>(2));
    EXPECT_EQ(*first, 1);
    EXPECT_EQ(*slot.load(), 2);
}

}  // namespace
}  // namespace attune
