#include "core/clock.hpp"

#include <chrono>
#include <cmath>
#include <optional>

namespace attune {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

/// Reads exactly `width` digits from the front of `text` and drops them.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
    if (text.size() < width) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(width);
    return value;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

struct Parts {
    Timestamp midnight;
    std::int64_t ms_of_day = 0;
    std::int64_t offset_ms = 0;
};

bool take_date(std::string_view& text, Parts& parts) {
    const auto y = take_digits(text, 4);
    if (!y || !take(text, '-')) return false;
    const auto m = take_digits(text, 2);
    if (!m || !take(text, '-')) return false;
    const auto d = take_digits(text, 2);
    if (!d || !is_calendar_day(*y, *m, *d)) return false;
    parts.midnight = from_calendar_day(*y, *m, *d);
    return true;
}

bool take_fraction(std::string_view& text, std::int64_t& ms) {
    std::int64_t scale = 100;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        ms += (text.front() - '0') * scale;
        scale /= 10;
        text.remove_prefix(1);
        ++digits;
    }
    return digits > 0 && digits <= 9;
}

bool take_time(std::string_view& text, Parts& parts) {
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return false;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59) return false;
    int second = 0;
    std::int64_t ms = 0;
    if (take(text, ':')) {
        const auto read = take_digits(text, 2);
        if (!read || *read > 59) return false;
        second = *read;
        if (take(text, '.') && !take_fraction(text, ms)) return false;
    }
    parts.ms_of_day = ((*hour * 60 + *minute) * 60 + second) * 1000LL + ms;
    return true;
}

bool take_offset(std::string_view& text, Parts& parts) {
    if (text.empty() || take(text, 'Z') || take(text, 'z')) return true;
    const int sign = text.front() == '-' ? -1 : 1;
    if (!take(text, '+') && !take(text, '-')) return false;
    const auto hours = take_digits(text, 2);
    if (!hours || *hours > 23) return false;
    take(text, ':');
    const auto minutes = take_digits(text, 2);
    if (!minutes || *minutes > 59) return false;
    parts.offset_ms = sign * (*hours * 60 + *minutes) * 60'000LL;
    return true;
}

struct Civil {
    int year;
    unsigned month;
    unsigned day;
    std::int64_t ms_of_day;
};

Civil civil_of(Timestamp time) {
    const auto instant =
        std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time.ms));
    const auto midnight = std::chrono::floor<std::chrono::days>(instant);
    const year_month_day date(midnight);
    return {int(date.year()), unsigned(date.month()), unsigned(date.day()),
            (instant - midnight).count()};
}

}  // namespace

double days_between(Timestamp earlier, Timestamp later) {
    return static_cast<double>(later.ms - earlier.ms) / static_cast<double>(kMsPerDay);
}

Timestamp add_days(Timestamp from, double days) {
    return {from.ms + std::llround(days * static_cast<double>(kMsPerDay))};
}

bool is_calendar_day(int y, int m, int d) {
    if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31) return false;
    return year_month_day(year(y), month(unsigned(m)), day(unsigned(d))).ok();
}

Timestamp from_calendar_day(int y, int m, int d) {
    const std::chrono::sys_days midnight =
        year_month_day(year(y), month(unsigned(m)), day(unsigned(d)));
    return {midnight.time_since_epoch().count() * kMsPerDay};
}

Result<Timestamp> parse_timestamp(std::string_view text) {
    const std::string_view whole = text;
    Parts parts;
    bool good = take_date(text, parts);
    if (good && !text.empty()) {
        good = (take(text, 'T') || take(text, 't') || take(text, ' ')) && take_time(text, parts) &&
               take_offset(text, parts) && text.empty();
    }
    if (!good) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not a time; write 2011-11-09, 2011-11-09 08:26:00 or "
                    "2011-11-09T08:26:00Z",
                    whole.substr(0, 64));
    }
    return Timestamp{parts.midnight.ms + parts.ms_of_day - parts.offset_ms};
}

std::string format_timestamp(Timestamp time) {
    const Civil civil = civil_of(time);
    const std::int64_t seconds = civil.ms_of_day / 1000;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", civil.year, civil.month,
                       civil.day, seconds / 3600, seconds / 60 % 60, seconds % 60,
                       civil.ms_of_day % 1000);
}

std::string format_date(Timestamp time) {
    const Civil civil = civil_of(time);
    return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

Timestamp SystemClock::now() const {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace attune
