#include "evaluation/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "evaluation/folds.hpp"
#include "rapidcheck.h"
#include "unit/evaluation/sample_data.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kCutDay = 10;

TimeSplitOptions options_at(double day) {
    TimeSplitOptions options;
    options.cut = sample_day(day);
    return options;
}

std::vector<std::size_t> positions(std::span<const ProductIndex> products) {
    std::vector<std::size_t> result;
    for (const ProductIndex product : products) result.push_back(product.at());
    return result;
}

/// Customer 0 buys old and new, 1 only before, 2 only after, 3 looks before and buys after.
TrainingData four_customers() {
    return sample_data(4, 6,
                       {{0, 0, 1},
                        {0, 1, 2},
                        {0, 0, 11},
                        {0, 2, 12},
                        {0, 2, 13},
                        {0, 5, 14},
                        {1, 2, 3},
                        {2, 0, 12},
                        {3, 3, 4, EventType::kView},
                        {3, 3, 12},
                        {3, 1, 12, EventType::kLike},
                        {3, 4, 5, EventType::kDismiss}});
}

TEST(TimeSplit, KeepsTheFutureOutOfTheTrainingSide) {
    const TrainingData data = four_customers();
    const TimeSplit split = split_by_time(data, options_at(kCutDay)).value();
    EXPECT_EQ(split.train.as_of, sample_day(kCutDay));
    for (const Interaction& interaction : split.train.interactions) {
        EXPECT_LT(interaction.time, sample_day(kCutDay));
    }
    EXPECT_EQ(split.train.interactions.size(), 5U);
    EXPECT_EQ(split.view(0).now, sample_day(kCutDay));
    EXPECT_EQ(split.view(0).history.size(), 2U);
}

