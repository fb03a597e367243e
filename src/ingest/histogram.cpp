#include <cmath>

#include "ingest/quality.hpp"

namespace attune {
namespace {

constexpr double kLargestIndex = 1e15;
constexpr int kFirstWidthExponent = -20;  ///< relative to the first number's

}  // namespace

void Histogram::widen() {
    width_ *= 2;
    std::map<std::int64_t, std::uint64_t> merged;
    for (const auto& [index, count] : counts_) merged[index >> 1] += count;
    counts_ = std::move(merged);
}

void Histogram::add(double value) {
    if (width_ == 0) {
        int exponent = 0;
        std::frexp(value, &exponent);
        width_ = std::ldexp(1.0, std::max(exponent, 0) + kFirstWidthExponent);
    }
    while (std::abs(value / width_) > kLargestIndex) widen();
    for (;;) {
        const auto index = static_cast<std::int64_t>(std::floor(value / width_));
        const bool fits = counts_.empty() || (index - counts_.begin()->first < kMaxBins &&
                                              counts_.rbegin()->first - index < kMaxBins);
        if (fits) {
            ++counts_[index];
            return;
        }
        widen();
    }
}

std::vector<HistogramBin> Histogram::bins() const {
    std::vector<HistogramBin> bins;
    if (counts_.empty()) return bins;
    for (std::int64_t index = counts_.begin()->first; index <= counts_.rbegin()->first; ++index) {
        const auto found = counts_.find(index);
        const auto from = static_cast<double>(index);
        bins.push_back(
            {from * width_, (from + 1) * width_, found == counts_.end() ? 0 : found->second});
    }
    return bins;
}

}  // namespace attune
