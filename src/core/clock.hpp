#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// An instant, UTC, in milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
    std::int64_t ms = 0;

    friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

inline constexpr std::int64_t kMsPerDay = 86'400'000;

/// `later - earlier` in days, negative when `later` is the earlier one.
double days_between(Timestamp earlier, Timestamp later);

/// The instant `days` after (before, when negative) `from`.
Timestamp add_days(Timestamp from, double days);

/// Whether year, month and day name a day of the Gregorian calendar, years 1 to 9999.
bool is_calendar_day(int year, int month, int day);

/// Midnight UTC of a calendar day. @pre is_calendar_day(year, month, day)
Timestamp from_calendar_day(int year, int month, int day);

/// Reads RFC 3339 ("2011-11-09T08:26:00.000Z", also with an offset), "YYYY-MM-DD" and
/// "YYYY-MM-DD HH:MM[:SS]"; without an offset the time is UTC.
/// @errors kInvalidArgument names the text and the forms that are understood
Result<Timestamp> parse_timestamp(std::string_view text);

/// RFC 3339 with milliseconds: "2011-11-09T08:26:00.000Z".
std::string format_timestamp(Timestamp time);

/// Only the day: "2011-11-09".
std::string format_date(Timestamp time);

/// Where the time comes from is passed in, so that it can be fixed in tests.
class Clock {
 public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
    [[nodiscard]] Timestamp now() const override;
};

class FixedClock final : public Clock {
 public:
    explicit FixedClock(Timestamp time) : time_(time) {}
    [[nodiscard]] Timestamp now() const override { return time_; }
    void set(Timestamp time) { time_ = time; }

 private:
    Timestamp time_;
};

}  // namespace attune
