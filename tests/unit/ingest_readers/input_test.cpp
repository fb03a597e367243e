#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "files.hpp"
#include "ingest/byte_source.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::string_view_literals;

constexpr std::string_view kRows = "id,name\n1,x\n2,y\n";

void expect_failure(const Table& table, ErrorCode code, std::string_view message) {
    ASSERT_TRUE(table.failed);
    EXPECT_EQ(error_code_name(table.error.code), error_code_name(code)) << table.error.message;
    EXPECT_THAT(table.error.message, HasSubstr(std::string(message)));
}

std::string some_csv(int num_rows) {
    std::string bytes = "id,name\n";
    for (int i = 0; i < num_rows; ++i) bytes += fmt::format("{},customer {}\n", i, i * 7919 % 1000);
    return bytes;
}

TEST(OpenRows, RefusesWhatIsNoFile) {
    const TemporaryFolder folder;
    expect_failure(read_all(folder / "missing.csv"), ErrorCode::kNotFound, "missing.csv");
    expect_failure(read_all(folder.write("a.csv", "x") / "b.csv"), ErrorCode::kNotFound, "b.csv");
    std::filesystem::create_directory(folder / "folder.csv");
    expect_failure(read_all(folder / "folder.csv"), ErrorCode::kNotAFile, "is a directory");
    ASSERT_EQ(mkfifo((folder / "pipe.csv").c_str(), 0600), 0);
    expect_failure(read_all(folder / "pipe.csv"), ErrorCode::kNotAFile, "is a pipe");
    std::filesystem::create_symlink("/dev/zero", folder / "zero.csv");
    expect_failure(read_all(folder / "zero.csv"), ErrorCode::kNotAFile, "is a device");

    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (folder / "socket.csv").c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    expect_failure(read_all(folder / "socket.csv"), ErrorCode::kNotAFile, "is a socket");
    close(descriptor);

    expect_failure(read_all(folder / (std::string(300, 'x') + ".csv")), ErrorCode::kInvalidArgument,
                   "cannot be opened");
    std::filesystem::create_symlink("loop.csv", folder / "loop.csv");
    expect_failure(read_all(folder / "loop.csv"), ErrorCode::kInvalidArgument, "cannot be opened");
}

TEST(OpenRows, RefusesAFileThatMayNotBeRead) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read every file";
    const TemporaryFolder folder;
    const auto path = folder.write("a.csv", kRows);
    std::filesystem::permissions(path, std::filesystem::perms::none);
    expect_failure(read_all(path), ErrorCode::kForbidden, "cannot be opened");
}

TEST(OpenRows, RefusesAnEmptyFileInEveryFormat) {
    const TemporaryFolder folder;
    for (const std::string_view name : {"a.csv", "a.csv.gz", "a.csv.xz", "a.xlsx", "a.jsonl"}) {
        expect_failure(read_all(folder.write(name, "")), ErrorCode::kEmptyInput, "is empty");
    }
    expect_failure(read_all(folder.write("b.csv.gz", gzip(""))), ErrorCode::kEmptyInput,
                   "is empty");
    expect_failure(read_all(folder.write("b.csv.xz", xz(""))), ErrorCode::kEmptyInput, "is empty");
}

TEST(OpenRows, RefusesUnknownEndings) {
    const TemporaryFolder folder;
    for (const std::string_view name : {"a.xls", "a", "a.xlsx.gz", "a.pdf", "csv"}) {
        expect_failure(read_all(folder.write(name, kRows)), ErrorCode::kInvalidArgument,
                       "known are .xlsx, .csv");
    }
}

TEST(OpenRows, TakesEveryEndingOfText) {
    const TemporaryFolder folder;
    for (const std::string_view name : {"a.csv", "a.CSV", "a.txt", "a.data"}) {
        EXPECT_THAT(read_all(folder.write(name, kRows)).rows, SizeIs(2)) << name;
    }
    EXPECT_THAT(read_all(folder.write("a.tsv", "a,b\tc\n1,2\t3\n")).columns,
                ElementsAre("a,b", "c"));
    EXPECT_THAT(read_all(folder.write("a.NDJSON.gz", gzip("{}\n{}"))).rows, SizeIs(2));
}

