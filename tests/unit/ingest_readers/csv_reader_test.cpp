#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.hpp"
#include "ingest/csv_scanner.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Texts = std::vector<std::string>;

Table read_csv(std::string_view bytes, const ReaderOptions& options = {}) {
    const TemporaryFolder folder;
    return read_all(folder.write("table.csv", bytes), options);
}

void expect_failure(const Table& table, ErrorCode code, std::string_view message) {
    ASSERT_TRUE(table.failed);
    EXPECT_EQ(error_code_name(table.error.code), error_code_name(code)) << table.error.message;
    EXPECT_THAT(table.error.message, HasSubstr(std::string(message)));
    EXPECT_THAT(table.error.message, HasSubstr("table.csv"));
}

TEST(CsvReader, ReadsHeaderAndRows) {
    const Table table = read_csv("id,name,price\n7,Basket,2.55\n8,,\n");
    EXPECT_FALSE(table.failed) << table.error.message;
    EXPECT_THAT(table.columns, ElementsAre("id", "name", "price"));
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"7", "Basket", "2.55"}, Texts{"8", "", ""}));
    EXPECT_THAT(table.rows[1].kinds, ElementsAre(4U, 0U, 0U));
    EXPECT_EQ(table.sheet, "");
}

TEST(CsvReader, KeepsQuotedDelimitersQuotesAndLineEnds) {
    const Table table = read_csv("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\"\"\"\"\n");
    EXPECT_THAT(table.texts(),
                ElementsAre(Texts{"x, y", "say \"hi\""}, Texts{"two\r\nlines", "\""}));
}

TEST(CsvReader, TakesEveryLineEnd) {
    for (const std::string_view end : {"\n", "\r\n", "\r"}) {
        const std::string bytes = fmt::format("a,b{0}1,2{0}3,4", end);
        EXPECT_THAT(read_csv(bytes).texts(), ElementsAre(Texts{"1", "2"}, Texts{"3", "4"}));
    }
}

TEST(CsvReader, NumbersRowsByTheLineTheyStartOn) {
    const Table table = read_csv("a,b\n\n\"1\n\n\",x\r\n,\n2,y\n");
    ASSERT_THAT(table.rows, SizeIs(2));
    EXPECT_EQ(table.rows[0].number, 3U);
    EXPECT_EQ(table.rows[1].number, 7U);
}

TEST(CsvReader, KeepsAQuoteInsideAnUnquotedField) {
    EXPECT_THAT(read_csv("a,b\n5\" tape,x\"y\"\n").texts(),
                ElementsAre(Texts{"5\" tape", "x\"y\""}));
}

TEST(CsvReader, FindsTheDelimiterOut) {
    for (const char delimiter : {',', ';', '\t', '|'}) {
        const std::string bytes =
            fmt::format("name{0}note\n\"a;b,c|d\te\"{0}2\nx{0}3\n", delimiter);
        const Table table = read_csv(bytes);
        EXPECT_THAT(table.columns, ElementsAre("name", "note")) << delimiter;
        EXPECT_THAT(table.texts(), ElementsAre(Texts{"a;b,c|d\te", "2"}, Texts{"x", "3"}));
    }
}

TEST(CsvReader, TakesDecimalCommasForWhatTheyAre) {
    const Table table = read_csv("id;price;tax\n1;2,55;0,1\n2;3,10;0,2\n");
    EXPECT_THAT(table.columns, ElementsAre("id", "price", "tax"));
    EXPECT_EQ(table.rows[0].texts[1], "2,55");
}

TEST(CsvReader, LeavesATableOfOneColumnWhole) {
    const Table table = read_csv("sentence\nHello, world\nA; b\n");
    EXPECT_THAT(table.columns, ElementsAre("sentence"));
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"Hello, world"}, Texts{"A; b"}));
}

TEST(CsvReader, TakesTheDelimiterThatIsGiven) {
    const Table table = read_csv("a,b c\n1,2 3\n", {.delimiter = ' '});
    EXPECT_THAT(table.columns, ElementsAre("a,b", "c"));
    expect_failure(read_csv("a\n1\n", {.delimiter = '"'}), ErrorCode::kInvalidArgument, "delimit");
}

