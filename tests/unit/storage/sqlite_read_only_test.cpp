#include <gmock/gmock.h>
#include <unistd.h>

#include "storage/stores.hpp"
#include "unit/storage/raw_sqlite.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr DatabaseOptions kToRead{
    .num_read_sessions = 2, .busy_timeout_ms = 30, .access = DatabaseAccess::kReadOnly};

/// The rights of files do not hold for root: takes another user's for as long as it lives.
class Unprivileged {
 public:
    Unprivileged() : was_root_(::geteuid() == 0) {
        if (was_root_) {
            EXPECT_EQ(::seteuid(65534), 0);
        }
    }
    ~Unprivileged() {
        if (was_root_) {
            EXPECT_EQ(::seteuid(0), 0);
        }
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;

 private:
    bool was_root_;
};

class SqliteReadOnly : public SqliteFile {
 protected:
    void SetUp() override {
        auto database = open_database(url_);
        ASSERT_TRUE(database) << database.error().message;
        put(**database, "c1");
    }
    void TearDown() override { fs::permissions(folder_, fs::perms(0755)); }

    static void put(Database& database, const std::string& id) {
        Customer customer;
        customer.id = id;
        const Status status = database.write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().put(std::span(&customer, 1)));
            return {};
        });
        ASSERT_TRUE(status) << status.error().message;
    }

    static Result<std::size_t> count(Database& database) {
        std::size_t found = 0;
        ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(found, stores.customers().count());
            return {};
        }));
        return found;
    }

    /// Nobody may write to the file or its folder any more.
    void take_rights() {
        for (const auto& entry : fs::directory_iterator(folder_)) {
            fs::permissions(entry.path(), fs::perms(0444));
        }
        fs::permissions(folder_, fs::perms(0555));
    }

    [[nodiscard]] std::size_t num_files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }
};

TEST_F(SqliteReadOnly, ReadsAndRefusesToWrite) {
    {
        const auto database = open_database(url_, kToRead);
        ASSERT_TRUE(database) << database.error().message;
        EXPECT_EQ(count(**database), 1U);
        EXPECT_EQ((*database)->revision(), 1U);
        const Status refused = (*database)->write([](Stores&) -> Status { return {}; });
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
    }
    EXPECT_EQ(num_files(), 1U) << "a log was left behind";
}

TEST_F(SqliteReadOnly, SeesWhatAnotherProcessWritesMeanwhile) {
    const auto writer = open_database(url_);
    ASSERT_TRUE(writer);
    const auto database = open_database(url_, kToRead);
    ASSERT_TRUE(database) << database.error().message;
    put(**writer, "c2");
    EXPECT_EQ(count(**database), 2U);
}

TEST_F(SqliteReadOnly, NeedsNoRightToWrite) {
    take_rights();
    const Unprivileged user;
    const auto database = open_database(url_, kToRead);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(count(**database), 1U);
    EXPECT_EQ(num_files(), 1U);
}

TEST_F(SqliteReadOnly, NeedsNoRightToTheFileInAFolderThatIsFree) {
    fs::permissions(path_, fs::perms(0444));
    fs::permissions(folder_, fs::perms(0777));
    const Unprivileged user;
    {
        const auto database = open_database(url_, kToRead);
        ASSERT_TRUE(database) << database.error().message;
        EXPECT_EQ(count(**database), 1U);
    }
    EXPECT_EQ(num_files(), 1U) << "a log was left that its owner could not write to";
}

TEST_F(SqliteReadOnly, ReadsPathsWithOddCharactersWithoutRights) {
    const fs::path odd = folder_ / "my #1 bank, 'one' %20?immutable=0.db";
    fs::copy_file(path_, odd);
    take_rights();
    const Unprivileged user;
    const auto database = open_database("sqlite:" + odd.string(), kToRead);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(count(**database), 1U);
}

TEST_F(SqliteReadOnly, ReadsTheLogOfAWriterWithoutRights) {
    const auto writer = open_database(url_);
    ASSERT_TRUE(writer);
    put(**writer, "c2");
    take_rights();
    const Unprivileged user;
    const auto database = open_database(url_, kToRead);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(count(**database), 2U);
}

TEST_F(SqliteReadOnly, SaysWhenALogCannotBeTakenIn) {
    {
        RawSqlite raw(path_);
        raw.keep_log();
        raw.run("INSERT INTO customers (id, kind, document) VALUES ('x', 'person', '{}')");
    }
    ASSERT_GT(fs::file_size(path_.string() + "-wal"), 0U);
    fs::remove(path_.string() + "-shm");
    take_rights();
    const Unprivileged user;
    const auto database = open_database(url_, kToRead);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, ErrorCode::kForbidden);
    EXPECT_THAT(database.error().message, HasSubstr("attune.db-wal"));
    EXPECT_THAT(database.error().message, HasSubstr("copy both files"));
}

TEST_F(SqliteReadOnly, RefusesAReadThatTheFileChangedUnder) {
    take_rights();
    auto database = [&] {
        const Unprivileged user;
        return open_database(url_, kToRead);
    }();
    ASSERT_TRUE(database) << database.error().message;
    fs::permissions(folder_, fs::perms(0755));
    fs::permissions(path_, fs::perms(0644));
    const Status status = (*database)->read([&](Stores&) -> Status {
        const auto writer = open_database(url_);
        if (!writer) return fail(writer.error());
        put(**writer, "c2");
        return {};  // closing brings the log into the file
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(status.error().message, HasSubstr("another process changed the database"));
}

TEST_F(SqliteReadOnly, MakesNothing) {
    const auto missing = open_database("sqlite:" + (folder_ / "none.db").string(), kToRead);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(fs::exists(folder_ / "none.db"));
    EXPECT_EQ(open_database("sqlite:" + folder_.string(), kToRead).error().code,
              ErrorCode::kNotAFile);
    write_bytes(folder_ / "empty.db", "");
    EXPECT_EQ(open_database("sqlite:" + (folder_ / "empty.db").string(), kToRead).error().code,
              ErrorCode::kCorrupt);
}

TEST_F(SqliteReadOnly, BringsAnOlderDatabaseUpToDateOnlyWithTheRight) {
    const fs::path old = folder_ / "old.db";
    RawSqlite(old).run("PRAGMA user_version = 3");
    const std::string url = "sqlite:" + old.string();
    take_rights();
    {
        const Unprivileged user;
        const auto refused = open_database(url, kToRead);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::kForbidden);
        EXPECT_THAT(refused.error().message, HasSubstr("older version"));
    }
    fs::permissions(folder_, fs::perms(0755));
    fs::permissions(old, fs::perms(0644));
    const auto database = open_database(url, kToRead);
    ASSERT_TRUE(database) << database.error().message;
    EXPECT_EQ(count(**database), 0U);
}

}  // namespace
}  // namespace attune
