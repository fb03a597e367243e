#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "files.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::string_view_literals;
using Texts = std::vector<std::string>;
using Cells = std::vector<Cell>;

const std::vector<std::string> kEveryFormat = {"a.csv",    "a.csv.gz", "a.csv.xz",   "a.tsv",
                                               "a.jsonl",  "a.ndjson", "a.jsonl.gz", "a.jsonl.xz",
                                               "a.txt.gz", "a.xlsx"};

void write_all(const std::filesystem::path& path, const std::vector<std::string>& columns,
               const std::vector<Cells>& rows) {
    auto writer = create_rows(path, columns);
    ASSERT_TRUE(writer) << writer.error().message;
    for (const Cells& row : rows) {
        const Status written = (*writer)->write(row);
        ASSERT_TRUE(written) << written.error().message;
    }
    const Status finished = (*writer)->finish();
    ASSERT_TRUE(finished) << finished.error().message;
}

Timestamp at(std::string_view text) {
    return *parse_timestamp(text);
}

void expect_failure(const Status& status, ErrorCode code, std::string_view message) {
    ASSERT_FALSE(status);
    EXPECT_EQ(error_code_name(status.error().code), error_code_name(code))
        << status.error().message;
    EXPECT_THAT(status.error().message, HasSubstr(std::string(message)));
}

TEST(CellText, IsWhatACsvFileHas) {
    EXPECT_EQ(cell_text({}), "");
    EXPECT_EQ(cell_text(true), "TRUE");
    EXPECT_EQ(cell_text(false), "FALSE");
    EXPECT_EQ(cell_text(536365.0), "536365");
    EXPECT_EQ(cell_text(2.55), "2.55");
    EXPECT_EQ(cell_text(-0.0), "0");
    EXPECT_EQ(cell_text(1e300), "1e+300");
    EXPECT_EQ(cell_text(0.1 + 0.2), "0.30000000000000004");
    EXPECT_EQ(cell_text(at("2010-12-01T08:26:00Z")), "2010-12-01 08:26:00");
    EXPECT_EQ(cell_text(at("2010-12-01T08:26:00.120Z")), "2010-12-01 08:26:00.120");
    EXPECT_EQ(cell_text("x"sv), "x");
}

TEST(RowWriter, WritesCsv) {
    const TemporaryFolder folder;
    write_all(folder / "a.csv", {"id", "a,b", "n"},
              {{"1"sv, "say \"hi\"\nthere"sv, 2.5}, {"=1+1"sv}, {true, {}, 7.0}});
    EXPECT_EQ(read_bytes(folder / "a.csv"),
              "id,\"a,b\",n\n1,\"say \"\"hi\"\"\nthere\",2.5\n=1+1,,\nTRUE,,7\n");
    write_all(folder / "a.tsv", {"id", "b"}, {{"1,2"sv, "x\ty"sv}});
    EXPECT_EQ(read_bytes(folder / "a.tsv"), "id\tb\n\"1,2\"\t\"x\ty\"\n");
}

TEST(RowWriter, WritesJsonLines) {
    const TemporaryFolder folder;
    write_all(folder / "a.jsonl", {"id", "a \"b\"", "n", "t"},
              {{"1"sv, "x\n\xC3\xA9"sv, 2.0, at("2010-12-01T08:26:00Z")}, {{}, true}, {}});
    EXPECT_EQ(read_bytes(folder / "a.jsonl"),
              "{\"id\":\"1\",\"a \\\"b\\\"\":\"x\\n\xC3\xA9\",\"n\":2,"
              "\"t\":\"2010-12-01T08:26:00.000Z\"}\n{\"a \\\"b\\\"\":true}\n{}\n");
}

