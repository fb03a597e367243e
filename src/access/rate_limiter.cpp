#include "access/rate_limiter.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "access/secure_random.hpp"

namespace attune {
namespace {

constexpr std::size_t kNumParts = 64;
constexpr std::size_t kPlacesInSet = 8;

/// The keys that share eight places.
struct Place {
    std::uint64_t hash = 0;  ///< 0: empty
    /// When the bucket will be full again: "theoretical arrival time" less what is let ahead.
    std::int64_t full_at_ns = 0;
};
using Set = std::array<Place, kPlacesInSet>;

struct alignas(64) Part {
    std::mutex mutex;
    std::vector<Set> sets;
};

/// Time that one request takes to be refilled, and that a full bucket holds.
struct Pace {
    std::int64_t interval_ns = 0;  ///< 0: no limit
    std::int64_t burst_ns = 0;
};

Pace pace_of(const RateLimits& limits) {
    if (limits.requests_per_s <= 0) return {};
    const double interval_ns = 1e9 / limits.requests_per_s;
    return {.interval_ns = std::max<std::int64_t>(1, static_cast<std::int64_t>(interval_ns)),
            .burst_ns = static_cast<std::int64_t>(interval_ns * std::max(1.0, limits.burst))};
}

}  // namespace

class RateLimiter::Table {
 public:
    Table(const RateLimits& limits, std::size_t max_keys)
        : secret_(random_bytes(crypto_shorthash_KEYBYTES)) {
        const std::size_t sets_in_part =
            std::max<std::size_t>(1, max_keys / (kNumParts * kPlacesInSet));
        for (Part& part : parts_) part.sets.resize(sets_in_part);
        set_limits(limits);
    }

    void set_limits(const RateLimits& limits) {
        const Pace pace = pace_of(limits);
        interval_ns_ = pace.interval_ns;
        burst_ns_ = pace.burst_ns;
    }

    RateDecision take(std::string_view key, std::int64_t now_ns) {
        const Pace pace{interval_ns_, burst_ns_};
        if (pace.interval_ns == 0) return {};
        const std::uint64_t hash = hash_of(key);
        Part& part = parts_[hash % kNumParts];
        const std::lock_guard lock(part.mutex);
        Place& place = place_of(part.sets[(hash / kNumParts) % part.sets.size()], hash, now_ns);
        const std::int64_t from_ns = std::max(place.full_at_ns, now_ns);
        const std::int64_t wait_ns = from_ns + pace.interval_ns - now_ns - pace.burst_ns;
        if (wait_ns > 0) {
            constexpr std::int64_t kNsPerMs = 1'000'000;
            return {.allowed = false, .retry_after_ms = (wait_ns + kNsPerMs - 1) / kNsPerMs};
        }
        place.full_at_ns = from_ns + pace.interval_ns;
        return {};
    }

 private:
    std::uint64_t hash_of(std::string_view key) const {
        std::array<unsigned char, crypto_shorthash_BYTES> bytes{};
        crypto_shorthash(bytes.data(), reinterpret_cast<const unsigned char*>(key.data()),
                         key.size(), reinterpret_cast<const unsigned char*>(secret_.data()));
        std::uint64_t hash = 0;
        for (const unsigned char byte : bytes) hash = hash << 8 | byte;
        return hash == 0 ? 1 : hash;
    }

    /// The place of the key, or the one that is given up for it: empty and full buckets first.
    static Place& place_of(Set& set, std::uint64_t hash, std::int64_t now_ns) {
        Place* fullest = &set.front();
        for (Place& place : set) {
            if (place.hash == hash) return place;
            const auto rank = [](const Place& p) { return std::pair(p.hash != 0, p.full_at_ns); };
            if (rank(place) < rank(*fullest)) fullest = &place;
        }
        *fullest = {.hash = hash, .full_at_ns = now_ns};
        return *fullest;
    }

    std::string secret_;
    std::atomic<std::int64_t> interval_ns_ = 0;
    std::atomic<std::int64_t> burst_ns_ = 0;
    std::array<Part, kNumParts> parts_;
};

RateLimiter::RateLimiter(const RateLimits& limits, std::size_t max_keys)
    : table_(std::make_unique<Table>(limits, max_keys)) {}

RateLimiter::~RateLimiter() = default;

RateDecision RateLimiter::take(std::string_view key, std::int64_t now_ns) {
    return table_->take(key, now_ns);
}

void RateLimiter::set_limits(const RateLimits& limits) {
    table_->set_limits(limits);
}

}  // namespace attune
