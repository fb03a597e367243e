#include "serving/recent_latency.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace attune {
namespace {

using std::chrono::seconds;

const RecentLatency::Time kStart{seconds{1'000'000}};

TEST(RecentLatency, SaysNothingBeforeTheFirstOne) {
    const RecentLatency latency(kStart);
    const auto seen = latency.summary(kStart);
    EXPECT_EQ(seen.count, 0);
    EXPECT_EQ(seen.p50_us, 0);
    EXPECT_EQ(seen.p99_us, 0);
    EXPECT_EQ(seen.per_second, 0);
}

TEST(RecentLatency, QuantilesAreRightWithinABucket) {
    RecentLatency latency(kStart);
    for (int us = 1; us <= 1'000; ++us) latency.add(us, kStart);
    const auto seen = latency.summary(kStart + seconds{20});
    EXPECT_EQ(seen.count, 1'000);
    EXPECT_NEAR(seen.p50_us, 500, .12 * 500);
    EXPECT_NEAR(seen.p99_us, 990, .12 * 990);
    EXPECT_DOUBLE_EQ(seen.per_second, 50);
}

TEST(RecentLatency, EveryDurationHasABucket) {
    RecentLatency latency(kStart);
    for (const double us : {-1.0, 0.0, 1.0, 1e12}) latency.add(us, kStart);
    EXPECT_EQ(latency.summary(kStart).count, 4);
    EXPECT_GT(latency.summary(kStart).p99_us, 3e7);
}

TEST(RecentLatency, ForgetsWhatIsOlderThanTheWindow) {
    RecentLatency latency(kStart);
    latency.add(10'000, kStart);
    EXPECT_EQ(latency.summary(kStart + RecentLatency::kWindow).count, 1);
    EXPECT_EQ(latency.summary(kStart + RecentLatency::kWindow + seconds{10}).count, 0);
    // The slot of the first one comes round again.
    for (int k = 0; k < 40; ++k) latency.add(100, kStart + seconds{10 * k});
    const auto seen = latency.summary(kStart + seconds{399});
    EXPECT_EQ(seen.count, 31);
    EXPECT_EQ(latency.num_added(), 41);
    EXPECT_LT(seen.p99_us, 130);
    EXPECT_NEAR(seen.per_second, .1, .003);
}

TEST(RecentLatency, ManyThreadsLoseNone) {
    RecentLatency latency(kStart);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int k = 0; k < 10'000; ++k) latency.add(50, kStart + seconds{k / 100});
        });
    }
    threads.clear();
    EXPECT_EQ(latency.summary(kStart + seconds{100}).count, 40'000);
}

}  // namespace
}  // namespace attune
