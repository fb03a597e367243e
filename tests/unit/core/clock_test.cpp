#include "core/clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace attune {
namespace {

TEST(Timestamp, ReadsTheFormsItDocuments) {
    const std::int64_t ms = 1'320'827'160'000;  // date -u -d '2011-11-09 08:26:00' +%s
    EXPECT_EQ(parse_timestamp("2011-11-09T08:26:00Z")->ms, ms);
    EXPECT_EQ(parse_timestamp("2011-11-09 08:26:00")->ms, ms);
    EXPECT_EQ(parse_timestamp("2011-11-09 08:26")->ms, ms);
    EXPECT_EQ(parse_timestamp("2011-11-09T08:26:00.125Z")->ms, ms + 125);
    EXPECT_EQ(parse_timestamp("2011-11-09T08:26:00.123456Z")->ms, ms + 123);
    EXPECT_EQ(parse_timestamp("2011-11-09T10:26:00+02:00")->ms, ms);
    EXPECT_EQ(parse_timestamp("2011-11-09T03:56:00-04:30")->ms, ms);
    EXPECT_EQ(parse_timestamp("2011-11-09T10:26:00+0200")->ms, ms);
    EXPECT_EQ(parse_timestamp("1970-01-01")->ms, 0);
    EXPECT_EQ(parse_timestamp("2012-02-29")->ms, from_calendar_day(2012, 2, 29).ms);
}

TEST(Timestamp, RefusesWhatIsNoTimeAndSaysWhatWouldBe) {
    for (const char* text :
         {"", "2011", "2011-13-01", "2011-02-29", "09.11.2011", "2011-11-09X08:26",
          "2011-11-09T24:00", "2011-11-09T08:60", "2011-11-09T08:26:60", "2011-11-09T08:26:00.",
          "2011-11-09T08:26Zx", "2011-11-09T08:26:00+2", "2011-11-09T08:26:00+25:00",
          "2011-11-09T08:26:00+02:61", "2011-1-9", "2011-11-09 8:26", "0000-01-01", "2011-11-0a"}) {
        const auto result = parse_timestamp(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(result.error().message.find("2011-11-09T08:26:00Z"), std::string::npos);
    }
}

RC_GTEST_PROP(Timestamp, ReadsBackWhatItWrites, ()) {
    const std::int64_t first = from_calendar_day(1, 1, 1).ms;
    const std::int64_t last = from_calendar_day(9999, 12, 31).ms;
    const Timestamp time{*rc::gen::inRange(first, last)};
    RC_ASSERT(parse_timestamp(format_timestamp(time)).value() == time);
    RC_ASSERT(format_timestamp(time).substr(0, 10) == format_date(time));
}

TEST(Timestamp, CountsDays) {
    const Timestamp start = from_calendar_day(2011, 11, 9);
    EXPECT_DOUBLE_EQ(days_between(start, add_days(start, 30)), 30);
    EXPECT_DOUBLE_EQ(days_between(start, add_days(start, -0.5)), -0.5);
    EXPECT_EQ(add_days(start, 30), from_calendar_day(2011, 12, 9));
    EXPECT_FALSE(is_calendar_day(2011, 4, 31));
    EXPECT_FALSE(is_calendar_day(10000, 1, 1));
}

TEST(Clock, FixedClockStandsStill) {
    FixedClock clock(from_calendar_day(2020, 1, 1));
    EXPECT_EQ(clock.now(), from_calendar_day(2020, 1, 1));
    clock.set(from_calendar_day(2021, 1, 1));
    EXPECT_EQ(clock.now(), from_calendar_day(2021, 1, 1));
    EXPECT_GT(SystemClock().now(), from_calendar_day(2024, 1, 1));
}

}  // namespace
}  // namespace attune
