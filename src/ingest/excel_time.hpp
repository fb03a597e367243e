#pragma once

#include <optional>
#include <string_view>

#include "core/clock.hpp"

namespace attune {

/// From which day a workbook counts its dates.
enum class ExcelEpoch {
    k1900,  ///< day 1 is 1900-01-01, and 1900 has a 29 February, as in Lotus 1-2-3
    k1904,  ///< day 0 is 1904-01-01
};

/// The instant of a serial date, to the millisecond. Day 60 of the 1900 system, which never was,
/// is 1900-02-28; a time without a day lies on 1899-12-31.
/// @return  nothing where Excel itself shows no date: negative, or past the year 9999
std::optional<Timestamp> time_of_serial(double serial, ExcelEpoch epoch);

/// The serial of an instant in the 1900 system.
/// @return  nothing before 1899-12-31 and past the year 9999
std::optional<double> serial_of_time(Timestamp time);

/// Whether a number format of a workbook shows a date, a time or a duration: it has one of the
/// letters d m y h s outside quotes, escapes and brackets, or a bracketed [h], [m] or [s].
bool is_date_format(std::string_view format);

/// The same for the ids of built-in formats, those of East Asian workbooks included.
bool is_date_format_id(unsigned id);

}  // namespace attune
