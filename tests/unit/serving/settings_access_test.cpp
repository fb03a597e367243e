#include "access/options.hpp"

#include <gtest/gtest.h>

#include "serving/settings.hpp"

namespace attune {
namespace {

Config load(const std::vector<std::string>& overrides) {
    return Config::load(
               settings_schema(), "", [](const std::string&) { return std::nullopt; }, overrides)
        .value();
}

TEST(AccessOptions, HaveTheDefaultsOfTheConfiguration) {
    const AccessOptions read = access_options(load({}));
    const AccessOptions built_in;
    EXPECT_EQ(read.min_password_length, built_in.min_password_length);
    EXPECT_EQ(read.password_passes, built_in.password_passes);
    EXPECT_EQ(read.password_memory_mib, built_in.password_memory_mib);
    EXPECT_EQ(read.max_parallel_password_checks, built_in.max_parallel_password_checks);
    EXPECT_EQ(read.max_waiting_password_checks, built_in.max_waiting_password_checks);
    EXPECT_EQ(read.access_token_s, built_in.access_token_s);
    EXPECT_EQ(read.refresh_token_h, built_in.refresh_token_h);
    EXPECT_EQ(read.session_h, built_in.session_h);
    EXPECT_EQ(read.clock_skew_s, built_in.clock_skew_s);
    EXPECT_EQ(read.signing_key_days, built_in.signing_key_days);
    EXPECT_EQ(read.lock_after_failures, built_in.lock_after_failures);
    EXPECT_EQ(read.first_lock_s, built_in.first_lock_s);
    EXPECT_EQ(read.longest_lock_s, built_in.longest_lock_s);
    EXPECT_EQ(read.remembered_s, built_in.remembered_s);
    EXPECT_EQ(read.max_remembered, built_in.max_remembered);
}

TEST(AccessOptions, AreRead) {
    const Config config = load({"access.password_min_characters=20", "access.access_token_s=60",
                                "limits.principal_requests_per_s=5", "limits.address_burst=9",
                                "limits.max_remembered=1000"});
    EXPECT_EQ(access_options(config).min_password_length, 20);
    EXPECT_EQ(access_options(config).access_token_s, 60);
    EXPECT_EQ(principal_rate_limits(config).requests_per_s, 5);
    EXPECT_EQ(address_rate_limits(config).burst, 9);
    EXPECT_EQ(max_rate_limited(config), 1'000U);
}

}  // namespace
}  // namespace attune
