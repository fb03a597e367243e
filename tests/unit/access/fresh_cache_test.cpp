#include "access/fresh_cache.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

class FreshCacheTest : public ::testing::Test {
 protected:
    int get(std::string_view key, std::int64_t now_s) {
        const auto value = cache_.get(key, Timestamp{now_s * 1'000}, [&]() -> Result<int> {
            ++num_loads_;
            return stored_;
        });
        return **value;
    }

    FreshCache<int> cache_{10, 3};
    int stored_ = 1;
    int num_loads_ = 0;
};

TEST_F(FreshCacheTest, LoadsOnceUntilTooOld) {
    EXPECT_EQ(get("a", 100), 1);
    stored_ = 2;
    EXPECT_EQ(get("a", 109), 1);
    EXPECT_EQ(get("b", 109), 2);
    EXPECT_EQ(get("a", 110), 2);
    EXPECT_EQ(num_loads_, 3);
    stored_ = 3;
    EXPECT_EQ(get("a", 50), 3) << "the clock was set back";
}

TEST_F(FreshCacheTest, ForgetsWhenTold) {
    get("a", 100);
    get("b", 100);
    stored_ = 2;
    cache_.forget("a");
    EXPECT_EQ(get("a", 100), 2);
    EXPECT_EQ(get("b", 100), 1);
    cache_.forget_all();
    EXPECT_EQ(get("b", 100), 2);
}

TEST_F(FreshCacheTest, DoesNotRememberWhatWasReadBeforeItWasToldToForget) {
    const auto value = cache_.get("a", Timestamp{0}, [&]() -> Result<int> {
        const int read = stored_;
        stored_ = 2;         // somebody changes it now,
        cache_.forget("a");  // and says so
        return read;
    });
    EXPECT_EQ(**value, 1);
    EXPECT_EQ(get("a", 0), 2);
}

TEST_F(FreshCacheTest, DoesNotRememberErrors) {
    const auto failed = cache_.get(
        "a", Timestamp{0}, []() -> Result<int> { return fail(ErrorCode::kNotFound, "not there"); });
    EXPECT_EQ(failed.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(get("a", 0), 1);
}

TEST_F(FreshCacheTest, IsBounded) {
    for (int i = 0; i < 100; ++i) get(std::to_string(i), 0);
    EXPECT_EQ(num_loads_, 100);
    get("99", 0);
    EXPECT_EQ(num_loads_, 100) << "the newest is remembered";
    get("0", 0);
    EXPECT_EQ(num_loads_, 101) << "the oldest is not";
}

}  // namespace
}  // namespace attune
