#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ingest/hash_counter.hpp"
#include "ingest/row_values.hpp"
#include "ingest/value_convert.hpp"
#include "ingest/value_reader.hpp"

namespace attune {
namespace {

using namespace std::string_view_literals;

Timestamp at(const char* text) {
    return parse_timestamp(text).value();
}

/// Reads one cell by a rule.
class Reading {
 public:
    explicit Reading(FieldType type) {
        rule.type = type;
        rule.label = "column";
    }

    Checked<std::optional<FieldValue>> of(const Cell& cell) {
        auto values = RowValues::of_table({"c"}, {"c"}).value();
        values.set(std::span(&cell, 1));
        return ValueReader(mapping).read(rule, values, 7);
    }
    Checked<std::optional<FieldValue>> of(const nlohmann::json& document) {
        auto values = RowValues::of_documents({"c"});
        values.set(document);
        return ValueReader(mapping).read(rule, values, 7);
    }
    template <typename T>
    T value(const Cell& cell) {
        const auto read = of(cell);
        EXPECT_TRUE(read) << read.error().message;
        return std::get<T>(read->value());
    }
    IssueReason reason(const Cell& cell) {
        const auto read = of(cell);
        EXPECT_FALSE(read);
        EXPECT_EQ(read.error().column, "column");
        return read.error().reason;
    }

