#include "serving/settings_access.hpp"

#include "serving/setting_values.hpp"

namespace attune {
namespace {

void add_passwords(std::vector<Setting>& schema) {
    schema.push_back(whole("access.password_min_characters", 12, 8, 128,
                           "Fewest characters of a password that somebody chooses."));
    schema.push_back(whole("access.password_passes", 3, 1, 20,
                           "Passes of Argon2id over its memory for each password; passwords are "
                           "hashed again at the next sign-in after a change."));
    schema.push_back(
        whole("access.password_memory_mib", 64, 8, 4'096, "MiB that each password hash takes."));
    schema.push_back(whole("access.password_parallel_checks", 2, 1, 256,
                           "Passwords that are hashed at a time."));
    schema.push_back(whole("access.password_waiting_checks", 32, 0, 10'000,
                           "Sign-ins that may wait for that; more are refused."));
}

void add_sessions(std::vector<Setting>& schema) {
    schema.push_back(whole("access.access_token_s", 600, 30, 86'400,
                           "Seconds that an access token is good for."));
    schema.push_back(whole("access.refresh_token_h", 12, 1, 8'760,
                           "Hours without use after which a session ends."));
    schema.push_back(
        whole("access.session_h", 168, 1, 8'760, "Hours after which a session ends, used or not."));
    schema.push_back(
        whole("access.clock_skew_s", 30, 0, 300, "Seconds that the times of a token may be off."));
    schema.push_back(
        whole("access.signing_key_days", 90, 1, 3'650, "Days after which a new key signs tokens."));
    schema.push_back(whole("access.lock_after_failures", 5, 1, 1'000,
                           "Wrong passwords in a row after which an account is locked."));
    schema.push_back(whole("access.first_lock_s", 30, 1, 86'400,
                           "Seconds of the first lock; each further failure doubles it."));
    schema.push_back(
        whole("access.longest_lock_s", 3'600, 1, 604'800, "Seconds of the longest lock."));
    schema.push_back(
        whole("access.remembered_s", 30, 0, 3'600,
              "Seconds after which accounts, keys and sessions are read again, for "
              "changes by other programs; those of the service itself count at once."));
    schema.push_back(whole("access.max_remembered", 100'000, 1, 10'000'000,
                           "Accounts, keys and sessions that are remembered, of each."));
}

}  // namespace

void add_access_settings(std::vector<Setting>& schema) {
    add_passwords(schema);
    add_sessions(schema);
    schema.push_back(real("limits.principal_requests_per_s", 2'000, 0, 1e9,
                          "Requests a second, on average, of one account or API key; 0: any."));
    schema.push_back(real("limits.principal_burst", 4'000, 1, 1e9,
                          "Requests of one account or API key at once."));
    schema.push_back(real("limits.address_requests_per_s", 4'000, 0, 1e9,
                          "Requests a second, on average, from one address; 0: any."));
    schema.push_back(
        real("limits.address_burst", 8'000, 1, 1e9, "Requests from one address at once."));
    schema.push_back(whole("limits.max_remembered", 65'536, 512, 100'000'000,
                           "Callers whose requests are counted; 16 bytes each."));
}

}  // namespace attune