TEST(CsvReader, PassesOverAByteOrderMark) {
    EXPECT_THAT(read_csv("\xEF\xBB\xBF\"a\",b\n1,2\n").columns, ElementsAre("a", "b"));
}

TEST(CsvReader, RefusesUtf16) {
    expect_failure(read_csv(std::string_view("\xFF\xFE"
                                             "a\0,\0b\0\n\0",
                                             10)),
                   ErrorCode::kMalformedText, "UTF-8");
    expect_failure(read_csv("\xFE\xFFxx"), ErrorCode::kMalformedText, "UTF-8");
}

TEST(CsvReader, RefusesANulByteWithItsPlace) {
    const Table table = read_csv(std::string_view("a,b\n1,2\n3,x\0y\n", 14));
    expect_failure(table, ErrorCode::kMalformedText, "row 3, column 2: there is a NUL byte");
    EXPECT_THAT(table.rows, SizeIs(1));
}

TEST(CsvReader, RefusesBytesThatAreNotUtf8WithTheirPlace) {
    expect_failure(read_csv("a,b\ncaf\xE9,2\n"), ErrorCode::kMalformedText,
                   "row 2, column 1: there is the byte 0xE9");
    // Overlong, surrogate, past the last code point, a lone tail, cut off.
    for (const std::string_view bad : {"\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                                       "\xF4\x90\x80\x80", "\x80", "\xF0\x9F\x98", "\xF5"}) {
        expect_failure(
            read_csv(fmt::format("a,b\nok \xF0\x9F\x98\x80 \xC3\xA9 \xE2\x82\xAC,x{}", bad)),
            ErrorCode::kMalformedText, "row 2, column 2");
    }
}

TEST(CsvReader, NamesTheRowWhereAnOpenQuoteOpened) {
    expect_failure(read_csv("a,b\n1,2\n3,\"open\n4,5\n6,7\n"), ErrorCode::kCorrupt,
                   "row 3, column 2: the quote that opens here is never closed");
}

TEST(CsvReader, RefusesTextAfterAClosingQuote) {
    expect_failure(read_csv("a,b\n1,\"x\" y\n"), ErrorCode::kMalformedText,
                   "row 2, column 2: text follows a closing quote");
}

TEST(CsvReader, RefusesARowOf300Columns) {
    std::string row = "1";
    for (int i = 1; i < 300; ++i) row += ",1";
    expect_failure(read_csv(row + "\n1\n"), ErrorCode::kLimitExceeded,
                   "row 1 has 300 columns, at most 256 are allowed (import.max_columns)");
    expect_failure(read_csv("a,b\n" + row + "\n"), ErrorCode::kLimitExceeded, "row 2 has 300");
    // Without any end it is refused before it is in memory.
    expect_failure(read_csv("a,b\n" + std::string(2 << 20, ',')), ErrorCode::kLimitExceeded,
                   "row 2 has");
}

TEST(CsvReader, RefusesALongCell) {
    ReaderOptions options;
    options.limits.max_cell_bytes = 1000;
    const std::string text(1001, 'x');
    expect_failure(read_csv("a,b\n1," + text + "\n", options), ErrorCode::kLimitExceeded,
                   "row 2, column 2: the cell has more than 1000 bytes");
    expect_failure(read_csv("a,b\n\"" + text + "\",1\n", options), ErrorCode::kLimitExceeded,
                   "row 2, column 1");
    EXPECT_FALSE(read_csv("a,b\n1," + text.substr(1) + "\n", options).failed);
    // An open quote runs into the limit long before the end of a big file.
    expect_failure(read_csv("a,b\n1,\"" + std::string(3 << 20, 'x')), ErrorCode::kLimitExceeded,
                   "is a quote left open?");
    expect_failure(read_csv("a,b\n1," + std::string(2 << 20, '\0')), ErrorCode::kMalformedText,
                   "NUL");
}

TEST(CsvReader, ReadsRowsAcrossTheWindow) {
    std::string bytes = "id,text\n";
    const std::string long_text(700'000, 'y');
    for (int i = 0; i < 5; ++i) bytes += fmt::format("{},\"{}\"\"\"\r\n", i, long_text);
    const Table table = read_csv(bytes);
    ASSERT_THAT(table.rows, SizeIs(5));
    EXPECT_EQ(table.rows[4].texts[1], long_text + '"');
}

TEST(CsvReader, ReportsARowThatIsWiderThanTheHeader) {
    const Table table = read_csv("a,b\n1,2,3\n4,5,\n6\n");
    EXPECT_FALSE(table.failed);
    ASSERT_THAT(table.rows, SizeIs(3));
    EXPECT_THAT(table.rows[0].error, HasSubstr("row 2 has 3 cells, the header has 2"));
    EXPECT_EQ(table.rows[1].error, "");
    EXPECT_EQ(table.rows[2].error, "");
    EXPECT_THAT(table.rows[2].texts, SizeIs(1));
}

TEST(CsvReader, HasNoRowsAfterAHeaderAlone) {
    const Table table = read_csv("a,b\n");
    EXPECT_FALSE(table.failed);
    EXPECT_THAT(table.rows, SizeIs(0));
}

TEST(CsvReader, RefusesAFileWithoutRows) {
    expect_failure(read_csv(""), ErrorCode::kEmptyInput, "is empty");
    expect_failure(read_csv("\xEF\xBB\xBF"), ErrorCode::kEmptyInput, "has no rows");
    expect_failure(read_csv("\n\n ,\n,,\n\n").rows.empty() ? read_csv("\n,,\n\n") : Table{},
                   ErrorCode::kEmptyInput, "has no rows");
}

TEST(TableReader, TakesTheHeaderRowThatIsAskedFor) {
    const Table table = read_csv("Export of 2024\n\n id , name\n1,x\n", {.header_row = 3});
    EXPECT_THAT(table.columns, ElementsAre("id", "name"));
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"1", "x"}));
    EXPECT_EQ(table.rows[0].number, 4U);
}

