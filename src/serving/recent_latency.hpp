#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace attune {

/// How long the answers of the last minutes took.
///
/// Durations are counted in buckets, each a quarter wider than the one before, so that a quantile
/// is right within some 12 %; time goes by in slots, so that the window is up to one slot longer
/// than kWindow.
/// @threads every member may be called from many threads
/// @cost    20 KiB; add: a logarithm and two atomic increments
class RecentLatency {
 public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds kWindow{300};

    struct Summary {
        std::uint64_t count = 0;
        double p50_us = 0;  ///< 0 where there are none
        double p99_us = 0;
        double per_second = 0;  ///< over the window, or since `start` where that is later
    };

    explicit RecentLatency(Time start) : start_(start) {}

    /// @param now  not before `start`
    void add(double us, Time now);
    [[nodiscard]] Summary summary(Time now) const;
    /// Since the start.
    [[nodiscard]] std::uint64_t num_added() const {
        return num_added_.load(std::memory_order_relaxed);
    }

 private:
    static constexpr std::size_t kNumBuckets = 80;  // 1 us to 45 s
    static constexpr std::chrono::seconds kSlot{10};
    static constexpr std::size_t kNumSlots = kWindow / kSlot + 1;  // one of them is being filled

    using Counts = std::array<std::atomic<std::uint64_t>, kNumBuckets>;
    struct Slot {
        std::atomic<std::int64_t> number{-1};  ///< of kSlot since the start
        Counts counts{};
    };

    [[nodiscard]] std::int64_t slot_number(Time now) const { return (now - start_) / kSlot; }
    void begin(Slot& slot, std::int64_t number);

    Time start_;
    std::mutex beginning_;
    std::array<Slot, kNumSlots> slots_;
    std::atomic<std::uint64_t> num_added_{0};
};

}  // namespace attune
