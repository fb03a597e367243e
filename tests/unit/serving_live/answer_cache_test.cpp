#include "serving/answer_cache.hpp"

#include <gtest/gtest.h>

#include <set>

namespace attune {
namespace {

std::shared_ptr<const AnswerBody> body(std::size_t bytes, std::optional<Timestamp> until = {}) {
    auto made = std::make_shared<AnswerBody>();
    made->items_json.assign(bytes, 'x');
    made->valid_until = until;
    return made;
}

TEST(AnswerCache, GivesBackWhatHoldsAndForgetsWhatDoesNot) {
    AnswerCache cache({1 << 20});
    const auto kept = body(10, Timestamp{100});
    cache.put("key", kept);
    EXPECT_EQ(cache.find("key", Timestamp{99}), kept);
    EXPECT_EQ(cache.find("key", Timestamp{100}), nullptr);
    EXPECT_EQ(cache.find("key", Timestamp{50}), nullptr);  // it was thrown away
    EXPECT_EQ(cache.find("other", Timestamp{1}), nullptr);
    EXPECT_EQ(cache.num_hits(), 1U);
    EXPECT_EQ(cache.num_misses(), 3U);
    EXPECT_EQ(cache.num_bytes(), 0U);
}

TEST(AnswerCache, StaysWithinItsBytesWhateverComes) {
    AnswerCache cache({160'000});
    for (int i = 0; i < 5'000; ++i) {
        cache.put("key " + std::to_string(i), body(static_cast<std::size_t>(i % 700)));
        ASSERT_LE(cache.num_bytes(), 160'000U);
    }
    EXPECT_GT(cache.num_bytes(), 100'000U);
    EXPECT_EQ(cache.find("key 0", Timestamp{0}), nullptr);
    EXPECT_NE(cache.find("key 4999", Timestamp{0}), nullptr);
    const std::size_t before = cache.num_bytes();
    cache.put("too large", body(1 << 20));
    EXPECT_EQ(cache.find("too large", Timestamp{0}), nullptr);
    cache.put("key 4999", body(4'999 % 700));  // again
    EXPECT_EQ(cache.num_bytes(), before);
}

TEST(AnswerCache, WithoutBytesNothingIsKept) {
    AnswerCache cache({0});
    cache.put("key", body(1));
    EXPECT_EQ(cache.find("key", Timestamp{0}), nullptr);
}

TEST(AnswerCache, EveryPartOfARequestTellsItFromOthers) {
    const RecommendRequest plain;
    std::vector<RecommendRequest> others(9);
    others[0].num_items = 5;
    others[1].purpose = "marketing";
    others[2].filter.categories = {"A"};
    others[3].filter.brands = {"A"};
    others[4].filter.excluded_ids = {"A"};
    others[5].filter.boosts = {{"A", 2}};
    others[6].filter.boosts = {{"A", 3}};
    others[7].explain = Explain::kYes;
    others[8].filter.categories = {"A", "B"};
    std::set<std::string> keys{request_key(plain)};
    for (const RecommendRequest& other : others) keys.insert(request_key(other));
    RecommendRequest tricky;
    tricky.filter.categories = {"1:A"};
    keys.insert(request_key(tricky));
    EXPECT_EQ(keys.size(), 11U);
}

}  // namespace
}  // namespace attune
