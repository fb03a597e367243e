#include "access/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <map>

#include "core/monotonic_clock.hpp"
#include "core/random.hpp"

namespace attune {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RateLimiter, LetsABurstThroughAndThenTheRate) {
    RateLimiter limiter({.requests_per_s = 2, .burst = 3}, 1'000);
    FixedMonotonicClock clock(5 * kSecond);
    const auto take = [&] { return limiter.take("anna", clock.now_ns()); };
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(take().allowed) << i;
    const RateDecision refused = take();
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_after_ms, 500);
    clock.advance_ns(kSecond / 2 - 1);
    EXPECT_FALSE(take().allowed);
    EXPECT_EQ(take().retry_after_ms, 1);
    clock.advance_ns(1);
    EXPECT_TRUE(take().allowed);
    EXPECT_FALSE(take().allowed);
    clock.advance_ns(100 * kSecond);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(take().allowed) << "no more than the burst is saved";
    EXPECT_FALSE(take().allowed);
}

TEST(RateLimiter, CountsEachKeyByItself) {
    RateLimiter limiter({.requests_per_s = 1, .burst = 1}, 1'000);
    EXPECT_TRUE(limiter.take("a", 0).allowed);
    EXPECT_FALSE(limiter.take("a", 0).allowed);
    EXPECT_TRUE(limiter.take("b", 0).allowed);
    EXPECT_TRUE(limiter.take("", 0).allowed);
    EXPECT_FALSE(limiter.take("", 0).allowed);
}

TEST(RateLimiter, ZeroMeansNoLimit) {
    RateLimiter limiter({.requests_per_s = 0, .burst = 1}, 1'000);
    for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(limiter.take("a", 0).allowed);
    limiter.set_limits({.requests_per_s = 1, .burst = 1});
    EXPECT_TRUE(limiter.take("a", 0).allowed);
    EXPECT_FALSE(limiter.take("a", 0).allowed);
}

/// A token bucket as one would write it down, for every key, without bounds.
class PlainBuckets {
 public:
    explicit PlainBuckets(const RateLimits& limits) : limits_(limits) {}
    bool take(const std::string& key, std::int64_t now_ns) {
        auto [entry, added] = buckets_.try_emplace(key, Bucket{limits_.burst, now_ns});
        Bucket& bucket = entry->second;
        const double passed_s = static_cast<double>(now_ns - bucket.at_ns) / 1e9;
        bucket.tokens = std::min(limits_.burst, bucket.tokens + passed_s * limits_.requests_per_s);
        bucket.at_ns = now_ns;
        // What the doubles lose of a billionth does not count.
        if (bucket.tokens < 1 - 1e-9) return false;
        bucket.tokens -= 1;
        return true;
    }

 private:
    struct Bucket {
        double tokens = 0;
        std::int64_t at_ns = 0;
    };
    RateLimits limits_;
    std::map<std::string, Bucket> buckets_;
};

TEST(RateLimiter, AgreesWithPlainBuckets) {
    Random random(7);
    for (int run = 0; run < 20; ++run) {
        // Rates whose interval is a whole number of nanoseconds.
        const double rates[] = {1, 2, 4, 5, 8, 10, 100, 1'000};
        const RateLimits limits{.requests_per_s = rates[random.below(8)],
                                .burst = static_cast<double>(1 + random.below(20))};
        RateLimiter limiter(limits, 100'000);
        PlainBuckets oracle(limits);
        std::int64_t now_ns = 0;
        for (int i = 0; i < 2'000; ++i) {
            // Whole milliseconds, so that neither is at the edge of the other's rounding.
            now_ns += static_cast<std::int64_t>(random.below(300)) * 1'000'000;
            const std::string key = std::to_string(random.below(5));
            ASSERT_EQ(limiter.take(key, now_ns).allowed, oracle.take(key, now_ns))
                << limits.requests_per_s << "/s, burst " << limits.burst << ", request " << i;
        }
    }
}

TEST(RateLimiter, TellsWhenToComeAgain) {
    Random random(11);
    RateLimiter limiter({.requests_per_s = 7, .burst = 5}, 1'000);
    std::int64_t now_ns = 0;
    for (int i = 0; i < 2'000; ++i) {
        now_ns += static_cast<std::int64_t>(random.below(150'000'000));
        const RateDecision decision = limiter.take("a", now_ns);
        if (decision.allowed) continue;
        EXPECT_GT(decision.retry_after_ms, 0);
        now_ns += decision.retry_after_ms * 1'000'000;
        ASSERT_TRUE(limiter.take("a", now_ns).allowed);
    }
}

TEST(RateLimiter, ManyKeysTakeNoMoreMemoryAndKeepTheBusiest) {
    RateLimiter limiter({.requests_per_s = 1, .burst = 10}, 512);
    for (int i = 0; i < 10; ++i) limiter.take("busy", 0);
    EXPECT_FALSE(limiter.take("busy", 0).allowed);
    // Each uses one request: their buckets are fuller than the busy one's, and go first.
    for (int i = 0; i < 100'000; ++i) limiter.take("key" + std::to_string(i), 0);
    EXPECT_FALSE(limiter.take("busy", 0).allowed);
}

}  // namespace
}  // namespace attune