TEST(TableReader, RefusesAHeaderRowThatIsNone) {
    expect_failure(read_csv("a\n\nb\n", {.header_row = 2}), ErrorCode::kInvalidArgument,
                   "row 2 is blank and cannot be the header; the next row with cells is 3");
    expect_failure(read_csv("a\n1\n", {.header_row = 9}), ErrorCode::kInvalidArgument,
                   "there is no row 9 for the header; the last row is 2");
}

TEST(TableReader, NumbersTheColumnsWhereThereIsNoHeader) {
    const Table table = read_csv("1,x\n2,y\n", {.has_header = false});
    EXPECT_THAT(table.columns, ElementsAre("1", "2"));
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"1", "x"}, Texts{"2", "y"}));
}

TEST(TableReader, NamesEmptyHeaderCells) {
    EXPECT_THAT(read_csv("a,, \xC2\xA0,d\n1,2,3,4\n").columns,
                ElementsAre("a", "column 2", "column 3", "d"));
}

TEST(TableReader, RefusesTwoColumnsOfOneName) {
    expect_failure(read_csv("a,b, a\n1,2,3\n"), ErrorCode::kInvalidArgument,
                   "row 1: columns 1 and 3 are both named 'a'");
}

TEST(TableReader, FailsAgainAfterAFailure) {
    const TemporaryFolder folder;
    auto reader = open_rows(folder.write("table.csv", "a,b\n1,\"x\n"));
    ASSERT_TRUE(reader);
    Row row;
    EXPECT_FALSE((*reader)->next(row));
    const Result<bool> again = (*reader)->next(row);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kCorrupt);
}

TEST(TableReader, TellsItsProgress) {
    const TemporaryFolder folder;
    auto reader = open_rows(folder.write("table.csv", "a,b\n1,2\n"));
    ASSERT_TRUE(reader);
    Row row;
    while (*(*reader)->next(row)) EXPECT_LE((*reader)->progress(), 1.0);
    EXPECT_DOUBLE_EQ((*reader)->progress(), 1.0);
}

}  // namespace
}  // namespace attune::testing
