#include "core/time_ids.hpp"

#include <fmt/format.h>

#include <random>

namespace attune {
namespace {

constexpr std::uint32_t kMostInOneMs = 0xFFFFF;

}  // namespace

std::string TimeIds::next(Timestamp now) {
    const std::lock_guard lock(mutex_);
    if (now.ms > last_ms_) {
        last_ms_ = now.ms;
        number_ = 0;
    } else if (++number_ > kMostInOneMs) {
        ++last_ms_;
        number_ = 0;
    }
    return fmt::format("{:012x}{:05x}{:015x}", last_ms_, number_, random_.next() >> 4U);
}

std::uint64_t TimeIds::fresh_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace attune
