#include "domain/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace attune {
namespace {

TEST(Money, ReadsAmountsAndRoundsToCents) {
    EXPECT_EQ(parse_money("1234.56", "EUR")->minor, 123'456);
    EXPECT_EQ(parse_money("$50,000", "AUD")->minor, 5'000'000);
    EXPECT_EQ(parse_money("-3", "EUR")->minor, -300);
    EXPECT_EQ(parse_money("1,234,567.8", "EUR")->minor, 123'456'780);
    EXPECT_EQ(parse_money("0.005", "EUR")->minor, 1);
    EXPECT_EQ(parse_money("35000.0000000000", "AUD")->minor, 3'500'000);
    EXPECT_EQ(parse_money("1", "AUD")->currency_code(), "AUD");
}

TEST(Money, RefusesWhatIsNoAmount) {
    for (const char* text :
         {"", "abc", "1.2.3", "12 EUR", "1e300", "nan", "inf", "12,5", "45.000,50", "9.600,00",
          "12 345", "1,23,456", ",123", "1234,567", "1,2345", "--3"}) {
        EXPECT_EQ(parse_money(text, "EUR").error().code, ErrorCode::kInvalidArgument) << text;
    }
    for (const char* currency : {"", "EURO", "eur", "E1R"}) {
        EXPECT_EQ(parse_money("1", currency).error().code, ErrorCode::kInvalidArgument) << currency;
    }
}

TEST(Money, WritesThousandsAndSigns) {
    EXPECT_EQ(format_money({123'456'789, {'E', 'U', 'R'}}), "1,234,567.89 EUR");
    EXPECT_EQ(format_money({-5, {'A', 'U', 'D'}}), "-0.05 AUD");
    EXPECT_EQ(format_money({100'000, {'G', 'B', 'P'}}), "1,000.00 GBP");
    EXPECT_EQ(format_money({std::numeric_limits<std::int64_t>::min(), {'E', 'U', 'R'}}),
              "-92,233,720,368,547,758.08 EUR");
}

RC_GTEST_PROP(Money, ReadsBackWhatItWrites, ()) {
    const Money money{*rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000)};
    const std::string text = format_money(money);
    RC_ASSERT(parse_money(text.substr(0, text.size() - 4), "EUR").value() == money);
}

}  // namespace
}  // namespace attune