TEST(RowWriter, NestsListsAndObjectsWhereTheFormatDoes) {
    const TemporaryFolder folder;
    const nlohmann::json list{"a", "b, c"};
    const nlohmann::json object{{"x", {1, nullptr, true}}};
    const std::vector<Cells> rows{{&list, &object}};
    write_all(folder / "a.jsonl", {"list", "object"}, rows);
    EXPECT_EQ(read_bytes(folder / "a.jsonl"),
              "{\"list\":[\"a\",\"b, c\"],\"object\":{\"x\":[1,null,true]}}\n");
    write_all(folder / "a.csv", {"list", "object"}, rows);
    EXPECT_EQ(read_bytes(folder / "a.csv"),
              "list,object\n\"a;b, c\",\"{\"\"x\"\":[1,null,true]}\"\n");
    write_all(folder / "a.xlsx", {"list", "object"}, rows);
    EXPECT_THAT(read_all(folder / "a.xlsx").texts(),
                ElementsAre(Texts{"a;b, c", "{\"x\":[1,null,true]}"}));
    auto writer = create_rows(folder / "b.jsonl", {"list"});
    const nlohmann::json bad{{"key", {"\xE9"}}};
    expect_failure((*writer)->write(Cells{&bad}), ErrorCode::kMalformedText, "column 'list'");
}

TEST(RowWriter, WritesXlsxWithTypes) {
    const TemporaryFolder folder;
    const std::vector<Cells> rows = {
        {"=1+1"sv, 2.55, true, at("2010-12-01T08:26:00.123Z"), " spaced "sv},
        {"http://x.test/?a=1&b=<2>"sv, -7.0, false, at("1900-01-01T00:00:00Z"),
         "_x000D_ \r\n\t\x01"sv},
        {{}, 0.1, {}, at("1850-06-01T00:00:00Z"), "last"sv}};
    write_all(folder / "a.xlsx", {"text", "number", "flag", "time", "more"}, rows);
    const Table table = read_all(folder / "a.xlsx");
    ASSERT_FALSE(table.failed) << table.error.message;
    EXPECT_THAT(table.columns, ElementsAre("text", "number", "flag", "time", "more"));
    ASSERT_THAT(table.rows, SizeIs(3));
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 5; ++j) {
            EXPECT_EQ(table.rows[i].cells[j], OwnedCell(rows[i][j])) << i << ' ' << j;
        }
    }
    // Excel has no such date; it is kept as text.
    EXPECT_THAT(table.rows[2].texts, ElementsAre("", "0.1", "", "1850-06-01 00:00:00", "last"));
    EXPECT_EQ(table.rows[2].kinds[3], 4U);
}

TEST(RowWriter, AppearsOnlyWhenFinished) {
    for (const std::string& name : kEveryFormat) {
        const TemporaryFolder folder;
        {
            auto writer = create_rows(folder / name, {"id"});
            ASSERT_TRUE(writer) << writer.error().message;
            ASSERT_TRUE((*writer)->write(Cells{"1"sv}));
            EXPECT_FALSE(std::filesystem::exists(folder / name));
        }
        EXPECT_EQ(folder.num_files(), 0U) << name;
        write_all(folder / name, {"id"}, {{"1"sv}});
        EXPECT_EQ(folder.num_files(), 1U) << name;
        EXPECT_THAT(read_all(folder / name).rows, SizeIs(1)) << name;
    }
}

TEST(RowWriter, KeepsTheOldFileUntilItIsFinished) {
    const TemporaryFolder folder;
    static_cast<void>(folder.write("a.csv", "old"));
    {
        auto writer = create_rows(folder / "a.csv", {"id"});
        ASSERT_TRUE(writer);
        ASSERT_TRUE((*writer)->write(Cells{"1"sv}));
    }
    EXPECT_EQ(read_bytes(folder / "a.csv"), "old");
    write_all(folder / "a.csv", {"id"}, {});
    EXPECT_EQ(read_bytes(folder / "a.csv"), "id\n");
}

