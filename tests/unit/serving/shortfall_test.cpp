#include "serving/shortfall.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

StageCounts counts_of(std::size_t num_scored, std::size_t num_selected) {
    StageCounts counts;
    counts.num_scored = num_scored;
    counts.num_selected = num_selected;
    return counts;
}

TEST(Shortfall, IsNoneForAFullList) {
    EXPECT_FALSE(shortfall_of(counts_of(16, 5), 5, {}));
}

TEST(Shortfall, NamesEveryCauseMostProductsFirst) {
    StageCounts counts = counts_of(16, 2);
    counts.num_refused[static_cast<std::size_t>(Refusal::kMinimumAge)] = 1;
    counts.num_refused[static_cast<std::size_t>(Refusal::kHeld)] = 8;
    counts.num_refused[static_cast<std::size_t>(Refusal::kCategoryCap)] = 5;
    ConstraintRules rules;
    rules.category_cap = 2;
    const auto shortfall = shortfall_of(counts, 5, rules);
    ASSERT_TRUE(shortfall);
    EXPECT_EQ(shortfall->num_asked, 5U);
    EXPECT_EQ(shortfall->num_given, 2U);
    ASSERT_EQ(shortfall->causes.size(), 3U);
    EXPECT_EQ(shortfall->causes[0].refusal, Refusal::kHeld);
    EXPECT_EQ(shortfall->text,
              "2 of 5 asked for: of 16 products 8 are bought already, 5 past the cap of 2 a "
              "category and 1 ineligible by minimum age");
}

TEST(Shortfall, SaysWhenTheCatalogueHasNoMore) {
    const auto shortfall = shortfall_of(counts_of(3, 3), 5, {});
    ASSERT_TRUE(shortfall);
    EXPECT_EQ(shortfall->text, "3 of 5 asked for: there are 3 products");
}

TEST(Shortfall, HasWordsForEveryRefusal) {
    for (std::size_t i = 0; i < kNumRefusals; ++i) {
        StageCounts counts = counts_of(1, 0);
        counts.num_refused[i] = 1;
        const auto shortfall = shortfall_of(counts, 1, {});
        ASSERT_TRUE(shortfall);
        const std::string name(refusal_name(static_cast<Refusal>(i)));
        EXPECT_EQ(shortfall->text.find('_'), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace attune
