#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/restore.hpp"
#include "storage/stores.hpp"
#include "unit/storage/raw_sqlite.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SqliteOpen : public SqliteFile {
 protected:
    void expect_refused(const std::string& url, ErrorCode code, const std::string& part) {
        const auto database = open_database(url);
        ASSERT_FALSE(database);
        EXPECT_EQ(database.error().code, code) << database.error().message;
        EXPECT_THAT(database.error().message, HasSubstr(part));
    }
};

TEST_F(SqliteOpen, MakesADatabaseOnlyItsOwnerCanRead) {
    ASSERT_TRUE(open_database(url_));
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    RawSqlite raw(path_);
    EXPECT_EQ(raw.ask("PRAGMA journal_mode"), "wal\n");
    EXPECT_EQ(raw.ask("SELECT version FROM schema_version"), "1\n2\n3\n");
    EXPECT_EQ(raw.ask("PRAGMA integrity_check"), "ok\n");
}

TEST_F(SqliteOpen, TakesAnEmptyFileForANewDatabase) {
    write_bytes(path_, "");
    EXPECT_TRUE(open_database(url_));
}

TEST_F(SqliteOpen, TakesPathsWithOddCharacters) {
    const auto path = folder_ / "my = bank, 'one' %20?x=1.db";
    const auto database = open_database("sqlite:" + path.string());
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(SqliteOpen, RefusesPathsThatCannotBeWrittenDown) {
    expect_refused("sqlite:/tmp/a\"b.db", ErrorCode::kInvalidArgument, "quotation marks");
    expect_refused(std::string("sqlite:/tmp/a\0b", 15), ErrorCode::kInvalidArgument, "NUL");
}

TEST_F(SqliteOpen, RefusesANewerVersionAndLeavesItAsItIs) {
    ASSERT_TRUE(open_database(url_));
    RawSqlite(path_).run("INSERT INTO schema_version (version) VALUES (7)");
    const std::string before = bytes_of(path_);
    expect_refused(url_, ErrorCode::kNewerFormat, "version 7");
    EXPECT_EQ(bytes_of(path_), before);
}

TEST_F(SqliteOpen, RefusesANewerVersionThatIsStillInTheLog) {
    ASSERT_TRUE(open_database(url_));
    {
        RawSqlite raw(path_);
        raw.keep_log();
        raw.run("INSERT INTO schema_version (version) VALUES (7)");
    }
    const auto log = folder_ / "attune.db-wal";
    const std::string before = bytes_of(path_);
    const std::string log_before = bytes_of(log);
    ASSERT_FALSE(log_before.empty());
    expect_refused(url_, ErrorCode::kNewerFormat, "versions up to 3");
    EXPECT_EQ(bytes_of(path_), before);
    EXPECT_EQ(bytes_of(log), log_before);
}

TEST_F(SqliteOpen, RefusesWhatIsNoDatabase) {
    const std::string text = "id,name\n1,Anna\n";
    write_bytes(path_, text);
    expect_refused(url_, ErrorCode::kCorrupt, "is not a SQLite database");
    EXPECT_EQ(bytes_of(path_), text);
}

TEST_F(SqliteOpen, RefusesTheDatabaseOfAnotherProgram) {
    RawSqlite(path_).run("CREATE TABLE bookmarks (url TEXT)");
    const std::string before = bytes_of(path_);
    expect_refused(url_, ErrorCode::kCorrupt, "not one of Attune's");
    EXPECT_EQ(bytes_of(path_), before);
}

/// Whether another process sees a lock on a file.
bool is_locked_for_others(const std::string& path) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int file = ::open(path.c_str(), O_RDWR);
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_whence = SEEK_SET;
        const bool asked = file >= 0 && ::fcntl(file, F_GETLK, &lock) == 0;
        ::_exit(asked && lock.l_type != F_UNLCK ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Without them another process takes itself for the last one and removes the log.
TEST_F(SqliteOpen, KeepsTheLocksOfWhoHasItOpenAlready) {
    const auto first = open_database(url_);
    ASSERT_TRUE(first);
    ASSERT_TRUE(is_locked_for_others(path_));
    const auto to_read = open_database(url_, {.access = DatabaseAccess::kReadOnly});
    ASSERT_TRUE(to_read);
    EXPECT_TRUE(is_locked_for_others(path_)) << "opened to read";
    ASSERT_TRUE(open_database(url_));
    EXPECT_TRUE(is_locked_for_others(path_)) << "opened to write, and closed";
    const auto copy = folder_ / "copy.db";
    NullProgress progress;
    ASSERT_TRUE((*first)->backup(copy, progress));
    ASSERT_TRUE(stage_restore(url_, copy, PutAside::kKeep, {}, progress));
    EXPECT_TRUE(is_locked_for_others(path_)) << "copied, and about to be replaced";
    (void)check_backup(path_);
    EXPECT_TRUE(is_locked_for_others(path_)) << "taken for a backup";
}

TEST_F(SqliteOpen, FillsADatabaseWithoutTables) {
    RawSqlite(path_).run("PRAGMA user_version = 3");
    EXPECT_TRUE(open_database(url_));
}

TEST_F(SqliteOpen, RefusesWhatCannotBeOpened) {
    const std::string missing = "sqlite:" + (folder_ / "missing" / "attune.db").string();
    expect_refused(missing, ErrorCode::kNotFound, "missing/attune.db");
    expect_refused(missing, ErrorCode::kNotFound, "there is no folder");
    expect_refused("sqlite:" + folder_.string(), ErrorCode::kNotAFile, folder_.string());
    expect_refused("sqlite:/proc/attune.db", ErrorCode::kNotFound, "/proc/attune.db");
}

TEST_F(SqliteOpen, RefusesAFileOrFolderWithoutRightToWrite) {
    ASSERT_TRUE(open_database(url_));
    std::filesystem::permissions(
        path_, std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
    std::filesystem::permissions(folder_, std::filesystem::perms(0555));
    // The rights of files do not hold for root.
    const bool is_root = ::geteuid() == 0;
    if (is_root) {
        ASSERT_EQ(::seteuid(65534), 0);
    }
    const auto file = open_database(url_);
    const auto folder = open_database("sqlite:" + (folder_ / "new.db").string());
    if (is_root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    ASSERT_FALSE(file);
    ASSERT_FALSE(folder);
    EXPECT_EQ(file.error().code, ErrorCode::kForbidden);
    EXPECT_EQ(folder.error().code, ErrorCode::kForbidden);
}

TEST_F(SqliteOpen, GivesUpOnALockedNewDatabase) {
    RawSqlite raw(path_);
    raw.run("PRAGMA user_version = 1");
    raw.run("BEGIN EXCLUSIVE");
    const auto database = open_database(url_, {.busy_timeout_ms = 30});
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, ErrorCode::kUnavailable);
}

TEST_F(SqliteOpen, OpensWhileAnotherProcessWrites) {
    ASSERT_TRUE(open_database(url_));
    RawSqlite raw(path_);
    raw.run("BEGIN IMMEDIATE");
    const auto database = open_database(url_, {.busy_timeout_ms = 30});
    ASSERT_TRUE(database) << database.error().message;
    const Status status = (*database)->write([](Stores&) -> Status { return {}; });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
    // Callers of the service see this: the file's name is enough.
    EXPECT_THAT(status.error().message, HasSubstr(path_.filename().string()));
    EXPECT_THAT(status.error().message, Not(HasSubstr(path_.parent_path().string())));
    EXPECT_THAT(status.error().message, HasSubstr("another process is writing"));
    EXPECT_THAT(status.error().message, HasSubstr("30 ms"));
    EXPECT_THAT(status.error().message, HasSubstr("storage.busy_timeout_ms"));
    raw.run("COMMIT");
    EXPECT_TRUE((*database)->write([](Stores&) -> Status { return {}; }));
}

}  // namespace
}  // namespace attune
