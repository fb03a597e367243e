#pragma once

#include <cstdint>

namespace attune {

/// Time that never goes back, for measuring how long something took; its zero means nothing.
/// Passed in, so that it can be fixed in tests.
class MonotonicClock {
 public:
    virtual ~MonotonicClock() = default;
    [[nodiscard]] virtual std::int64_t now_ns() const = 0;
};

class SteadyClock final : public MonotonicClock {
 public:
    [[nodiscard]] std::int64_t now_ns() const override;
};

class FixedMonotonicClock final : public MonotonicClock {
 public:
    explicit FixedMonotonicClock(std::int64_t now_ns) : now_ns_(now_ns) {}
    [[nodiscard]] std::int64_t now_ns() const override { return now_ns_; }
    void advance_ns(std::int64_t by_ns) { now_ns_ += by_ns; }

 private:
    std::int64_t now_ns_;
};

}  // namespace attune
