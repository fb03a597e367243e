#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace attune {

/// Seeded random numbers whose sequence is the same on every platform and compiler, which the
/// standard library's distributions do not promise.
///
/// @source xoshiro256**: Blackman, Vigna, ACM TOMS 47(4), 2021; seeded by SplitMix64
class Random {
 public:
    explicit Random(std::uint64_t seed);

    std::uint64_t next();
    /// Uniform in [0, 1).
    double uniform();
    /// Uniform in [0, bound). @pre bound > 0
    std::size_t below(std::size_t bound);
    /// Standard normal, by the polar method.
    double normal();
    /// A generator for an independent stream, for work that is split over threads.
    [[nodiscard]] Random split();

    template <typename T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
    }

 private:
    std::uint64_t state_[4];
};

}  // namespace attune
