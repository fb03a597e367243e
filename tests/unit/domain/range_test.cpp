#include "domain/range.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

TEST(Range, ReadsTheFormsItDocuments) {
    const auto both = [](double low, double high) { return Range{low, high}; };
    EXPECT_EQ(parse_range("500-1000").value(), both(500, 1000));
    EXPECT_EQ(parse_range("50M-80M").value(), both(50e6, 80e6));
    EXPECT_EQ(parse_range("50-80M").value(), both(50e6, 80e6));
    EXPECT_EQ(parse_range(" 1.5k - 2k ").value(), both(1500, 2000));
    EXPECT_EQ(parse_range("$1,000-$2,000").value(), both(1000, 2000));
    EXPECT_EQ(parse_range("250").value(), both(250, 250));
    EXPECT_EQ(parse_range("10+").value(), (Range{10, std::nullopt}));
    EXPECT_EQ(parse_range(">= 100").value(), (Range{100, std::nullopt}));
    EXPECT_EQ(parse_range("<5M").value(), (Range{std::nullopt, 5e6}));
    EXPECT_EQ(parse_range("2B+").value(), (Range{2e9, std::nullopt}));
    EXPECT_EQ(parse_range("1T").value(), both(1e12, 1e12));
}

TEST(Range, RefusesTheRest) {
    for (const char* text :
         {"", "-", "+", "<", "a-b", "5-", "-5", "10-5", "5-10-15", "1..2", "M"}) {
        EXPECT_FALSE(parse_range(text)) << text;
    }
    EXPECT_NE(parse_range("many").error().message.find("500-1000"), std::string::npos);
}

TEST(Range, WritesWhatItReads) {
    for (const char* text : {"500-1000", "10+", "<5000000", "250", "0.5-1.5"}) {
        EXPECT_EQ(format_range(parse_range(text).value()), text);
    }
    EXPECT_EQ(format_range({}), "");
}

TEST(Range, TypicalValueIsTheGeometricMiddle) {
    EXPECT_DOUBLE_EQ((Range{4, 9}.typical()), 6);
    EXPECT_DOUBLE_EQ((Range{0, 10}.typical()), 5);
    EXPECT_DOUBLE_EQ((Range{10, std::nullopt}.typical()), 10);
    EXPECT_DOUBLE_EQ((Range{std::nullopt, 5}.typical()), 5);
}

}  // namespace
}  // namespace attune
