#include "serving/recent_latency.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace attune {
namespace {

constexpr double kGrowth = 1.25;

double upper_end(std::size_t bucket) {
    return std::pow(kGrowth, static_cast<double>(bucket));
}

double quantile_us(std::span<const std::uint64_t> counts, std::uint64_t total, double share) {
    const double wanted = share * static_cast<double>(total);
    double below = 0;
    for (std::size_t b = 0; b < counts.size(); ++b) {
        const auto here = static_cast<double>(counts[b]);
        if (below + here >= wanted && here > 0) {
            const double low = b == 0 ? 0 : upper_end(b - 1);
            return low + (upper_end(b) - low) * (wanted - below) / here;
        }
        below += here;
    }
    return 0;  // there are none
}

}  // namespace

void RecentLatency::begin(Slot& slot, std::int64_t number) {
    const std::lock_guard lock(beginning_);
    if (slot.number.load(std::memory_order_relaxed) >= number) return;
    for (auto& count : slot.counts) count.store(0, std::memory_order_relaxed);
    slot.number.store(number, std::memory_order_release);
}

void RecentLatency::add(double us, Time now) {
    const std::int64_t number = slot_number(now);
    Slot& slot = slots_[static_cast<std::size_t>(number) % kNumSlots];
    if (slot.number.load(std::memory_order_acquire) < number) begin(slot, number);
    const double place = us <= 1 ? 0 : std::ceil(std::log(us) / std::log(kGrowth));
    const auto bucket = std::min(static_cast<std::size_t>(place), kNumBuckets - 1);
    slot.counts[bucket].fetch_add(1, std::memory_order_relaxed);
    num_added_.fetch_add(1, std::memory_order_relaxed);
}

RecentLatency::Summary RecentLatency::summary(Time now) const {
    const std::int64_t current = slot_number(now);
    const std::int64_t oldest = std::max<std::int64_t>(0, current - (kWindow / kSlot));
    std::array<std::uint64_t, kNumBuckets> counts{};
    Summary summary;
    for (const Slot& slot : slots_) {
        const std::int64_t number = slot.number.load(std::memory_order_acquire);
        if (number < oldest || number > current) continue;
        for (std::size_t b = 0; b < kNumBuckets; ++b) {
            const std::uint64_t here = slot.counts[b].load(std::memory_order_relaxed);
            counts[b] += here;
            summary.count += here;
        }
    }
    summary.p50_us = quantile_us(counts, summary.count, .5);
    summary.p99_us = quantile_us(counts, summary.count, .99);
    const std::chrono::duration<double> window = now - (start_ + oldest * kSlot);
    summary.per_second = static_cast<double>(summary.count) / std::max(1.0, window.count());
    return summary;
}

}  // namespace attune