TEST(RowWriter, RefusesWhatNoFileCanHold) {
    for (const std::string& name : kEveryFormat) {
        const TemporaryFolder folder;
        const auto refuse = [&](const Cells& cells, ErrorCode code, std::string_view message) {
            auto writer = create_rows(folder / name, {"id", "name"});
            ASSERT_TRUE(writer);
            expect_failure((*writer)->write(cells), code, message);
            // A file that lacks a row must not appear.
            EXPECT_FALSE((*writer)->write(Cells{"1"sv}));
            EXPECT_FALSE((*writer)->finish());
        };
        refuse({"1"sv, "a\0b"sv}, ErrorCode::kMalformedText,
               "row 1, column 'name': there is a NUL");
        refuse({"\xE9"sv}, ErrorCode::kMalformedText, "row 1, column 'id': there is the byte 0xE9");
        refuse({std::numeric_limits<double>::infinity()}, ErrorCode::kInvalidArgument, "finite");
        refuse({1.0, 2.0, 3.0}, ErrorCode::kInvalidArgument, "row 1 has 3 cells for 2 columns");
        EXPECT_EQ(folder.num_files(), 0U) << name;
    }
}

TEST(RowWriter, RefusesToGoOnAfterTheEnd) {
    const TemporaryFolder folder;
    auto writer = create_rows(folder / "a.csv", {"id"});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->finish());
    expect_failure((*writer)->write(Cells{"1"sv}), ErrorCode::kInvalidArgument, "after the end");
    expect_failure((*writer)->finish(), ErrorCode::kInvalidArgument, "after the end");
}

TEST(RowWriter, RefusesColumnsThatAreNone) {
    const TemporaryFolder folder;
    const auto code_of = [&](const std::vector<std::string>& columns) {
        const auto writer = create_rows(folder / "a.csv", columns);
        return writer ? "none" : error_code_name(writer.error().code);
    };
    EXPECT_EQ(code_of({}), "invalid_argument");
    EXPECT_EQ(code_of({"a", " "}), "invalid_argument");
    EXPECT_EQ(code_of({"a", "b", "a "}), "invalid_argument");
    EXPECT_EQ(code_of({"\xFF"}), "malformed_text");
    std::vector<std::string> many;
    for (int i = 0; i < 16385; ++i) many.push_back(std::to_string(i));
    const auto writer = create_rows(folder / "a.xlsx", many);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(folder.num_files(), 0U);
}

TEST(RowWriter, RefusesPlacesWhereNoFileCanBe) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "folder.csv");
    const auto code_of = [&](const std::filesystem::path& path) {
        const auto writer = create_rows(path, {"a"});
        return writer ? "none" : error_code_name(writer.error().code);
    };
    EXPECT_EQ(code_of(folder / "folder.csv"), "not_a_file");
    EXPECT_EQ(code_of(folder / "missing/a.csv"), "not_found");
    EXPECT_EQ(code_of(folder / "missing/a.xlsx"), "not_found");
    EXPECT_EQ(code_of(folder / (std::string(300, 'x') + ".csv")), "invalid_argument");
    EXPECT_EQ(code_of(folder / "a.pdf"), "invalid_argument");
    if (geteuid() != 0) {
        std::filesystem::permissions(folder / "folder.csv", std::filesystem::perms::none);
        EXPECT_EQ(code_of(folder / "folder.csv/a.csv"), "forbidden");
        std::filesystem::permissions(folder / "folder.csv", std::filesystem::perms::owner_all);
    }
}

TEST(RowWriter, TellsAFullDisk) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
    // Devices are refused before anything is written to them.
    const TemporaryFolder folder;
    std::filesystem::create_symlink("/dev/full", folder / "full.csv");
    EXPECT_FALSE(create_rows(folder / "full.csv", {"a"}));
}

