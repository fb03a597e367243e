#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "access/options.hpp"

namespace attune {

struct RateDecision {
    bool allowed = true;
    std::int64_t retry_after_ms = 0;  ///< when not allowed: how long until one would be
};

/// Token buckets by key: each holds `burst` requests and is refilled by `requests_per_s`.
///
/// Memory is bounded: a fixed table in which a key has eight places. Where these are taken by keys
/// that still wait, the one whose bucket is fullest is forgotten, and starts anew. Keys are hashed
/// with a secret of the process, so that nobody can choose neighbours.
///
/// @threads  safe from many; a lock for each of 64 parts of the table
/// @source   the virtual scheduling form of GCRA, ITU-T I.371, which is a token bucket in one
/// number
class RateLimiter {
 public:
    /// @param max_keys  about how many keys are remembered; 16 bytes each
    RateLimiter(const RateLimits& limits, std::size_t max_keys);
    ~RateLimiter();
    RateLimiter(const RateLimiter&) = delete;
    RateLimiter& operator=(const RateLimiter&) = delete;

    /// Asks for one request.
    /// @param now_ns  of a clock that never goes back: MonotonicClock
    /// @cost  well below a microsecond
    RateDecision take(std::string_view key, std::int64_t now_ns);

    /// From now on; buckets keep what they have.
    void set_limits(const RateLimits& limits);

 private:
    class Table;
    std::unique_ptr<Table> table_;
};

}  // namespace attune