TEST(OpenRows, KnowsWhatStandsUnderTheWrongEnding) {
    const TemporaryFolder folder;
    const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(600, 'x');
    expect_failure(read_all(folder.write("a.xlsx", ole)), ErrorCode::kInvalidArgument, "old .xls");
    const std::string encrypted =
        ole + std::string("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv);
    expect_failure(read_all(folder.write("b.xlsx", encrypted)), ErrorCode::kInvalidArgument,
                   "is protected by a password");
    expect_failure(read_all(folder.write("c.csv", ole)), ErrorCode::kInvalidArgument, "old .xls");
    expect_failure(read_all(folder.write("d.csv", "PK\x03\x04xxxx")), ErrorCode::kInvalidArgument,
                   ".xlsx");
    expect_failure(read_all(folder.write("e.csv", gzip(kRows))), ErrorCode::kInvalidArgument,
                   "add .gz");
    expect_failure(read_all(folder.write("f.jsonl", xz(kRows))), ErrorCode::kInvalidArgument,
                   "add .xz");
    expect_failure(read_all(folder.write("g.xlsx", kRows)), ErrorCode::kCorrupt,
                   "not a zip archive");
}

TEST(PackedText, ReadsGzipAndXz) {
    const TemporaryFolder folder;
    const std::string bytes = some_csv(20'000);
    const Table plain = read_all(folder.write("a.csv", bytes));
    ASSERT_THAT(plain.rows, SizeIs(20'000));
    EXPECT_EQ(read_all(folder.write("a.csv.gz", gzip(bytes))).texts(), plain.texts());
    EXPECT_EQ(read_all(folder.write("a.csv.xz", xz(bytes))).texts(), plain.texts());
}

TEST(PackedText, ReadsStreamsOneAfterAnother) {
    const TemporaryFolder folder;
    const std::string_view first = kRows.substr(0, 9);
    const std::string_view second = kRows.substr(9);
    const Table plain = read_all(folder.write("a.csv", kRows));
    EXPECT_EQ(read_all(folder.write("a.csv.gz", gzip(first) + gzip("") + gzip(second))).texts(),
              plain.texts());
    EXPECT_EQ(read_all(folder.write("b.csv.gz", gzip(kRows) + std::string(512, '\0'))).texts(),
              plain.texts());
    EXPECT_EQ(read_all(folder.write("a.csv.xz", xz(first) + xz(second))).texts(), plain.texts());
}

TEST(PackedText, RefusesDamage) {
    const TemporaryFolder folder;
    const std::string packed = gzip(some_csv(5000));
    std::string damaged = packed;
    damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x55);
    expect_failure(read_all(folder.write("a.csv.gz", damaged)), ErrorCode::kCorrupt, "a.csv.gz");
    expect_failure(read_all(folder.write("b.csv.gz", packed + "more")), ErrorCode::kCorrupt,
                   "not gzip after the data");
    expect_failure(read_all(folder.write("c.csv.gz", kRows)), ErrorCode::kCorrupt,
                   "is not a sound gzip file");
    expect_failure(read_all(folder.write("d.csv.gz", packed.substr(0, packed.size() / 2))),
                   ErrorCode::kCorrupt, "is cut off");

    const std::string xz_packed = xz(some_csv(5000));
    damaged = xz_packed;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    expect_failure(read_all(folder.write("a.csv.xz", damaged)), ErrorCode::kCorrupt,
                   "damaged data");
    expect_failure(read_all(folder.write("b.csv.xz", kRows)), ErrorCode::kCorrupt,
                   "is not an .xz file");
    expect_failure(read_all(folder.write("c.csv.xz", xz_packed.substr(0, xz_packed.size() / 2))),
                   ErrorCode::kCorrupt, "is cut off");
}

TEST(PackedText, RefusesEveryTruncation) {
    const TemporaryFolder folder;
    for (const bool is_gzip : {true, false}) {
        const std::string packed = is_gzip ? gzip(some_csv(200)) : xz(some_csv(200));
        const std::string name = is_gzip ? "a.csv.gz" : "a.csv.xz";
        for (std::size_t size = 1; size < packed.size(); size += 7) {
            const Table table = read_all(folder.write(name, packed.substr(0, size)));
            ASSERT_TRUE(table.failed) << size;
            EXPECT_EQ(table.error.code, ErrorCode::kCorrupt) << table.error.message;
        }
    }
}

TEST(PackedText, RefusesABomb) {
    const TemporaryFolder folder;
    std::string bytes = "a,b\n";
    while (bytes.size() < (66U << 20)) bytes += "1," + std::string(100'000, 'x') + '\n';
    expect_failure(read_all(folder.write("a.csv.gz", gzip(bytes))), ErrorCode::kExpansionLimit,
                   "unpacks to more than 200 times");
    expect_failure(read_all(folder.write("a.csv.xz", xz(bytes))), ErrorCode::kExpansionLimit,
                   "unpacks to more than 200 times");
    ReaderOptions options;
    options.limits.max_unpacked_bytes = 1 << 20;
    expect_failure(read_all(folder / "a.csv.gz", options), ErrorCode::kExpansionLimit,
                   "unpacks to more than the 1 MiB allowed by import.max_unpacked_mib");
}

TEST(PackedText, RefusesAnXzThatTakesTooMuchMemory) {
    // A stream header, and a block header that asks for a dictionary of 1 GiB.
    constexpr auto kHeader =
        "\xFD\x37\x7A\x58\x5A\x00\x00\x00\xFF\x12\xD9\x41\x02\x00\x21\x01\x24\x00\x00\x00"sv;
    const TemporaryFolder folder;
    std::string bytes(kHeader);
    bytes += "\x5E\x1F\xC7\xF9"sv;  // CRC-32 of the block header
    const Table table = read_all(folder.write("a.csv.xz", bytes + std::string(64, '\0')));
    expect_failure(table, ErrorCode::kLimitExceeded, "of memory to unpack");
}

TEST(MemoryBytes, ReadsToTheEnd) {
    const auto source = memory_bytes("hello");
    char buffer[3];
    EXPECT_EQ(*source->read(buffer), 3U);
    EXPECT_DOUBLE_EQ(source->progress(), 0.6);
    EXPECT_EQ(*source->read(buffer), 2U);
    EXPECT_EQ(*source->read(buffer), 0U);
    EXPECT_DOUBLE_EQ(memory_bytes("")->progress(), 1.0);
}

}  // namespace
}  // namespace attune::testing
