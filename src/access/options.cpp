#include "access/options.hpp"

namespace attune {

AccessOptions access_options(const Config& config) {
    AccessOptions options;
    options.min_password_length = config.integer("access.password_min_characters");
    options.password_passes = config.integer("access.password_passes");
    options.password_memory_mib = config.integer("access.password_memory_mib");
    options.max_parallel_password_checks = config.integer("access.password_parallel_checks");
    options.max_waiting_password_checks = config.integer("access.password_waiting_checks");
    options.access_token_s = config.integer("access.access_token_s");
    options.refresh_token_h = config.integer("access.refresh_token_h");
    options.session_h = config.integer("access.session_h");
    options.clock_skew_s = config.integer("access.clock_skew_s");
    options.signing_key_days = config.integer("access.signing_key_days");
    options.lock_after_failures = config.integer("access.lock_after_failures");
    options.first_lock_s = config.integer("access.first_lock_s");
    options.longest_lock_s = config.integer("access.longest_lock_s");
    options.remembered_s = config.integer("access.remembered_s");
    options.max_remembered = config.integer("access.max_remembered");
    return options;
}

RateLimits principal_rate_limits(const Config& config) {
    return {.requests_per_s = config.number("limits.principal_requests_per_s"),
            .burst = config.number("limits.principal_burst")};
}

RateLimits address_rate_limits(const Config& config) {
    return {.requests_per_s = config.number("limits.address_requests_per_s"),
            .burst = config.number("limits.address_burst")};
}

std::size_t max_rate_limited(const Config& config) {
    return static_cast<std::size_t>(config.integer("limits.max_remembered"));
}

}  // namespace attune
