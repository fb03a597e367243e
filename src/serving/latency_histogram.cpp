#include "serving/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

constexpr double kGrowth = 1.25;

double upper_end(std::size_t bucket) {
    return std::pow(kGrowth, static_cast<double>(bucket));
}

}  // namespace

void LatencyHistogram::add(double us) {
    const double place = us <= 1 ? 0 : std::ceil(std::log(us) / std::log(kGrowth));
    const auto bucket = std::min(static_cast<std::size_t>(place), kNumBuckets - 1);
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(static_cast<std::uint64_t>(std::max(us, 0.0) * 1e3),
                      std::memory_order_relaxed);
}

std::uint64_t LatencyHistogram::count() const {
    std::uint64_t count = 0;
    for (const auto& bucket : counts_) count += bucket.load(std::memory_order_relaxed);
    return count;
}

double LatencyHistogram::sum_us() const {
    return static_cast<double>(sum_ns_.load(std::memory_order_relaxed)) / 1e3;
}

double LatencyHistogram::quantile_us(double share) const {
    const std::vector<Bucket> all = buckets();
    std::uint64_t total = 0;
    for (const Bucket& bucket : all) total += bucket.count;
    if (total == 0) return 0;
    const double wanted = share * static_cast<double>(total);
    double below = 0;
    for (std::size_t b = 0; b < all.size(); ++b) {
        const auto here = static_cast<double>(all[b].count);
        if (below + here >= wanted && here > 0) {
            const double low = b == 0 ? 0 : all[b - 1].up_to_us;
            return low + (all[b].up_to_us - low) * (wanted - below) / here;
        }
        below += here;
    }
    return all.back().up_to_us;
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::buckets() const {
    std::vector<Bucket> all;
    for (std::size_t b = 0; b < kNumBuckets; ++b) {
        all.push_back({upper_end(b), counts_[b].load(std::memory_order_relaxed)});
    }
    return all;
}

}  // namespace attune