TEST(RowWriter, RefusesWhatExcelCannotHold) {
    const TemporaryFolder folder;
    const auto refuse = [&](const Cells& cells, ErrorCode code, std::string_view message) {
        auto writer = create_rows(folder / "a.xlsx", {"id", "text"});
        ASSERT_TRUE(writer);
        expect_failure((*writer)->write(cells), code, message);
    };
    const std::string long_text(32'768, 'x');
    refuse({"1"sv, std::string_view(long_text)}, ErrorCode::kLimitExceeded,
           "cell B2: Excel holds texts of 32767 characters");
    refuse({"\xEF\xBF\xBF"sv}, ErrorCode::kMalformedText, "cell A2: U+FFFE and U+FFFF");
}

TEST(RowWriter, RefusesMoreRowsThanExcelHolds) {
    const TemporaryFolder folder;
    auto writer = create_rows(folder / "a.xlsx", {"id"});
    ASSERT_TRUE(writer);
    // Empty rows take a place and no time.
    for (int i = 0; i < 1'048'575; ++i) ASSERT_TRUE((*writer)->write({}));
    expect_failure((*writer)->write(Cells{1.0}), ErrorCode::kLimitExceeded,
                   "Excel holds 1048576 rows");
}

TEST(RowWriter, WritesBigTablesPacked) {
    const std::string text(100'000, 'z');
    std::vector<Cells> rows;
    for (int i = 0; i < 30; ++i) {
        rows.push_back({static_cast<double>(i), std::string_view(text).substr(0, 1000U * 30)});
    }
    rows.push_back({99.0, std::string_view(text)});
    for (const std::string_view name : {"a.csv", "a.csv.gz", "a.jsonl.xz"}) {
        const TemporaryFolder folder;
        write_all(folder / name, {"id", "text"}, rows);
        EXPECT_THAT(read_all(folder / name).rows, SizeIs(31)) << name;
    }
}

// Text of every kind that a file may hold: quotes, delimiters, line ends, escapes, other scripts.
rc::Gen<std::string> any_text() {
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(
                            rc::gen::elementOf(std::vector<std::string>{"a",
                                                                        "B",
                                                                        "7",
                                                                        " ",
                                                                        ",",
                                                                        ";",
                                                                        "\t",
                                                                        "|",
                                                                        "\"",
                                                                        "\"\"",
                                                                        "\n",
                                                                        "\r",
                                                                        "\r\n",
                                                                        "=",
                                                                        "'",
                                                                        "<",
                                                                        "&",
                                                                        "]]>",
                                                                        "_x0041_",
                                                                        "_x",
                                                                        "\x01",
                                                                        "\x1F",
                                                                        "\xC3\xA9",
                                                                        "\xE2\x82\xAC",
                                                                        "\xF0\x9F\x98\x80",
                                                                        "\\",
                                                                        "{",
                                                                        "\xEF\xBB\xBF",
                                                                        "\xEF\xBF\xBD"})),
                        [](const std::vector<std::string>& pieces) {
                            std::string text;
                            for (const std::string& piece : pieces) text += piece;
                            return text;
                        });
}

struct AnyTable {
    std::size_t num_columns;
    std::vector<std::vector<OwnedCell>> rows;
};

AnyTable any_table() {
    AnyTable table{*rc::gen::inRange<std::size_t>(1, 6), {}};
    const auto num_rows = *rc::gen::inRange<std::size_t>(0, 8);
    for (std::size_t i = 0; i < num_rows; ++i) {
        std::vector<OwnedCell> row;
        for (std::size_t j = 0; j < table.num_columns; ++j) {
            switch (*rc::gen::inRange(0, 6)) {
                case 0:
                    row.emplace_back(Cell());
                    break;
                case 1:
                    row.emplace_back(Cell(*rc::gen::arbitrary<bool>()));
                    break;
                case 2:  // cents, as 16 digits hold them
                    row.emplace_back(
                        Cell(*rc::gen::inRange(-1'000'000'000, 1'000'000'000) / 100.0));
                    break;
                case 3:
                    row.emplace_back(Cell(Timestamp{*rc::gen::inRange<std::int64_t>(
                        from_calendar_day(1900, 1, 1).ms, from_calendar_day(2200, 1, 1).ms)}));
                    break;
                default: {
                    const std::string text = *any_text();
                    if (text.empty()) {
                        row.emplace_back(Cell());
                    } else {
                        row.emplace_back(Cell(std::string_view(text)));
                    }
                }
            }
        }
        // A row without a value is a blank row, which readers pass over.
        row.front() = OwnedCell(Cell(static_cast<double>(i)));
        table.rows.push_back(std::move(row));
    }
    return table;
}

Cell view(const OwnedCell& owned) {
    return std::visit(
        [](const auto& held) -> Cell {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string>) {
                return std::string_view(held);
            } else {
                return held;
            }
        },
        owned.value);
}

