#include "serving/watched_database.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "support/failing_database.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
using Fails = FailingDatabase::Fails;

class WatchedStore : public ::testing::Test {
 protected:
    void SetUp() override {
        real_ = open_database("sqlite:" + (folder_.path() / "watched.db").string()).value();
        auto failing = std::make_unique<FailingDatabase>(*real_);
        failing_ = failing.get();
        watched_ = std::make_unique<WatchedDatabase>(std::move(failing),
                                                     WatchedDatabase::Options{1ms, 1ms});
    }
    void start() {
        watched_->start([this](const std::string& text) {
            const std::lock_guard lock(mutex_);
            told_.push_back(text);
        });
    }
    Status write() {
        return watched_->write([](Stores& stores) { return stores.secrets().put("a", "b"); });
    }
    std::vector<std::string> told() {
        const std::lock_guard lock(mutex_);
        return told_;
    }
    /// Whether it comes to be so within the time that it takes at the very most.
    static bool comes_to_be(const std::function<bool()>& so) {
        const auto give_up = std::chrono::steady_clock::now() + 20s;
        while (!so() && std::chrono::steady_clock::now() < give_up) {
            std::this_thread::sleep_for(1ms);
        }
        return so();
    }

    TemporaryFolder folder_;
    std::unique_ptr<Database> real_;
    FailingDatabase* failing_ = nullptr;
    std::unique_ptr<WatchedDatabase> watched_;
    std::mutex mutex_;
    std::vector<std::string> told_;
};

TEST_F(WatchedStore, NoticesARefusedWriteAtOnceAndNoOtherFailure) {
    EXPECT_TRUE(write());
    EXPECT_FALSE(watched_->write([](Stores&) { return Status(fail(ErrorCode::kConflict, "no")); }));
    EXPECT_EQ(watched_->refusal(), std::nullopt);
    failing_->set(Fails::kAtCommit);
    EXPECT_EQ(write().error().code, ErrorCode::kUnavailable);
    ASSERT_TRUE(watched_->refusal());
    EXPECT_EQ(watched_->refusal()->message, "the disk is full");
    // What changes nothing succeeds on a full disk too: it is no sign.
    failing_->set(Fails::kNowhere);
    EXPECT_TRUE(watched_->write([](Stores&) { return Status(); }));
    EXPECT_TRUE(watched_->refusal());
}

TEST_F(WatchedStore, FindsOutByItselfThatWritesWorkAgain) {
    start();
    failing_->set(Fails::kBeforeWork);
    EXPECT_FALSE(write());
    EXPECT_TRUE(comes_to_be([&] { return told().size() == 1; }));
    EXPECT_TRUE(watched_->refusal());
    failing_->set(Fails::kNowhere);
    EXPECT_TRUE(comes_to_be([&] { return !watched_->refusal(); }));
    EXPECT_TRUE(comes_to_be([&] { return told().size() == 2; }));
    watched_->stop();
    EXPECT_THAT(told(), ElementsAre(HasSubstr("takes no writes: the disk is full"),
                                    HasSubstr("takes writes again")));
}

TEST_F(WatchedStore, FindsOutWithoutAnybodyWriting) {
    start();
    failing_->set(Fails::kAtCommit);
    EXPECT_TRUE(comes_to_be([&] { return watched_->refusal().has_value(); }));
    watched_->stop();
}

TEST_F(WatchedStore, ReadsGoOnAndItsOwnWritesAreNoChangeOfTheData) {
    start();
    const std::uint64_t revision = watched_->revision().value();
    failing_->set(Fails::kAtCommit);
    EXPECT_TRUE(comes_to_be([&] { return watched_->refusal().has_value(); }));
    EXPECT_TRUE(watched_->read([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.customers().count());
        return {};
    }));
    failing_->set(Fails::kNowhere);
    EXPECT_TRUE(comes_to_be([&] { return !watched_->refusal(); }));
    EXPECT_EQ(watched_->revision(), revision);
}

TEST_F(WatchedStore, NoticesAReadThatFailsAndFindsOutThatReadsWorkAgain) {
    const auto count = [](Stores& stores) -> Status {
        ATTUNE_TRY(stores.customers().count());
        return {};
    };
    EXPECT_TRUE(watched_->read(count));
    EXPECT_FALSE(watched_->read([](Stores&) { return Status(fail(ErrorCode::kNotFound, "no")); }));
    EXPECT_EQ(watched_->read_failure(), std::nullopt);
    failing_->fail_reads(1'000'000);
    EXPECT_EQ(watched_->read(count).error().code, ErrorCode::kUnavailable);
    ASSERT_TRUE(watched_->read_failure());
    EXPECT_EQ(watched_->read_failure()->message, "the disk is gone");
    EXPECT_EQ(watched_->refusal(), std::nullopt);
    start();
    failing_->fail_reads(0);
    EXPECT_TRUE(comes_to_be([&] { return !watched_->read_failure(); }));
    failing_->fail_reads(1'000'000);  // without anybody reading
    EXPECT_TRUE(comes_to_be([&] { return watched_->read_failure().has_value(); }));
    watched_->stop();
}

}  // namespace
}  // namespace attune
