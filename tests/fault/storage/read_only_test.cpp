#include <gmock/gmock.h>

#include <cstdlib>

#include "storage/stores.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

/// Makes a file immutable while it lives, also for those who have it open: to them the file system
/// has become read-only. Takes the right to (CAP_LINUX_IMMUTABLE) and a file system that knows it.
class Immutable {
 public:
    explicit Immutable(std::string path) : path_(std::move(path)) { worked_ = set(true); }
    ~Immutable() {
        if (worked_) (void)set(false);
    }
    Immutable(const Immutable&) = delete;
    Immutable& operator=(const Immutable&) = delete;
    [[nodiscard]] bool worked() const { return worked_; }

 private:
    // Not the database itself: closing it again would drop the locks that SQLite holds in this
    // process. A child has none.
    [[nodiscard]] bool set(bool immutable) const {
        const std::string command =
            std::string("chattr ") + (immutable ? "+i '" : "-i '") + path_ + "' 2>/dev/null";
        return std::system(command.c_str()) == 0;
    }
    std::string path_;
    bool worked_ = false;
};

class ReadOnlyDatabase : public ::testing::Test {
 protected:
    void SetUp() override {
        path_ = (folder_.path() / "attune.db").string();
        database_ = open_database("sqlite:" + path_).value();
        ASSERT_TRUE(put_customer("before"));
    }
    Status put_customer(const std::string& id) {
        return database_->write([&](Stores& stores) -> Status {
            Customer customer;
            customer.id = id;
            ATTUNE_TRY(stores.customers().put({&customer, 1}));
            return {};
        });
    }
    std::size_t num_customers() {
        std::size_t count = 0;
        EXPECT_TRUE(database_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(count, stores.customers().count());
            return {};
        }));
        return count;
    }

    TemporaryFolder folder_;
    std::string path_;
    std::unique_ptr<Database> database_;
};

TEST_F(ReadOnlyDatabase, RefusesWritesReadsOnAndRecovers) {
    {
        const Immutable database(path_);
        const Immutable log(path_ + "-wal");
        if (!database.worked() || !log.worked()) {
            GTEST_SKIP() << "files cannot be made immutable here: " << path_;
        }
        for (int i = 0; i < 3; ++i) {
            const Status refused = put_customer("refused");
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
            EXPECT_THAT(refused.error().message, HasSubstr("attune.db: cannot be written: it is"));
            EXPECT_THAT(refused.error().message, HasSubstr("read-only"));
            // Callers of the service are shown this: no folder of the machine.
            EXPECT_THAT(refused.error().message, testing::Not(HasSubstr(folder_.path().string())));
            EXPECT_EQ(num_customers(), 1U);
        }
    }
    EXPECT_TRUE(put_customer("after"));
    EXPECT_EQ(num_customers(), 2U);
    EXPECT_EQ(database_->revision(), 2U);
}

}  // namespace
}  // namespace attune
