#pragma once

#include <cstdint>

#include "core/config.hpp"

namespace attune {

/// Limits on credentials; the keys "access.*" of the configuration.
struct AccessOptions {
    // Passwords.
    std::int64_t min_password_length = 12;  ///< characters
    std::int64_t password_passes = 3;       ///< of Argon2id over its memory
    std::int64_t password_memory_mib = 64;
    std::int64_t max_parallel_password_checks = 2;
    std::int64_t max_waiting_password_checks = 32;

    // Sessions.
    std::int64_t access_token_s = 600;
    std::int64_t refresh_token_h = 12;  ///< without use
    std::int64_t session_h = 168;       ///< from sign-in, used or not
    std::int64_t clock_skew_s = 30;
    std::int64_t signing_key_days = 90;  ///< then a new one signs; the old is accepted for a while

    // Lock-out.
    std::int64_t lock_after_failures = 5;
    std::int64_t first_lock_s = 30;  ///< doubled with each failure beyond
    std::int64_t longest_lock_s = 3'600;

    // What is remembered.
    std::int64_t remembered_s = 30;  ///< before it is read again, for changes by other programs
    std::int64_t max_remembered = 100'000;
};

/// @pre the schema of `config` has the keys
AccessOptions access_options(const Config& config);

/// How many requests are let through; the keys "limits.*" of the configuration.
struct RateLimits {
    double requests_per_s = 0;  ///< on average; 0: no limit
    double burst = 1;           ///< at once
};

RateLimits principal_rate_limits(const Config& config);
RateLimits address_rate_limits(const Config& config);
std::size_t max_rate_limited(const Config& config);

}  // namespace attune
