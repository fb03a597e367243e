#include "core/file_error.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "support/temporary_folder.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

TEST(FileError, OneKindForOneCause) {
    EXPECT_EQ(file_error_code(ENOENT), ErrorCode::kNotFound);
    EXPECT_EQ(file_error_code(ENOTDIR), ErrorCode::kNotFound);
    EXPECT_EQ(file_error_code(EACCES), ErrorCode::kForbidden);
    EXPECT_EQ(file_error_code(EROFS), ErrorCode::kForbidden);
    EXPECT_EQ(file_error_code(EISDIR), ErrorCode::kNotAFile);
    EXPECT_EQ(file_error_code(ENAMETOOLONG), ErrorCode::kInvalidArgument);
    EXPECT_EQ(file_error_code(ENOSPC), ErrorCode::kUnavailable);
}

TEST(FileError, LooksBeforeTheWork) {
    const TemporaryFolder folder;
    const fs::path file = folder.path() / "report.html";
    EXPECT_TRUE(check_can_be_written(file));
    EXPECT_FALSE(fs::exists(file)) << "looking made the file";
    std::ofstream(file) << "old";
    EXPECT_TRUE(check_can_be_written(file));
    const Status missing = check_can_be_written(folder.path() / "none" / "report.html");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_NE(missing.error().message.find("there is no folder"), std::string::npos);
    EXPECT_EQ(check_can_be_written(folder.path()).error().code, ErrorCode::kNotAFile);
}

TEST(FileError, NamesAMissingRight) {
    const TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms(0555));
    // The rights of files do not hold for root.
    const bool is_root = ::geteuid() == 0;
    if (is_root) {
        ASSERT_EQ(::seteuid(65534), 0);
    }
    const Status refused = check_can_be_written(folder.path() / "report.html");
    if (is_root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    fs::permissions(folder.path(), fs::perms(0755));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
}

}  // namespace
}  // namespace attune