TEST(TimeSplit, ForeseesNewCandidatesOfKnownCustomers) {
    const TimeSplit split = split_by_time(four_customers(), options_at(kCutDay)).value();
    // Product 4 was only dismissed and 5 not seen before the cut; customer 2 was not there.
    EXPECT_THAT(positions(split.candidates), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(split.customers, ElementsAre(CustomerIndex(0), CustomerIndex(3)));
    EXPECT_THAT(positions(split.test_of(0)), ElementsAre(2));
    EXPECT_THAT(positions(split.held_of(0)), ElementsAre(0, 1));
    // A look before is no holding: the later purchase is new.
    EXPECT_THAT(positions(split.test_of(1)), ElementsAre(3));
    EXPECT_THAT(split.held_of(1), IsEmpty());
    EXPECT_EQ(split.num_customers(), 2U);
    EXPECT_EQ(split.num_pairs(), 2U);
}

TEST(TimeSplit, AnyWeightCountsViewsAndLikesButNoDismissals) {
    TimeSplitOptions options = options_at(kCutDay);
    options.positive_events = PositiveEvents::kAnyWeight;
    const TimeSplit split = split_by_time(four_customers(), options).value();
    ASSERT_EQ(split.num_customers(), 2U);
    EXPECT_THAT(positions(split.test_of(1)), ElementsAre(1));
    EXPECT_THAT(positions(split.held_of(1)), ElementsAre(3));
}

TEST(TimeSplit, AllTestProductsKeepThoseBoughtAgain) {
    TimeSplitOptions options = options_at(kCutDay);
    options.test_products = TestProducts::kAll;
    const TimeSplit split = split_by_time(four_customers(), options).value();
    EXPECT_THAT(positions(split.test_of(0)), ElementsAre(0, 2));
    EXPECT_THAT(split.held_of(0), IsEmpty());
}

TEST(TimeSplit, WholeCatalogueAndNoHistoryLetInWhatIsNew) {
    TimeSplitOptions options = options_at(kCutDay);
    options.candidates = CandidateProducts::kWholeCatalogue;
    options.minimum_history = 0;
    const TimeSplit split = split_by_time(four_customers(), options).value();
    EXPECT_EQ(split.candidates.size(), 6U);
    EXPECT_THAT(split.customers, ElementsAre(CustomerIndex(0), CustomerIndex(2), CustomerIndex(3)));
    EXPECT_THAT(positions(split.test_of(0)), ElementsAre(2, 5));
}

TEST(TimeSplit, UntilEndsTheTestPeriodBeforeItself) {
    TimeSplitOptions options = options_at(kCutDay);
    options.until = sample_day(12);
    options.test_products = TestProducts::kAll;
    const TimeSplit split = split_by_time(four_customers(), options).value();
    EXPECT_THAT(split.customers, ElementsAre(CustomerIndex(0)));
    EXPECT_THAT(positions(split.test_of(0)), ElementsAre(0));
}

TEST(TimeSplit, MinimumHistoryLeavesOutTheLittleKnown) {
    TimeSplitOptions options = options_at(kCutDay);
    options.minimum_history = 2;
    const TimeSplit split = split_by_time(four_customers(), options).value();
    EXPECT_THAT(split.customers, ElementsAre(CustomerIndex(0)));
}

TEST(TimeSplit, RefusesCutsThatLeaveASideEmpty) {
    const TrainingData data = four_customers();
    const auto too_early = split_by_time(data, options_at(0.5));
    ASSERT_FALSE(too_early);
    EXPECT_EQ(too_early.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(too_early.error().message, HasSubstr("2020-01-02T00:00:00.000Z"));
    const auto too_late = split_by_time(data, options_at(50));
    ASSERT_FALSE(too_late);
    EXPECT_THAT(too_late.error().message, HasSubstr("nothing to foresee"));
    const auto nothing = split_by_time(sample_data(1, 1, {}), options_at(50));
    ASSERT_FALSE(nothing);
    EXPECT_THAT(nothing.error().message, HasSubstr("there are no events"));

    TimeSplitOptions backwards = options_at(kCutDay);
    backwards.until = backwards.cut;
    EXPECT_FALSE(split_by_time(data, backwards));
}

TEST(TimeSplit, PropertyTestProductsAreNewCandidatesInOrder) {
    EXPECT_TRUE(rc::check("a split keeps its promises", [](std::uint64_t seed) {
        const TrainingData data = planted_data(12, 10, 6, seed);
        const TimeSplit split = split_by_time(data, options_at(60)).value();
        RC_ASSERT(std::is_sorted(split.customers.begin(), split.customers.end()));
        for (std::size_t i = 0; i < split.num_customers(); ++i) {
            const auto test = split.test_of(i);
            const auto held = split.held_of(i);
            RC_ASSERT(!test.empty());
            RC_ASSERT(!split.view(i).history.empty());
            RC_ASSERT(std::adjacent_find(test.begin(), test.end(), std::greater_equal<>()) ==
                      test.end());
            for (const ProductIndex product : test) {
                RC_ASSERT(!std::binary_search(held.begin(), held.end(), product));
                RC_ASSERT(
                    std::binary_search(split.candidates.begin(), split.candidates.end(), product));
            }
        }
    }));
}

TEST(Cut, IsMidnightSoManyDaysBeforeTheLastDay) {
    const TrainingData data = sample_data(1, 2, {{0, 0, 3}, {0, 1, 40.6}, {0, 1, 7}});
    EXPECT_EQ(cut_days_before_end(data, 30).value(), sample_day(10));
    const TrainingData old = sample_data(1, 1, {{0, 0, -365.0 * 60 + 0.25}});
    EXPECT_EQ(cut_days_before_end(old, 1).value(), sample_day(-365.0 * 60 - 1));
    EXPECT_FALSE(cut_days_before_end(data, 0));
    EXPECT_FALSE(cut_days_before_end(data, std::nan("")));
    EXPECT_FALSE(cut_days_before_end(sample_data(1, 1, {}), 30));
}

TEST(Cut, FollowsTheEventsWhereHardlyAnyLieInTheLastDays) {
    std::vector<SampleEvent> events;
    for (int day = 0; day < 200; ++day) events.push_back({0, 0, day + .5});
    events.push_back({0, 1, 5'000.25});
    const TrainingData stray = sample_data(1, 2, events);
    // One of 201 is less than a hundredth; the last 11 of them begin on day 190.
    EXPECT_EQ(cut_days_before_end(stray, 30).value(), sample_day(190));
    EXPECT_EQ(cut_with_enough_to_foresee(stray, sample_day(100.7)), sample_day(100.7));
    EXPECT_EQ(cut_with_enough_to_foresee(stray, sample_day(198)), sample_day(198));
    EXPECT_EQ(cut_with_enough_to_foresee(stray, sample_day(199)), sample_day(190));
    EXPECT_EQ(cut_with_enough_to_foresee(sample_data(1, 1, {}), sample_day(3)), sample_day(3));
}

TEST(PositiveCustomers, AreCountedOnceAProduct) {
    const TrainingData data = four_customers();
    EXPECT_THAT(count_positive_customers(data, PositiveEvents::kPurchases),
                ElementsAre(2, 1, 2, 1, 0, 1));
    EXPECT_THAT(count_positive_customers(data, PositiveEvents::kAnyWeight),
                ElementsAre(2, 2, 2, 1, 0, 1));
}

TEST(Folds, KeepEachClassesShareToWithinOneRow) {
    EXPECT_TRUE(rc::check("stratified folds are level", [] {
        const auto num_folds = *rc::gen::inRange<std::size_t>(2, 6);
        const auto num_positive = *rc::gen::inRange<std::size_t>(num_folds, 40);
        const auto num_negative = *rc::gen::inRange<std::size_t>(num_folds, 40);
        std::vector<std::uint8_t> labels(num_positive, 1);
        labels.resize(num_positive + num_negative, 0);
        const auto folds =
            stratified_folds(labels, num_folds, *rc::gen::arbitrary<std::uint64_t>()).value();
        std::vector<std::size_t> sizes(num_folds);
        std::vector<std::size_t> positives(num_folds);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            ++sizes[folds[i]];
            positives[folds[i]] += labels[i];
        }
        const auto spread = [](const std::vector<std::size_t>& counts) {
            const auto [low, high] = std::minmax_element(counts.begin(), counts.end());
            return *high - *low;
        };
        RC_ASSERT(spread(sizes) <= 1U);
        RC_ASSERT(spread(positives) <= 1U);
    }));
}

TEST(Folds, DependOnTheSeedAlone) {
    const std::vector<std::uint8_t> labels{1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(stratified_folds(labels, 3, 7).value(), stratified_folds(labels, 3, 7).value());
    EXPECT_NE(stratified_folds(labels, 3, 7).value(), stratified_folds(labels, 3, 8).value());
}

TEST(Folds, RefuseWhatCannotBeSplit) {
    const std::vector<std::uint8_t> labels{1, 0, 0, 0};
    EXPECT_FALSE(stratified_folds(labels, 1, 1));
    EXPECT_FALSE(stratified_folds({}, 2, 1));
    const auto scarce = stratified_folds(labels, 2, 1);
    ASSERT_FALSE(scarce);
    EXPECT_THAT(scarce.error().message, HasSubstr("class 1 has 1 rows"));
}

}  // namespace
}  // namespace attune
