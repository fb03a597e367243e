#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "core/clock.hpp"
#include "core/random.hpp"

namespace attune {

/// Makes ids of 32 hexadecimal digits that nobody else makes and whose order, as text, is that of
/// their making: the milliseconds since 1970, a number within the millisecond, 60 random bits.
///
/// @threads  `next` may be called from many threads
class TimeIds {
 public:
    /// @param seed  should differ from run to run
    explicit TimeIds(std::uint64_t seed) : random_(seed) {}

    std::string next(Timestamp now);

    /// A seed from the operating system.
    static std::uint64_t fresh_seed();

 private:
    std::mutex mutex_;
    Random random_;
    std::int64_t last_ms_ = 0;
    std::uint32_t number_ = 0;
};

}  // namespace attune
