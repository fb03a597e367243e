#include "ingest/zip_archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.hpp"

namespace attune::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::string_view_literals;

constexpr std::string_view kSheetPart = "xl/worksheets/sheet1.xml";

void expect_failure(const Table& table, ErrorCode code, std::string_view message) {
    ASSERT_TRUE(table.failed);
    EXPECT_EQ(error_code_name(table.error.code), error_code_name(code)) << table.error.message;
    EXPECT_THAT(table.error.message, HasSubstr(std::string(message)));
}

std::string number_bytes(std::uint64_t value, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
    return bytes;
}

/// A workbook with some hundred rows.
std::string workbook_bytes(const TemporaryFolder& folder) {
    std::string rows = "<row><c t=\"str\"><v>id</v></c><c t=\"str\"><v>name</v></c></row>";
    for (int i = 0; i < 300; ++i) {
        rows += fmt::format("<row><c><v>{}</v></c><c t=\"s\"><v>{}</v></c></row>", i * 7919, i % 3);
    }
    Parts parts = workbook_parts(rows);
    parts["xl/sharedStrings.xml"] =
        "<sst><si><t>a</t></si><si><t>b</t></si><si><t>c</t></si></sst>";
    write_zip(folder / "whole.xlsx", parts);
    return read_bytes(folder / "whole.xlsx");
}

/// Declares another unpacked size of a part, in both places where the format has it.
void declare_size(std::string& bytes, std::string_view part, std::uint64_t size) {
    for (const auto& [magic, size_offset, name_offset] :
         {std::tuple("PK\x03\x04"sv, 22U, 30U), std::tuple("PK\x01\x02"sv, 24U, 46U)}) {
        for (std::size_t at = bytes.find(magic); at != std::string::npos;
             at = bytes.find(magic, at + 1)) {
            if (bytes.compare(at + name_offset, part.size(), part) != 0) continue;
            bytes.replace(at + size_offset, 4, number_bytes(size, 4));
        }
    }
}

