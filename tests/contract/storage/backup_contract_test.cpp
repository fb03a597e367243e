#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "contract/storage/back_ends.hpp"
#include "storage/restore.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

class Backups : public StorageContract {
 protected:
    std::filesystem::path target_ = folder_ / "copy.db";
    NullProgress progress_;
};
ATTUNE_FOR_ALL_BACK_ENDS(Backups);

/// Both steps of a restore.
Result<BackupCheck> restore(const std::string& url, const std::filesystem::path& backup,
                            const DatabaseOptions& options, Progress& progress,
                            PutAside earlier = PutAside::kKeep) {
    ATTUNE_ASSIGN(const BackupCheck check, stage_restore(url, backup, earlier, options, progress));
    ATTUNE_TRY(finish_restore(url, earlier, options));
    return check;
}

class CancelAtOnce final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t) override {}
    void advance(std::uint64_t) override {}
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return true; }
};

TEST_P(Backups, HoldWhatTheDatabaseHolds) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    const auto check = check_backup(target_);
    ASSERT_TRUE(check) << check.error().message;
    EXPECT_EQ(check->num_customers, 3U);
    EXPECT_EQ(check->num_products, 2U);
    EXPECT_EQ(check->num_events, 0U);
    EXPECT_EQ(check->revision, database_->revision());
    EXPECT_EQ(std::filesystem::status(target_).permissions() & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    const auto copy = open_database("sqlite:" + target_.string());
    ASSERT_TRUE(copy) << copy.error().message;
    EXPECT_TRUE((*copy)->read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().get("c2"), make_customer("c2"));
        return {};
    }));
}

TEST_P(Backups, AreOfOneInstantWhileWritesGoOn) {
    put_nouns();
    std::atomic<bool> stop = false;
    std::atomic<int> num_written = 0;
    std::thread writer([&] {
        while (!stop) {
            // Two in one write: a copy must have both or neither.
            const std::string id = "w" + std::to_string(num_written);
            const Status status = database_->write([&](Stores& stores) -> Status {
                const std::vector customers{make_customer(id + "a", std::string(2'000, 'x')),
                                            make_customer(id + "b", std::string(2'000, 'y'))};
                ATTUNE_TRY(stores.customers().put(customers));
                return {};
            });
            ASSERT_TRUE(status) << status.error().message;
            ++num_written;
        }
    });
    while (num_written < 20) std::this_thread::yield();
    for (int i = 0; i < 3; ++i) {
        const auto file = folder_ / ("copy" + std::to_string(i));
        const Status status = database_->backup(file, progress_);
        EXPECT_TRUE(status) << status.error().message;
        const auto check = check_backup(file);
        if (!check) {
            ADD_FAILURE() << check.error().message;
            continue;
        }
        EXPECT_EQ(check->num_customers % 2, 1U);
    }
    stop = true;
    writer.join();
}

TEST_P(Backups, ReplaceNothingAndLeaveNothingHalf) {
    put_nouns();
    const auto taken = folder_.write("taken.db", "something else");
    EXPECT_EQ(database_->backup(taken, progress_).error().code, ErrorCode::kConflict);
    EXPECT_EQ(std::filesystem::file_size(taken), 14U);
    const Status nowhere = database_->backup(folder_ / "no" / "copy.db", progress_);
    EXPECT_EQ(nowhere.error().code, ErrorCode::kNotFound);
    CancelAtOnce cancel;
    const std::size_t num_files = folder_.num_files();
    EXPECT_EQ(database_->backup(target_, cancel).error().code, ErrorCode::kCancelled);
    EXPECT_EQ(folder_.num_files(), num_files);
}

TEST_P(Backups, AreMadeOfADatabaseThatIsOnlyRead) {
    put_nouns();
    open({.access = DatabaseAccess::kReadOnly});
    ASSERT_TRUE(database_->backup(target_, progress_));
    EXPECT_EQ(check_backup(target_)->num_customers, 3U);
}

TEST_P(Backups, TakeThePlaceOfADatabase) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    write([](Stores& stores) { return stores.customers().remove("c1"); });
    const auto in_use = restore(url_, target_, {.busy_timeout_ms = 30}, progress_);
    ASSERT_FALSE(in_use);
    EXPECT_EQ(in_use.error().code, ErrorCode::kConflict);
    EXPECT_THAT(in_use.error().message, HasSubstr("in use"));
    read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().count(), 2U);
        return {};
    });
    database_.reset();
    const auto restored = restore(url_, target_, {}, progress_);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(restored->num_customers, 3U);
    open();
    read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().count(), 3U);
        return {};
    });
    write([](Stores& stores) { return stores.customers().remove("c2"); });
    database_.reset();
    // What was replaced is still there, and is not replaced itself.
    const auto again = restore(url_, target_, {}, progress_);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kConflict);
    const auto replaced = open_database(url_ + ".replaced");
    ASSERT_TRUE(replaced) << replaced.error().message;
    EXPECT_TRUE((*replaced)->read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().count(), 2U);
        return {};
    }));
}

TEST_P(Backups, AreStagedWhileTheDatabaseIsUsed) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    EXPECT_EQ(finish_restore(url_, PutAside::kKeep, {}).error().code, ErrorCode::kNotFound);
    ASSERT_TRUE(stage_restore(url_, target_, PutAside::kKeep, {}, progress_));
    write([](Stores& stores) { return stores.customers().remove("c1"); });
    drop_staged_restore(url_);
    EXPECT_EQ(finish_restore(url_, PutAside::kKeep, {}).error().code, ErrorCode::kNotFound);
    // What is staged twice is staged anew.
    ASSERT_TRUE(stage_restore(url_, target_, PutAside::kKeep, {}, progress_));
    ASSERT_TRUE(stage_restore(url_, target_, PutAside::kKeep, {}, progress_));
    database_.reset();
    ASSERT_TRUE(finish_restore(url_, PutAside::kKeep, {}));
    open();
    read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().count(), 3U);
        return {};
    });
}

