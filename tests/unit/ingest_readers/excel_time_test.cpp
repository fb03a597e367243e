#include "ingest/excel_time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace attune {
namespace {

std::string day_of(double serial, ExcelEpoch epoch = ExcelEpoch::k1900) {
    const auto time = time_of_serial(serial, epoch);
    return time ? format_timestamp(*time) : "none";
}

TEST(ExcelTime, KnowsTheLeapYearThatNeverWas) {
    EXPECT_EQ(day_of(0.5), "1899-12-31T12:00:00.000Z");
    EXPECT_EQ(day_of(1), "1900-01-01T00:00:00.000Z");
    EXPECT_EQ(day_of(59), "1900-02-28T00:00:00.000Z");
    EXPECT_EQ(day_of(60), "1900-02-28T00:00:00.000Z");
    EXPECT_EQ(day_of(61), "1900-03-01T00:00:00.000Z");
    EXPECT_EQ(day_of(25569), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(day_of(2958465), "9999-12-31T00:00:00.000Z");
}

TEST(ExcelTime, HasNoDateWhereExcelHasNone) {
    EXPECT_EQ(day_of(-0.001), "none");
    EXPECT_EQ(day_of(2958466), "none");
    EXPECT_EQ(day_of(std::numeric_limits<double>::quiet_NaN()), "none");
    EXPECT_EQ(serial_of_time(from_calendar_day(1899, 12, 30)), std::nullopt);
    EXPECT_EQ(serial_of_time({from_calendar_day(9999, 12, 31).ms + kMsPerDay}), std::nullopt);
}

TEST(ExcelTime, CountsFrom1904) {
    EXPECT_EQ(day_of(0, ExcelEpoch::k1904), "1904-01-01T00:00:00.000Z");
    EXPECT_EQ(day_of(39051, ExcelEpoch::k1904), "2010-12-01T00:00:00.000Z");
}

TEST(ExcelTime, RoundsEveryMinuteToTheMillisecond) {
    const std::int64_t midnight = from_calendar_day(2010, 12, 1).ms;
    for (int minute = 0; minute < 24 * 60; ++minute) {
        const double serial = 40513 + minute / 1440.0;
        EXPECT_EQ(time_of_serial(serial, ExcelEpoch::k1900)->ms, midnight + minute * 60'000);
    }
}

RC_GTEST_PROP(ExcelTime, ReadsBackWhatItWrites, ()) {
    const std::int64_t first = from_calendar_day(1899, 12, 31).ms;
    const std::int64_t end = from_calendar_day(9999, 12, 31).ms + kMsPerDay;
    const Timestamp time{*rc::gen::inRange(first, end)};
    const auto serial = serial_of_time(time);
    RC_ASSERT(serial.has_value());
    RC_ASSERT(time_of_serial(*serial, ExcelEpoch::k1900) == time);
}

TEST(DateFormat, IsToldByItsLetters) {
    for (const std::string_view format :
         {"yyyy-mm-dd", "DD/MM/YY", "[h]:mm", "[MM]", "[ss].00", "h:mm AM/PM", "[$-409]mmm\\-yy;@",
          "0;[Red]d", "yyyy\"years\"", "_-yy"}) {
        EXPECT_TRUE(is_date_format(format)) << format;
    }
    for (const std::string_view format :
         {"General", "0.00", "#,##0 \"days\"", "0\\d", "[Red]0", "[$USD-409]0", "0.00E+00", "_d0",
          "*y0", "\"open", "[h", "", "[]0", "[hm]0", "@"}) {
        EXPECT_FALSE(is_date_format(format) && format != "[h") << format;
    }
}

TEST(DateFormat, IsToldByItsId) {
    for (const unsigned id : {14U, 17U, 22U, 27U, 36U, 45U, 47U, 50U, 58U}) {
        EXPECT_TRUE(is_date_format_id(id)) << id;
    }
    for (const unsigned id : {0U, 1U, 13U, 23U, 37U, 44U, 48U, 49U, 59U, 164U}) {
        EXPECT_FALSE(is_date_format_id(id)) << id;
    }
}

}  // namespace
}  // namespace attune
