#include "ingest/json_lines_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Table read_lines(std::string_view bytes, const ReaderOptions& options = {}) {
    const TemporaryFolder folder;
    return read_all(folder.write("events.jsonl", bytes), options);
}

void expect_failure(const Table& table, ErrorCode code, std::string_view message) {
    ASSERT_TRUE(table.failed);
    EXPECT_EQ(error_code_name(table.error.code), error_code_name(code)) << table.error.message;
    EXPECT_THAT(table.error.message, HasSubstr(std::string(message)));
    EXPECT_THAT(table.error.message, HasSubstr("events.jsonl"));
}

TEST(JsonLinesReader, ReadsAnObjectALine) {
    const Table table = read_lines("\xEF\xBB\xBF{\"id\":\"7\"}\r\n\n  \n{\"a\":{\"b\":[1,2.5]}}");
    ASSERT_FALSE(table.failed) << table.error.message;
    EXPECT_THAT(table.columns, IsEmpty());
    ASSERT_THAT(table.rows, SizeIs(2));
    EXPECT_EQ(table.rows[0].number, 1U);
    EXPECT_EQ(table.rows[0].document, "{\"id\":\"7\"}");
    EXPECT_EQ(table.rows[1].number, 4U);
    EXPECT_EQ(table.rows[1].document, "{\"a\":{\"b\":[1,2.5]}}");
}

TEST(JsonLinesReader, GoesOnAfterALineThatIsNoObject) {
    const Table table = read_lines("{\"id\":1}\n{\"id\":}\n[1]\n7\n{\"id\":1} x\n{\"id\":2}\n");
    ASSERT_FALSE(table.failed);
    ASSERT_THAT(table.rows, SizeIs(6));
    EXPECT_THAT(table.rows[1].error, HasSubstr("row 2 is not JSON: column 7"));
    EXPECT_EQ(table.rows[1].document, "");
    EXPECT_THAT(table.rows[2].error, HasSubstr("row 3 is a JSON array; a row is an object"));
    EXPECT_THAT(table.rows[3].error, HasSubstr("row 4 is a JSON number"));
    EXPECT_THAT(table.rows[4].error, HasSubstr("row 5 is not JSON"));
    EXPECT_EQ(table.rows[5].error, "");
    EXPECT_EQ(table.rows[5].document, "{\"id\":2}");
}

TEST(JsonLinesReader, RefusesDeepLinesWithoutParsingThem) {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}\n";
    };
    const Table table = read_lines(
        nested(JsonLinesReader::kMaxJsonDepth) + nested(JsonLinesReader::kMaxJsonDepth + 1) +
        "{\"b\":\"[[\\\"[\"}\n" + "{\"a\":" + std::string(1'000'000, '[') + "\n{\"c\":1}");
    ASSERT_FALSE(table.failed) << table.error.message;
    ASSERT_THAT(table.rows, SizeIs(5));
    EXPECT_EQ(table.rows[0].error, "");
    EXPECT_THAT(table.rows[1].error, HasSubstr("row 2 is nested deeper than 64 levels"));
    EXPECT_EQ(table.rows[2].error, "");
    EXPECT_THAT(table.rows[3].error, HasSubstr("nested deeper"));
    EXPECT_EQ(table.rows[4].document, "{\"c\":1}");
}

TEST(JsonLinesReader, RefusesBytesThatAreNoText) {
    expect_failure(read_lines(std::string_view("{\"a\":1}\n{\"b\":\0}", 15)),
                   ErrorCode::kMalformedText, "row 2, byte 6: there is a NUL byte");
    expect_failure(read_lines("{\"a\":1}\n {\"b\":\"\xE9\"}"), ErrorCode::kMalformedText,
                   "row 2, byte 8: there is the byte 0xE9");
    expect_failure(read_lines("\xFF\xFE{"), ErrorCode::kMalformedText, "UTF-8");
    expect_failure(read_lines("\xE9\n"), ErrorCode::kMalformedText, "row 1");
}

TEST(JsonLinesReader, RefusesALongLine) {
    ReaderOptions options;
    options.limits.max_cell_bytes = 100;
    const std::string text(1600, 'x');
    expect_failure(read_lines("{}\n{\"a\":\"" + text + "\"}\n", options), ErrorCode::kLimitExceeded,
                   "row 2 has more than the 1600 bytes allowed (16 times import.max_cell_bytes)");
    EXPECT_FALSE(read_lines("{\"a\":\"" + text.substr(8) + "\"}\n", options).failed);
}

TEST(JsonLinesReader, ReadsLinesAcrossTheWindow) {
    std::string bytes;
    for (int i = 0; i < 5; ++i) bytes += "{\"a\":\"" + std::string(400'000, 'y') + "\"}\n";
    EXPECT_THAT(read_lines(bytes).rows, SizeIs(5));
}

TEST(JsonLinesReader, RefusesAFileWithoutLines) {
    expect_failure(read_lines(""), ErrorCode::kEmptyInput, "is empty");
    expect_failure(read_lines("\n \r\n\n"), ErrorCode::kEmptyInput, "has no rows");
}

TEST(JsonLinesReader, FailsAgainAfterAFailure) {
    const TemporaryFolder folder;
    auto reader = open_rows(folder.write("events.ndjson", "{}\n\xFF\n{}\n"));
    ASSERT_TRUE(reader);
    EXPECT_EQ((*reader)->sheet(), "");
    Row row;
    ASSERT_TRUE((*reader)->next(row));
    EXPECT_FALSE((*reader)->next(row));
    EXPECT_FALSE((*reader)->next(row));
    EXPECT_DOUBLE_EQ((*reader)->progress(), 1.0);
}

}  // namespace
}  // namespace attune::testing