TEST_P(Backups, ThatTookThePlaceCanBePutBack) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    write([](Stores& stores) { return stores.customers().remove("c1"); });
    database_.reset();
    EXPECT_EQ(undo_restore(url_, {}).error().code, ErrorCode::kNotFound);
    ASSERT_TRUE(restore(url_, target_, {}, progress_));
    open();
    database_.reset();
    const Status undone = undo_restore(url_, {});
    ASSERT_TRUE(undone) << undone.error().message;
    open();
    read([](Stores& stores) -> Status {
        EXPECT_EQ(stores.customers().count(), 2U);
        return {};
    });
    database_.reset();
    // Nothing is aside any more; the next restore has room, and the one after drops it.
    ASSERT_TRUE(restore(url_, target_, {}, progress_));
    EXPECT_EQ(restore(url_, target_, {}, progress_).error().code, ErrorCode::kConflict);
    ASSERT_TRUE(restore(url_, target_, {}, progress_, PutAside::kDrop));
    // Until it is settled, what was aside before comes back too.
    ASSERT_TRUE(undo_restore(url_, {}));
    EXPECT_EQ(restore(url_, target_, {}, progress_).error().code, ErrorCode::kConflict);
    ASSERT_TRUE(restore(url_, target_, {}, progress_, PutAside::kDrop));
    settle_restore(url_);
    ASSERT_TRUE(undo_restore(url_, {}));
    EXPECT_EQ(undo_restore(url_, {}).error().code, ErrorCode::kNotFound);
}

TEST_P(Backups, AreNotTheCopyThatARestoreMakes) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    ASSERT_TRUE(stage_restore(url_, target_, PutAside::kKeep, {}, progress_));
    const std::filesystem::path staged = database_file(url_)->string() + ".restored";
    const auto again = stage_restore(url_, staged, PutAside::kKeep, {}, progress_);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(std::filesystem::exists(staged));
}

TEST_P(Backups, ThatTakeLongToCheckCanBeLeft) {
    write([](Stores& stores) -> Status {
        std::vector<Customer> customers;
        for (int i = 0; i < 2'000; ++i) customers.push_back(make_customer("c" + std::to_string(i)));
        ATTUNE_TRY(stores.customers().put(customers));
        return {};
    });
    ASSERT_TRUE(database_->backup(target_, progress_));
    CancelAtOnce cancel;
    const auto left = stage_restore(url_, target_, PutAside::kKeep, {}, cancel);
    ASSERT_FALSE(left);
    EXPECT_EQ(left.error().code, ErrorCode::kCancelled);
    EXPECT_THAT(left.error().message, HasSubstr("check of the backup"));
}

TEST_P(Backups, ThatTookThePlaceOfNothingAreTakenBackWithWhatWasAsideBefore) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    const std::string url = "sqlite:" + (folder_ / "new.db").string();
    const auto aside = folder_.write("new.db.replaced", "kept");
    ASSERT_TRUE(restore(url, target_, {}, progress_, PutAside::kDrop));
    EXPECT_FALSE(std::filesystem::exists(aside));
    ASSERT_TRUE(undo_restore(url, {}));
    EXPECT_TRUE(std::filesystem::exists(aside));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "new.db"));
}

TEST_P(Backups, TakeThePlaceOfNothingAndOfADamagedDatabase) {
    put_nouns();
    ASSERT_TRUE(database_->backup(target_, progress_));
    const auto fresh = restore("sqlite:" + (folder_ / "new.db").string(), target_, {}, progress_);
    ASSERT_TRUE(fresh) << fresh.error().message;
    const auto damaged = folder_.write("damaged.db", "no database any more, only text");
    const auto repaired = restore("sqlite:" + damaged.string(), target_, {}, progress_);
    ASSERT_TRUE(repaired) << repaired.error().message;
    EXPECT_TRUE(open_database("sqlite:" + damaged.string()));
    const auto bad = restore(url_, folder_.write("bad", "text"), {}, progress_);
    EXPECT_EQ(bad.error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(restore("attune.db", target_, {}, progress_).error().code,
              ErrorCode::kInvalidArgument);
}

TEST_P(Backups, ThatAreDamagedAreRefused) {
    write([](Stores& stores) -> Status {
        std::vector<Customer> customers;
        for (int i = 0; i < 500; ++i) {
            customers.push_back(make_customer("c" + std::to_string(i), std::string(200, 'x')));
        }
        ATTUNE_TRY(stores.customers().put(customers));
        return {};
    });
    ASSERT_TRUE(database_->backup(target_, progress_));
    ASSERT_TRUE(check_backup(target_));
    {
        std::fstream file(target_, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(target_) / 2));
        file << std::string(4'096, '\xAB');
    }
    const auto check = check_backup(target_);
    ASSERT_FALSE(check);
    EXPECT_EQ(check.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(check.error().message, HasSubstr(target_.string()));
}

TEST_P(Backups, ThatAreNotOnesAreRefused) {
    EXPECT_EQ(check_backup(folder_ / "none").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(check_backup(folder_.path()).error().code, ErrorCode::kNotAFile);
    const auto text = folder_.write("text", "hello, this is no database at all");
    EXPECT_EQ(check_backup(text).error().code, ErrorCode::kCorrupt);
    const auto empty = folder_.write("empty", "");
    EXPECT_EQ(check_backup(empty).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace attune
