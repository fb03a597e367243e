#include "features/engagement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"

namespace attune {
namespace {

constexpr Timestamp kNow{1'700'000'000'000};

Timestamp days_ago(double days) {
    return add_days(kNow, -days);
}

/// The definition: sum of weight * e^(-decay * days since).
double brute_force(const std::vector<TypedTime>& events, const EventWeights& weights, double decay,
                   Timestamp now) {
    double score = 0;
    for (const TypedTime& event : events) {
        score += weights.of(event.type) * std::exp(-decay * days_between(event.time, now));
    }
    return score;
}

std::vector<TypedTime> random_events(Random& random, std::size_t count, double days) {
    std::vector<TypedTime> events;
    for (std::size_t i = 0; i < count; ++i) {
        events.push_back(
            {kEventTypes[random.below(kEventTypes.size())], days_ago(random.uniform() * days)});
    }
    return events;
}

double kept_score(const std::vector<TypedTime>& events, const EngagementScale& scale,
                  Timestamp now) {
    EngagementCounts counts{};
    for (const TypedTime& event : events) count_event(counts, event.type, event.time, scale);
    return engagement_at_reference(counts, EventWeights{}) * scale.fade(now);
}

TEST(Engagement, WeighsTheTypesAndFadesByATenthADay) {
    const EngagementScale scale{0.1, days_ago(3)};
    const auto score = [&](EventType type, double days) {
        return kept_score({{type, days_ago(days)}}, scale, kNow);
    };
    EXPECT_DOUBLE_EQ(score(EventType::kPurchase, 0), 1.0);
    EXPECT_DOUBLE_EQ(score(EventType::kShare, 0), 0.5);
    EXPECT_DOUBLE_EQ(score(EventType::kComment, 0), 0.4);
    EXPECT_DOUBLE_EQ(score(EventType::kLike, 0), 0.3);
    EXPECT_DOUBLE_EQ(score(EventType::kView, 0), 0.1);
    EXPECT_DOUBLE_EQ(score(EventType::kDismiss, 0), 0.0);
    EXPECT_NEAR(score(EventType::kPurchase, 10), std::exp(-1.0), 1e-15);
    EXPECT_NEAR(scale.half_life_days(), 6.931471805599453, 1e-12);
}

TEST(Engagement, TheKeptSumIsTheDefinitionAtAnyMomentAndReference) {
    Random random(7);
    const std::vector<TypedTime> events = random_events(random, 500, 400);
    for (const double reference_days : {0.0, 30.0, 400.0, -20.0}) {
        const EngagementScale scale{0.1, days_ago(reference_days)};
        for (const double later : {0.0, 0.25, 17.0, 300.0}) {
            const Timestamp now = add_days(kNow, later);
            const double expected = brute_force(events, {}, 0.1, now);
            EXPECT_NEAR(kept_score(events, scale, now), expected, 1e-9 * expected);
        }
    }
}

TEST(Engagement, StandsAmongAllAsByTheDefinition) {
    Random random(8);
    std::vector<double> all;
    for (int c = 0; c < 1'000; ++c) all.push_back(c % 3 == 0 ? 0 : random.uniform() * 5);
    double mean = 0;
    for (const double score : all) mean += score / 1'000;
    double variance = 0;
    for (const double score : all) variance += (score - mean) * (score - mean) / 1'000;
    const double most = *std::max_element(all.begin(), all.end());
    // However far all of them have faded.
    for (const double fade : {1.0, 1e-3, 1e-240}) {
        std::vector<double> faded;
        for (const double score : all) faded.push_back(score * fade);
        for (const std::size_t c : {0U, 1U, 500U}) {
            const EngagementStanding standing = standing_of(faded[c], faded);
            EXPECT_NEAR(standing.min_max, all[c] / most, 1e-9);
            EXPECT_NEAR(standing.z_score, (all[c] - mean) / std::sqrt(variance), 1e-9);
            const auto better =
                std::count_if(all.begin(), all.end(), [&](double o) { return o > all[c]; });
            EXPECT_EQ(standing.rank, static_cast<std::size_t>(better) + 1);
            EXPECT_EQ(standing.num_customers, 1'000U);
        }
    }
}

TEST(Engagement, NobodyStandsOutWhereAllAreEqual) {
    const std::vector<double> equal(10, 0.0);
    const EngagementStanding standing = standing_of(0, equal);
    EXPECT_EQ(standing.min_max, 0);
    EXPECT_EQ(standing.z_score, 0);
    EXPECT_EQ(standing.rank, 1U);
    EXPECT_EQ(standing_of(0, {}).num_customers, 0U);
}

TEST(Engagement, EachDayHasTheScoreAtItsEnd) {
    Random random(9);
    std::vector<TypedTime> events = random_events(random, 200, 150);
    events.push_back({EventType::kPurchase, add_days(kNow, 1)});  // does not count yet
    const auto days = daily_engagement(events, {}, 0.1, kNow, 90);
    ASSERT_EQ(days.size(), 90U);
    for (std::size_t d = 0; d < days.size(); ++d) {
        EXPECT_EQ(days[d].day.ms % kMsPerDay, 0);
        if (d > 0) {
            EXPECT_EQ(days[d].day.ms - days[d - 1].day.ms, kMsPerDay);
        }
        const Timestamp end{std::min(days[d].day.ms + kMsPerDay, kNow.ms)};
        std::vector<TypedTime> until;
        std::copy_if(events.begin(), events.end(), std::back_inserter(until),
                     [&](const TypedTime& event) {
                         return event.time < end || (event.time <= kNow && end == kNow);
                     });
        EXPECT_NEAR(days[d].score, brute_force(until, {}, 0.1, end), 1e-9);
    }
    EXPECT_LE(days.back().day.ms, kNow.ms);
    EXPECT_TRUE(daily_engagement(events, {}, 0.1, kNow, 0).empty());
}

}  // namespace
}  // namespace attune