    Mapping mapping;
    ValueRule rule;
};

TEST(Values, NumbersComeFromTextAndCells) {
    Reading number(FieldType::kNumber);
    EXPECT_EQ(number.value<double>(" -2.5 "sv), -2.5);
    EXPECT_EQ(number.value<double>(2.5), 2.5);
    EXPECT_EQ(number.reason("1,5"sv), IssueReason::kNotANumber);
    EXPECT_EQ(number.reason("nan"sv), IssueReason::kNotANumber);
    EXPECT_EQ(number.reason(true), IssueReason::kNotANumber);
    number.rule.decimal_comma = true;
    EXPECT_EQ(number.value<double>("1.234,5"sv), 1234.5);
    number.rule.minimum = 0;
    number.rule.maximum = 10;
    EXPECT_EQ(number.value<double>(10.0), 10);
    EXPECT_EQ(number.reason(10.5), IssueReason::kOutOfRange);
    EXPECT_EQ(number.reason("-1"sv), IssueReason::kOutOfRange);
}

TEST(Values, WholeNumbersMustBeWhole) {
    Reading whole(FieldType::kInteger);
    EXPECT_EQ(whole.value<int>("42.0"sv), 42);
    EXPECT_EQ(whole.reason("42.5"sv), IssueReason::kNotAWholeNumber);
    EXPECT_EQ(whole.reason(1e12), IssueReason::kNotAWholeNumber);
}

TEST(Values, AmountsAreMinorUnits) {
    Reading money(FieldType::kMoney);
    money.rule.currency = "GBP";
    EXPECT_EQ(money.value<Money>("1,234.56"sv), parse_money("1234.56", "GBP").value());
    EXPECT_EQ(money.value<Money>(2.5499999999999998).minor, 255);
    EXPECT_EQ(money.value<Money>(0.001).minor, 0);
    EXPECT_EQ(money.reason("x"sv), IssueReason::kNotAnAmount);
    EXPECT_EQ(money.reason(1e300), IssueReason::kNotAnAmount);
    EXPECT_EQ(money.reason(Timestamp{}), IssueReason::kNotAnAmount);
    money.rule.minimum = 0;
    EXPECT_EQ(money.reason("-3"sv), IssueReason::kOutOfRange);
    money.rule.decimal_comma = true;
    EXPECT_EQ(money.value<Money>("1.234,56"sv).minor, 123456);
    EXPECT_EQ(money.reason("x"sv), IssueReason::kNotAnAmount);
}

TEST(Values, CurrencyMayStandInAColumn) {
    Mapping mapping;
    ValueRule rule;
    rule.type = FieldType::kMoney;
    rule.currency = "AUD";
    rule.currency_column = 1;
    auto values = RowValues::of_table({"a", "c"}, {"a", "c"}).value();
    const std::array<Cell, 2> given{Cell{5.0}, Cell{"DKK"sv}};
    values.set(given);
    ValueReader reader(mapping);
    const auto money = reader.read(rule, values, 1);
    EXPECT_EQ(std::get<Money>(money->value()), parse_money("5", "DKK").value());
    values.set(std::span(given).first(1));
    EXPECT_EQ(std::get<Money>(reader.read(rule, values, 1)->value()),
              parse_money("5", "AUD").value());
}

TEST(Values, BooleansTakeTheUsualWords) {
    Reading flag(FieldType::kBoolean);
    for (const Cell& cell : {Cell{true}, Cell{"Yes"sv}, Cell{1.0}, Cell{"TRUE"sv}}) {
        EXPECT_TRUE(flag.value<bool>(cell));
    }
    for (const Cell& cell : {Cell{false}, Cell{"no"sv}, Cell{0.0}}) {
        EXPECT_FALSE(flag.value<bool>(cell));
    }
    EXPECT_EQ(flag.reason("2"sv), IssueReason::kNotABoolean);
}

TEST(Values, TimesAreIsoUnlessAFormatSays) {
    Reading time(FieldType::kTime);
    EXPECT_EQ(time.value<Timestamp>("2010-12-01 08:26:00"sv), at("2010-12-01 08:26:00"));
    EXPECT_EQ(time.value<Timestamp>(at("2010-12-01")), at("2010-12-01"));
    EXPECT_EQ(time.reason("1/12/2010"sv), IssueReason::kNotATime);
    time.rule.format = "DD/MM/YYYY hh:mm";
    EXPECT_EQ(time.value<Timestamp>("1/12/2010 08:26"sv), at("2010-12-01 08:26"));
    EXPECT_EQ(time.reason("2010-12-01"sv), IssueReason::kNotATime);
}

TEST(Values, TimePatternsAreStrict) {
    EXPECT_EQ(parse_time_by("MM/DD/YY hh:mm:ss", "12/01/10 08:26:59"), at("2010-12-01 08:26:59"));
    EXPECT_EQ(parse_time_by("YYYYMMDD", "20101201"), at("2010-12-01"));
    for (const char* text : {"2010120", "20101301", "20100230", "201012011", "x"}) {
        EXPECT_EQ(parse_time_by("YYYYMMDD", text), std::nullopt) << text;
    }
    EXPECT_EQ(parse_time_by("hh:mm", "24:00"), std::nullopt);
    EXPECT_EQ(parse_time_by("hh:mm", "8.00"), std::nullopt);
}

TEST(Values, WordsOfEnumerationsAndRanges) {
    Reading kind(FieldType::kCustomerKind);
    EXPECT_EQ(kind.value<CustomerKind>("organisation"sv), CustomerKind::kOrganisation);
    EXPECT_EQ(kind.reason("x"sv), IssueReason::kUnknownValue);
    Reading type(FieldType::kEventType);
    EXPECT_EQ(type.value<EventType>("view"sv), EventType::kView);
    Reading side(FieldType::kRateSide);
    EXPECT_EQ(side.value<RateSide>("lending"sv), RateSide::kLending);
    EXPECT_EQ(side.value<RateSide>("deposit"sv), RateSide::kDeposit);
    EXPECT_EQ(side.reason("x"sv), IssueReason::kUnknownValue);
    Reading range(FieldType::kRange);
    EXPECT_EQ(range.value<Range>("50-80M"sv).maximum, 80e6);
    EXPECT_EQ(range.reason("many"sv), IssueReason::kNotARange);
}

TEST(Values, ListsAreSplitOrTakenFromJson) {
    Reading list(FieldType::kList);
    using Texts = std::vector<std::string>;
    EXPECT_EQ(list.value<Texts>(" a ; ;b"sv), (Texts{"a", "b"}));
    list.rule.separator = ", ";
    EXPECT_EQ(list.value<Texts>("a, b"sv), (Texts{"a", "b"}));
    const auto read = list.of(nlohmann::json{{"c", {"a", 2, ""}}});
    EXPECT_EQ(std::get<Texts>(read->value()), (Texts{"a", "2"}));
    EXPECT_EQ(list.of(nlohmann::json{{"c", {nullptr}}}).error().reason, IssueReason::kWrongType);
    EXPECT_EQ(list.of(nlohmann::json{{"c", {{"x", 1}}}}).error().reason, IssueReason::kWrongType);
    Reading text(FieldType::kText);
    EXPECT_EQ(text.of(nlohmann::json{{"c", {"a"}}}).error().reason, IssueReason::kWrongType);
}

TEST(Values, MissingMarkersAndDefaults) {
    Reading number(FieldType::kNumber);
    number.rule.missing = {"-1"};
    number.mapping.missing = {"unknown"};
    EXPECT_FALSE(number.of(Cell{-1.0})->has_value());
    EXPECT_FALSE(number.of(Cell{"unknown"sv})->has_value());
    EXPECT_FALSE(number.of(Cell{"  "sv})->has_value());
    EXPECT_FALSE(number.of(Cell{})->has_value());
    number.rule.default_value = "3";
    EXPECT_EQ(number.value<double>(Cell{}), 3);
    number.rule.default_value.reset();
    number.rule.required = true;
    EXPECT_EQ(number.reason(Cell{}), IssueReason::kMissingValue);
}

TEST(Values, TransformsComeBeforeTheValueMap) {
    Reading text(FieldType::kText);
    text.rule.transforms = {Transform::kLower};
    text.rule.values = {{"y", "yes"}, {"none", ""}};
    EXPECT_EQ(text.value<std::string>("Y"sv), "yes");
    EXPECT_EQ(text.value<std::string>("Other"sv), "other");
    EXPECT_FALSE(text.of(Cell{"NONE"sv})->has_value());
    text.rule.transforms = {Transform::kUpper};
    EXPECT_EQ(text.value<std::string>("abc"sv), "ABC");
}

TEST(Values, WholeNumberTakesAwayOnlyZeros) {
    Reading text(FieldType::kText);
    text.rule.transforms = {Transform::kWholeNumber};
    EXPECT_EQ(text.value<std::string>("17850.0"sv), "17850");
    EXPECT_EQ(text.value<std::string>(17850.0), "17850");
    for (const std::string_view other : {"17850.5"sv, "A12.0"sv, ".0"sv, "12"sv, "1.2.0"sv}) {
        EXPECT_EQ(text.value<std::string>(other), other);
    }
}

TEST(Values, TemplatesAndJoins) {
    Mapping mapping;
    auto values = RowValues::of_documents({"a", "b.c"});
    const nlohmann::json document{{"a", "x"}, {"b", {{"c", 9007199254740993}}}};
    values.set(document);
    ValueReader reader(mapping);
    ValueRule rule;
    rule.source = ValueRule::Source::kTemplate;
    using Kind = TemplatePart::Kind;
    rule.parts = {{.kind = Kind::kColumn, .column = 0},
                  {.text = "/"},
                  {.kind = Kind::kColumn, .column = 1},
                  {.kind = Kind::kRow, .width = 3},
                  {.kind = Kind::kHash}};
    EXPECT_EQ(std::get<std::string>(reader.read(rule, values, 7, "h")->value()),
              "x/9007199254740993007h");
    ValueRule join;
    join.source = ValueRule::Source::kJoin;
    join.joined = {0, 1, 0};
    join.separator = ", ";
    EXPECT_EQ(std::get<std::string>(reader.read(join, values, 7)->value()),
              "x, 9007199254740993, x");
    const nlohmann::json empty = nlohmann::json::object();
    values.set(empty);
    EXPECT_FALSE(reader.read(rule, values, 7, "h")->has_value());
    EXPECT_FALSE(reader.read(join, values, 7)->has_value());
}

TEST(Values, LongOnesAreShortenedBetweenCharacters) {
    const std::string text = std::string(99, 'a') + "\xC3\xA9" + "b";
    const Issue shortened = issue(IssueReason::kNotANumber, "c", text, "m").value();
    EXPECT_EQ(shortened.value, std::string(99, 'a'));
}

TEST(Conditions, HoldTogether) {
    const std::array<Cell, 2> row{Cell{"C12"sv}, Cell{3.0}};
    auto values = RowValues::of_table({"a", "n"}, {"a", "n"}).value();
    values.set(row);
    EXPECT_TRUE(holds(RowCondition{.column = 0, .starts_with = "C"}, values, {}));
    EXPECT_FALSE(holds(RowCondition{.column = 0, .starts_with = "D"}, values, {}));
    EXPECT_TRUE(holds(RowCondition{.column = 0, .equals = {"x", "C12"}}, values, {}));
    EXPECT_FALSE(holds(RowCondition{.column = 0, .equals = {"x"}}, values, {}));
    EXPECT_TRUE(holds(RowCondition{.column = 0, .missing = false}, values, {}));
    EXPECT_TRUE(holds(RowCondition{.column = 0, .missing = true}, values, {"C12"}));
    EXPECT_FALSE(holds(RowCondition{.column = 0, .at_most = 99}, values, {})) << "not a number";
    EXPECT_TRUE(holds(RowCondition{.column = 1, .at_most = 3, .at_least = 3}, values, {}));
    EXPECT_FALSE(holds(RowCondition{.column = 1, .below = 3}, values, {}));
    EXPECT_FALSE(holds(RowCondition{.column = 1, .above = 3}, values, {}));
    EXPECT_FALSE(holds(RowCondition{.column = 1, .at_least = 4}, values, {}));
}

TEST(HashCounter, CountsAndGrows) {
    HashCounter counter;
    for (std::uint64_t i = 0; i < 5000; ++i) EXPECT_EQ(counter.add(Hash128{0, i * 1024}), 1U);
    for (std::uint64_t i = 0; i < 5000; ++i) EXPECT_EQ(counter.add(Hash128{0, i * 1024}), 2U);
    EXPECT_EQ(counter.add(Hash128{1, 0}), 1U);
    EXPECT_EQ(counter.size(), 5001U);
}

}  // namespace
}  // namespace attune
