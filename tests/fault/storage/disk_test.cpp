#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "storage/stores.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

/// While it lives no file of this process can grow beyond `num_bytes`: a full disk without one.
class FileSizeLimit {
 public:
    explicit FileSizeLimit(rlim_t num_bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = num_bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
    rlimit before_{};
};

class FullDisk : public ::testing::Test {
 protected:
    void SetUp() override {
        auto opened = open_database("sqlite:" + (folder_.path() / "attune.db").string());
        ASSERT_TRUE(opened) << opened.error().message;
        database_ = std::move(*opened);
        ASSERT_TRUE(put_customers_in_one_write(1, 10));
    }
    void TearDown() override { database_.reset(); }

    /// Customers of about 1,000 bytes each, ids from `first` on.
    Status put_customers_in_one_write(int first, int count) {
        return database_->write(
            [&](Stores& stores) { return put_customers(stores, first, count); });
    }

    static Status put_customers(Stores& stores, int first, int count) {
        std::vector<Customer> customers(static_cast<std::size_t>(count));
        for (Customer& customer : customers) {
            customer.id = "c" + std::to_string(first++);
            customer.location = std::string(1000, 'x');
        }
        ATTUNE_TRY(stores.customers().put(customers));
        return {};
    }

    std::size_t num_customers() {
        std::size_t count = 0;
        const Status status = database_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(count, stores.customers().count());
            return {};
        });
        EXPECT_TRUE(status) << status.error().message;
        return count;
    }

    TemporaryFolder folder_;
    std::unique_ptr<Database> database_;
};

TEST_F(FullDisk, AWriteIsRefusedWholeAndTheNextOneWorks) {
    {
        const FileSizeLimit limit(200'000);
        const Status status = put_customers_in_one_write(100, 3000);
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
        EXPECT_THAT(status.error().message, HasSubstr("attune.db: cannot be written: "));
        EXPECT_EQ(num_customers(), 10U);
        EXPECT_EQ(database_->revision(), 1U);
    }
    const Status status = put_customers_in_one_write(100, 3000);
    EXPECT_TRUE(status) << status.error().message;
    EXPECT_EQ(num_customers(), 3010U);
    EXPECT_EQ(database_->revision(), 2U);
}

TEST_F(FullDisk, AWriteLargerThanItsMemoryIsRefusedMidwayEvenWhenTheWorkGoesOn) {
    {
        const FileSizeLimit limit(2'000'000);
        const Status status = database_->write([&](Stores& stores) -> Status {
            // More than the page cache holds, so that the failure comes before the commit.
            bool failed = false;
            for (int batch = 0; batch < 90 && !failed; ++batch) {
                failed = !put_customers(stores, 100 + batch * 1000, 1000);
            }
            EXPECT_TRUE(failed);
            // Whatever the work does now, nothing of it may be kept.
            EXPECT_FALSE(put_customers(stores, 1, 1));
            EXPECT_FALSE(stores.customers().count());
            return {};
        });
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
    }
    EXPECT_EQ(num_customers(), 10U);
    EXPECT_TRUE(put_customers_in_one_write(100, 10));
    EXPECT_EQ(num_customers(), 20U);
}

/// The failing write and a good one wait for the writer together, so that they share a group; the
/// database may undo all of it. Either way an answer says what is on the disk.
TEST_F(FullDisk, AWriteInTheGroupOfAFailingOneIsAcknowledgedOnlyIfItIsKept) {
    std::atomic<bool> busy{false};
    std::atomic<int> num_asked{0};
    std::thread holder([&] {
        EXPECT_TRUE(database_->write([&](Stores&) -> Status {
            busy = true;
            while (num_asked < 2) std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            return {};
        }));
    });
    while (!busy) std::this_thread::yield();
    const FileSizeLimit limit(2'000'000);
    Status good;
    std::thread small([&] {
        ++num_asked;
        good = put_customers_in_one_write(1'000'000, 1);
    });
    while (num_asked < 1) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::thread large([&] {
        ++num_asked;
        EXPECT_FALSE(database_->write([&](Stores& stores) -> Status {
            for (int batch = 0; batch < 90; ++batch) {
                ATTUNE_TRY(put_customers(stores, 100 + batch * 1000, 1000));
            }
            return {};
        }));
    });
    holder.join();
    small.join();
    large.join();
    if (!good) {
        EXPECT_EQ(good.error().code, ErrorCode::kUnavailable);
    }
    EXPECT_EQ(num_customers(), good ? 11U : 10U);
    EXPECT_EQ(database_->revision(), good ? 2U : 1U);
}

}  // namespace
}  // namespace attune