TEST(ZipArchive, RefusesABombByWhatItDeclares) {
    const TemporaryFolder folder;
    Parts parts = workbook_parts("<row><c t=\"str\"><v>a</v></c></row>");
    parts[std::string(kSheetPart)] += std::string(66 << 20, ' ');
    write_zip(folder / "a.xlsx", parts);
    ASSERT_LT(std::filesystem::file_size(folder / "a.xlsx"), 200'000U);
    expect_failure(read_all(folder / "a.xlsx"), ErrorCode::kExpansionLimit,
                   "unpacks to more than 200 times");
    ReaderOptions options;
    options.limits.max_unpacked_bytes = 1 << 20;
    expect_failure(read_all(folder / "a.xlsx", options), ErrorCode::kExpansionLimit,
                   "unpacks to more than the 1 MiB allowed by import.max_unpacked_mib");
}

TEST(ZipArchive, RefusesAPartThatIsNotOfItsDeclaredSize) {
    const TemporaryFolder folder;
    const std::string whole = workbook_bytes(folder);
    for (const std::uint64_t size : {1U, 500U, 100'000U}) {
        std::string lying = whole;
        declare_size(lying, kSheetPart, size);
        const Table table = read_all(folder.write("a.xlsx", lying));
        ASSERT_TRUE(table.failed) << size;
        EXPECT_EQ(table.error.code, ErrorCode::kCorrupt) << table.error.message;
    }
    // A bomb that hides behind a small number comes to light while it is unpacked.
    Parts parts = workbook_parts("<row><c t=\"str\"><v>a</v></c></row>");
    parts[std::string(kSheetPart)] += std::string(66 << 20, ' ');
    write_zip(folder / "b.xlsx", parts);
    std::string bomb = read_bytes(folder / "b.xlsx");
    declare_size(bomb, kSheetPart, 1000);
    const Table table = read_all(folder.write("b.xlsx", bomb));
    ASSERT_TRUE(table.failed);
    EXPECT_THAT(table.error.code, AnyOf(ErrorCode::kCorrupt, ErrorCode::kExpansionLimit));
}

TEST(ZipArchive, RefusesMetadataOfUnlikelySize) {
    const TemporaryFolder folder;
    Parts parts = workbook_parts("");
    parts["xl/workbook.xml"] += std::string(17 << 20, ' ');
    write_zip(folder / "a.xlsx", parts);
    expect_failure(read_all(folder / "a.xlsx"), ErrorCode::kExpansionLimit, "part xl/workbook.xml");
}

TEST(ZipArchive, RefusesEveryTruncation) {
    const TemporaryFolder folder;
    const std::string whole = workbook_bytes(folder);
    ASSERT_THAT(read_all(folder / "whole.xlsx").rows, SizeIs(300));
    for (std::size_t size = 4; size < whole.size(); size += 13) {
        const Table table = read_all(folder.write("a.xlsx", whole.substr(0, size)));
        ASSERT_TRUE(table.failed) << size;
        EXPECT_EQ(table.error.code, ErrorCode::kCorrupt) << table.error.message;
    }
    expect_failure(read_all(folder.write("a.xlsx", whole.substr(0, whole.size() / 2))),
                   ErrorCode::kCorrupt, "is cut off");
}

TEST(ZipArchive, NeverGivesOtherRowsForDamagedBytes) {
    const TemporaryFolder folder;
    const std::string whole = workbook_bytes(folder);
    const Table good = read_all(folder / "whole.xlsx");
    for (std::size_t at = 0; at < whole.size(); at += 11) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
        const Table table = read_all(folder.write("a.xlsx", damaged));
        // Bytes that carry no meaning, such as times, may change; rows may not.
        EXPECT_TRUE(table.failed || table.texts() == good.texts()) << at;
    }
}

TEST(ZipArchive, RefusesADamagedChecksum) {
    const TemporaryFolder folder;
    std::string bytes = workbook_bytes(folder);
    const std::size_t directory = bytes.find("PK\x01\x02"sv);
    for (std::size_t at = directory; at != std::string::npos;
         at = bytes.find("PK\x01\x02"sv, at + 1)) {
        if (bytes.compare(at + 46, kSheetPart.size(), kSheetPart) == 0) bytes[at + 16] ^= 1;
    }
    expect_failure(read_all(folder.write("a.xlsx", bytes)), ErrorCode::kCorrupt, "sheet 'Data'");
}

TEST(ZipArchive, RefusesTooManyParts) {
    const TemporaryFolder folder;
    std::string bytes = workbook_bytes(folder);
    const std::size_t end = bytes.rfind("PK\x05\x06"sv);
    std::string many = bytes;
    many.replace(end + 8, 4, number_bytes(20'000, 2) + number_bytes(20'000, 2));
    expect_failure(read_all(folder.write("a.xlsx", many)), ErrorCode::kLimitExceeded,
                   "the archive has 20000 parts, at most 10000 are allowed");

    std::string record = "PK\x06\x06" + number_bytes(44, 8) + number_bytes(45, 2) +
                         number_bytes(45, 2) + number_bytes(0, 8) + number_bytes(70'000, 8) +
                         number_bytes(70'000, 8) + std::string(16, '\0');
    std::string locator =
        "PK\x06\x07" + number_bytes(0, 4) + number_bytes(end, 8) + number_bytes(1, 4);
    many = bytes;
    many.replace(end + 8, 4, "\xFF\xFF\xFF\xFF");
    many.insert(end, record + locator);
    expect_failure(read_all(folder.write("b.xlsx", many)), ErrorCode::kLimitExceeded,
                   "the archive has 70000 parts");
}

TEST(ZipArchive, RefusesProtectedParts) {
    const TemporaryFolder folder;
    static_cast<void>(workbook_bytes(folder));
    int error = 0;
    zip_t* archive = zip_open((folder / "whole.xlsx").c_str(), 0, &error);
    ASSERT_NE(archive, nullptr);
    const auto index = static_cast<zip_uint64_t>(zip_name_locate(archive, "xl/workbook.xml", 0));
    ASSERT_EQ(zip_file_set_encryption(archive, index, ZIP_EM_TRAD_PKWARE, "secret"), 0);
    ASSERT_EQ(zip_close(archive), 0);
    expect_failure(read_all(folder / "whole.xlsx"), ErrorCode::kInvalidArgument,
                   "part xl/workbook.xml is protected by a password");
}

TEST(ZipArchive, RefusesAFileThatOnlyEndsLikeOne) {
    const TemporaryFolder folder;
    expect_failure(read_all(folder.write("a.xlsx", "PK\x05\x06" + std::string(30, '\1'))),
                   ErrorCode::kCorrupt, "is not a sound zip archive");
    expect_failure(read_all(folder.write("b.xlsx", "PK\x05\x06")), ErrorCode::kCorrupt,
                   "not a zip archive");
}

TEST(ZipArchive, RefusesAPackingThatItDoesNotKnow) {
    const TemporaryFolder folder;
    std::string bytes = workbook_bytes(folder);
    for (std::size_t at = bytes.find("PK\x01\x02"sv); at != std::string::npos;
         at = bytes.find("PK\x01\x02"sv, at + 1)) {
        bytes.replace(at + 10, 2, number_bytes(77, 2));
    }
    expect_failure(read_all(folder.write("a.xlsx", bytes)), ErrorCode::kCorrupt, "");
}

}  // namespace
}  // namespace attune::testing
