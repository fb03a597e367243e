#include "core/binary_io.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temporary_folder.hpp"

namespace attune {
namespace {

std::string sample() {
    BinaryWriter writer;
    writer.number<std::uint32_t>(7);
    writer.text("seven");
    writer.array(std::vector<float>{1, 2, 3});
    writer.texts({"a", "", "c"});
    writer.number(2.5);
    return writer.bytes();
}

TEST(Binary, ReadsBackWhatWasWritten) {
    const std::string bytes = sample();
    BinaryReader reader(bytes);
    EXPECT_EQ(reader.number<std::uint32_t>(), 7U);
    EXPECT_EQ(reader.text(), "seven");
    EXPECT_EQ(reader.array<float>(), (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(reader.texts(), (std::vector<std::string>{"a", "", "c"}));
    EXPECT_EQ(reader.number<double>(), 2.5);
    EXPECT_TRUE(reader.at_end());
    EXPECT_TRUE(reader.status());
}

TEST(Binary, EveryTruncationIsToldAndNeverReadsWild) {
    const std::string bytes = sample();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        BinaryReader reader(std::string_view(bytes).substr(0, size));
        reader.number<std::uint32_t>();
        reader.text();
        reader.array<float>();
        reader.texts();
        reader.number<double>();
        ASSERT_TRUE(reader.failed()) << size;
        ASSERT_EQ(reader.status().error().code, ErrorCode::kCorrupt);
    }
}

TEST(Binary, AHugeLengthIsRefusedBeforeAnythingIsAllocated) {
    BinaryWriter writer;
    writer.number<std::uint64_t>(1ULL << 60);
    BinaryReader reader(writer.bytes());
    EXPECT_TRUE(reader.array<double>().empty());
    EXPECT_TRUE(reader.failed());
}

class CheckedFile : public testing::Test {
 protected:
    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.path() / "model.bin";
};

TEST_F(CheckedFile, RoundTrip) {
    ASSERT_TRUE(write_checked_file(path_, "model", 3, "payload"));
    EXPECT_EQ(read_checked_file(path_, "model", 3).value(), "payload");
    EXPECT_FALSE(std::filesystem::exists(path_.string() + ".tmp"));
    ASSERT_TRUE(write_checked_file(path_, "model", 3, ""));
    EXPECT_EQ(read_checked_file(path_, "model", 3).value(), "");
}

TEST_F(CheckedFile, RefusesWhatItCannotRead) {
    EXPECT_EQ(read_checked_file(path_, "model", 3).error().code, ErrorCode::kNotFound);
    ASSERT_TRUE(write_checked_file(path_, "model", 4, "payload"));
    EXPECT_EQ(read_checked_file(path_, "model", 3).error().code, ErrorCode::kNewerFormat);
    EXPECT_EQ(read_checked_file(path_, "index", 4).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(write_checked_file(folder_.path() / "none" / "x", "model", 1, "").error().code,
              ErrorCode::kUnavailable);
}

TEST_F(CheckedFile, EveryFlippedByteIsNoticed) {
    ASSERT_TRUE(write_checked_file(path_, "model", 1, "payload"));
    std::string bytes;
    {
        std::ifstream stream(path_, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(stream), {});
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        std::ofstream(path_, std::ios::binary) << damaged;
        ASSERT_FALSE(read_checked_file(path_, "model", 1)) << at;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::ofstream(path_, std::ios::binary) << bytes.substr(0, size);
        ASSERT_FALSE(read_checked_file(path_, "model", 1)) << size;
    }
}

}  // namespace
}  // namespace attune
