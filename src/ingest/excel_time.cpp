#include "ingest/excel_time.hpp"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

constexpr double kMsPerDayReal = static_cast<double>(kMsPerDay);
constexpr double kFirstSerialOfYear10000 = 2958466;
constexpr std::int64_t kFirstDayAfterLeapBug = 61;  // 1900-03-01

// Counted back from dates after the leap day that never was.
std::int64_t base_ms(ExcelEpoch epoch) {
    return epoch == ExcelEpoch::k1904 ? from_calendar_day(1904, 1, 1).ms
                                      : from_calendar_day(1899, 12, 30).ms;
}

char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_elapsed_time(std::string_view in_brackets) {
    if (in_brackets.empty()) return false;
    const char first = lower_case(in_brackets.front());
    if (first != 'h' && first != 'm' && first != 's') return false;
    return std::all_of(in_brackets.begin(), in_brackets.end(),
                       [&](char c) { return lower_case(c) == first; });
}

}  // namespace

std::optional<Timestamp> time_of_serial(double serial, ExcelEpoch epoch) {
    if (!(serial >= 0 && serial < kFirstSerialOfYear10000)) return std::nullopt;
    std::int64_t ms = std::llround(serial * kMsPerDayReal);
    if (epoch == ExcelEpoch::k1900 && ms < (kFirstDayAfterLeapBug - 1) * kMsPerDay) ms += kMsPerDay;
    return Timestamp{base_ms(epoch) + ms};
}

std::optional<double> serial_of_time(Timestamp time) {
    std::int64_t ms = time.ms - base_ms(ExcelEpoch::k1900);
    if (ms < kFirstDayAfterLeapBug * kMsPerDay) ms -= kMsPerDay;
    const double serial = static_cast<double>(ms) / kMsPerDayReal;
    if (!(serial >= 0 && serial < kFirstSerialOfYear10000)) return std::nullopt;
    return serial;
}

bool is_date_format(std::string_view format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
        switch (lower_case(format[i])) {
            case '"':
                i = std::min(format.find('"', i + 1), format.size());
                break;
            case '\\':
            case '_':
            case '*':
                ++i;  // the next character stands for itself
                break;
            case '[': {
                const std::size_t end = std::min(format.find(']', i), format.size());
                if (is_elapsed_time(format.substr(i + 1, end - i - 1))) return true;
                i = end;
                break;
            }
            case 'd':
            case 'm':
            case 'y':
            case 'h':
            case 's':
                return true;
            default:
                break;
        }
    }
    return false;
}

bool is_date_format_id(unsigned id) {
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
           (id >= 50 && id <= 58);
}

}  // namespace attune
