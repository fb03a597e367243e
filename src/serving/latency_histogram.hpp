#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace attune {

/// Counts durations in buckets, each a quarter wider than the one before, so that a quantile is
/// right within some 12 %.
///
/// @threads every member may be called from many threads
class LatencyHistogram {
 public:
    struct Bucket {
        double up_to_us = 0;
        std::uint64_t count = 0;  ///< in this bucket alone
    };

    void add(double us);
    [[nodiscard]] std::uint64_t count() const;
    [[nodiscard]] double sum_us() const;
    /// The duration that a share of all stays under; 0 where there are none.
    [[nodiscard]] double quantile_us(double share) const;
    [[nodiscard]] std::vector<Bucket> buckets() const;

 private:
    static constexpr std::size_t kNumBuckets = 80;  // 1 us to 45 s
    std::array<std::atomic<std::uint64_t>, kNumBuckets> counts_{};
    std::atomic<std::uint64_t> sum_ns_{0};
};

}  // namespace attune