Table write_and_read(const AnyTable& table, std::string_view name) {
    const TemporaryFolder folder;
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < table.num_columns; ++i) columns.push_back(fmt::format("c;{}", i));
    auto writer = create_rows(folder / name, columns);
    RC_ASSERT(writer.has_value());
    for (const auto& row : table.rows) {
        Cells cells;
        for (const OwnedCell& cell : row) cells.push_back(view(cell));
        RC_ASSERT((*writer)->write(cells).has_value());
    }
    RC_ASSERT((*writer)->finish().has_value());
    Table read = read_all(folder / name);
    if (table.rows.empty() && name.ends_with(".jsonl")) {
        // There is no header that would tell it from a file that is empty by mistake.
        RC_ASSERT(read.error.code == ErrorCode::kEmptyInput);
        return read;
    }
    RC_ASSERT(!read.failed);
    RC_ASSERT(read.rows.size() == table.rows.size());
    return read;
}

RC_GTEST_PROP(RoundTrip, CsvKeepsEveryText, ()) {
    const AnyTable table = any_table();
    const Table read = write_and_read(
        table, *rc::gen::elementOf(std::vector<std::string>{"a.csv", "a.tsv", "a.csv.gz"}));
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        RC_ASSERT(read.rows[i].texts.size() == table.num_columns);
        for (std::size_t j = 0; j < table.num_columns; ++j) {
            RC_ASSERT(read.rows[i].texts[j] == cell_text(view(table.rows[i][j])));
        }
        RC_ASSERT(read.rows[i].error.empty());
    }
}

RC_GTEST_PROP(RoundTrip, XlsxKeepsEveryCell, ()) {
    const AnyTable table = any_table();
    const Table read = write_and_read(table, "a.xlsx");
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        RC_ASSERT(read.rows[i].number == i + 2);
        for (std::size_t j = 0; j < table.num_columns; ++j) {
            const OwnedCell cell =
                j < read.rows[i].cells.size() ? read.rows[i].cells[j] : OwnedCell(Cell());
            RC_ASSERT(cell == table.rows[i][j]);
        }
    }
}

RC_GTEST_PROP(RoundTrip, JsonLinesKeepEveryCell, ()) {
    const AnyTable table = any_table();
    const Table read = write_and_read(table, "a.jsonl");
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        nlohmann::json expected = nlohmann::json::object();
        for (std::size_t j = 0; j < table.num_columns; ++j) {
            const std::string key = fmt::format("c;{}", j);
            const auto& value = table.rows[i][j].value;
            if (const auto* text = std::get_if<std::string>(&value)) expected[key] = *text;
            if (const auto* flag = std::get_if<bool>(&value)) expected[key] = *flag;
            if (const auto* number = std::get_if<double>(&value)) expected[key] = *number;
            if (const auto* time = std::get_if<Timestamp>(&value)) {
                expected[key] = format_timestamp(*time);
            }
        }
        RC_ASSERT(nlohmann::json::parse(read.rows[i].document) == expected);
    }
}

}  // namespace
}  // namespace attune::testing
