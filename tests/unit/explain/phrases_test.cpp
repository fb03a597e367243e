#include "explain/phrases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace attune {
namespace {

using testing::HasSubstr;

TEST(OneLine, DropsWhatIsNotPlainText) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"  a\t\n b \r\n", "a b"},
        {"bell\a and \x1b[31mred", "bell and [31mred"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"bad \xff\xfe utf \xc3", "bad utf"},
        {"overlong \xc0\xaf", "overlong"},
        {"surrogate \xed\xa0\x80!", "surrogate !"},
        {"turned \xe2\x80\xae"
         "txet",
         "turned txet"},
        {"no\xc2\xa0"
         "break",
         "no break"},
        {"c1 \xc2\x85 control", "c1 control"},
        {std::string("nul \0 byte", 10), "nul byte"},
        {"\xf0\x9f\x98\x80 smile", "\xf0\x9f\x98\x80 smile"},
        {"", ""}};
    for (const auto& [text, expected] : cases) EXPECT_EQ(one_line(text, 100), expected);
}

TEST(OneLine, CutsAtTheEndOfAWord) {
    EXPECT_EQ(one_line("be an Australian citizen or resident", 30),
              "be an Australian citizen or...");
    EXPECT_EQ(one_line("one, two, three", 12), "one, two...");
    EXPECT_EQ(one_line("a verylongwordindeed", 12), "a verylon...");
}

TEST(OneLine, CutsAtACharacter) {
    EXPECT_EQ(one_line("abcdefgh", 8), "abcdefgh");
    EXPECT_EQ(one_line("abcdefghi", 8), "abcde...");
    EXPECT_EQ(one_line("abcd\xc3\xa9xxxxx", 8), "abcd...");
    EXPECT_EQ(one_line("abcd efghi", 8), "abcd...");
    EXPECT_EQ(one_line("abcd", 3), "...");
}

TEST(OneLine, IsShortAndStableForAnyBytes) {
    rc::check([](const std::string& bytes) {
        const auto most = *rc::gen::inRange<std::size_t>(3, 40);
        const std::string line = one_line(bytes, most);
        RC_ASSERT(line.size() <= most);
        RC_ASSERT(one_line(line, most) == line);
        RC_ASSERT(std::all_of(line.begin(), line.end(),
                              [](char c) { return static_cast<unsigned char>(c) >= 0x20; }));
    });
}

TEST(Names, HumaniseIds) {
    const Names names;
    EXPECT_EQ(names.humanised("TERM_DEPOSITS"), "term deposits");
    EXPECT_EQ(names.humanised("marital_status"), "marital status");
    EXPECT_EQ(names.humanised("Kitchen & Home"), "Kitchen & Home");
    EXPECT_EQ(names.humanised("AU"), "AU");
    EXPECT_EQ(names.humanised("9.00 AUD"), "9.00 AUD");
    EXPECT_EQ(names.humanised(""), "");
}

TEST(Names, FormatNumbersAndDays) {
    const Names names;
    EXPECT_EQ(names.percentage(0.12), "12 %");
    EXPECT_EQ(names.percentage(0.0344), "3.4 %");
    EXPECT_EQ(names.percentage(0.0995), "10 %");
    EXPECT_EQ(names.percentage(0.00001), "0.1 %");
    EXPECT_EQ(names.percentage(1), "100 %");
    EXPECT_EQ(names.times(1.83), "1.8");
    EXPECT_EQ(names.day(from_calendar_day(2011, 11, 3)), "3 Nov 2011");
    EXPECT_EQ(names.day(from_calendar_day(2024, 1, 31)), "31 Jan 2024");
}

TEST(Names, EntriesWinOverTheRules) {
    const auto names = Names::parse(
        "# a comment\n\n  PERS_LOANS = Ratenkredite \r\nmonth.3 = M\xc3\xa4rz\n"
        "number.decimal_point = ,");
    ASSERT_TRUE(names);
    EXPECT_EQ(names->humanised("PERS_LOANS"), "Ratenkredite");
    EXPECT_EQ(names->day(from_calendar_day(2024, 3, 1)), "1 M\xc3\xa4rz 2024");
    EXPECT_EQ(names->times(1.83), "1,8");
    EXPECT_EQ(names->percentage(0.034), "3,4 %");
    EXPECT_EQ(names->percentage(0.34), "34 %");
}

TEST(Names, RefuseLinesWithTheirNumber) {
    EXPECT_THAT(Names::parse("A = a\nnonsense").error().message, HasSubstr("line 2: 'nonsense'"));
    EXPECT_THAT(Names::parse(" = a").error().message, HasSubstr("line 1"));
    EXPECT_THAT(Names::parse("A = a\n\nA = b").error().message, HasSubstr("line 3: 'A' stands"));
}

}  // namespace
}  // namespace attune
