#include "serving/retention.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "serving/settings.hpp"
#include "support/failing_database.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kMsPerHour = 3'600'000;
constexpr std::int64_t kNowMs = 1'700'000'000'000;

class Retention : public ::testing::Test {
 protected:
    void SetUp() override {
        real_ = open_database("sqlite:" + (folder_.path() / "kept.db").string()).value();
        database_ = std::make_unique<FailingDatabase>(*real_);
    }

    static Config config_with(const std::vector<std::string>& overrides) {
        return Config::load(
                   settings_schema(), {},
                   [](const std::string&) { return std::optional<std::string>(); }, overrides)
            .value();
    }

    /// A sweep by the rules of the configuration, three records a write.
    std::unique_ptr<RetentionSweep> sweep_with(const std::vector<std::string>& overrides) {
        const Config config = config_with(overrides);
        return sweep_by(store_retention_rules(*database_, config));
    }
    std::unique_ptr<RetentionSweep> sweep_by(std::vector<RetentionRule> rules) {
        return std::make_unique<RetentionSweep>(
            std::move(rules), clock_,
            RetentionOptions{std::chrono::milliseconds(1), 3, std::chrono::milliseconds(0)},
            [this](const std::string& line) {
                const std::lock_guard lock(mutex_);
                lines_.push_back(line);
            });
    }

    void put_decision(const std::string& id, std::int64_t age_ms) {
        const Decision decision{
            .id = id, .customer_id = "c", .time = Timestamp{kNowMs - age_ms}, .document = "{}"};
        ASSERT_TRUE(real_->write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.decisions().append({&decision, 1}));
            return {};
        }));
    }
    void put_answer(const std::string& key, std::int64_t age_ms) {
        const IdempotencyRecord record{
            .principal = "account:anna", .key = key, .time = Timestamp{kNowMs - age_ms}};
        ASSERT_TRUE(real_->write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.idempotency().put_if_absent(record, Timestamp{0}));
            return {};
        }));
    }

    std::vector<std::string> decisions() {
        std::vector<std::string> ids;
        EXPECT_TRUE(real_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(const auto found, stores.decisions().list({}));
            for (const Decision& decision : found) ids.push_back(decision.id);
            return {};
        }));
        return ids;
    }
    bool has_answer(const std::string& key) {
        bool found = false;
        EXPECT_TRUE(real_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(const auto answer, stores.idempotency().find("account:anna", key));
            found = answer.has_value();
            return {};
        }));
        return found;
    }

    TemporaryFolder folder_;
    FixedClock clock_{Timestamp{kNowMs}};
    std::unique_ptr<Database> real_;
    std::unique_ptr<FailingDatabase> database_;
    std::mutex mutex_;
    std::vector<std::string> lines_;
};

TEST_F(Retention, RemovesUploadsThatNoImportTookAway) {
    namespace fs = std::filesystem;
    const fs::path uploads = folder_.path() / "uploads";
    const auto sweep = sweep_by({uploads_retention_rule(uploads, config_with({}))});
    sweep->sweep();
    ASSERT_EQ(lines_.size(), 1U);
    EXPECT_THAT(lines_[0], HasSubstr("uploads: cannot be listed"));
    ASSERT_TRUE(fs::create_directory(uploads));
    const auto put = [&](const std::string& name, std::int64_t age_ms) {
        std::ofstream(uploads / name) << "id\n";
        fs::last_write_time(uploads / name, std::chrono::file_clock::from_sys(std::chrono::sys_time(
                                                std::chrono::milliseconds(kNowMs - age_ms))));
    };
    put("kept.csv", 24 * kMsPerHour);
    for (int i = 0; i < 4; ++i) put(fmt::format("old{}.csv", i), 24 * kMsPerHour + 1);
    sweep->sweep();
    EXPECT_TRUE(fs::exists(uploads / "kept.csv"));
    EXPECT_EQ(std::distance(fs::directory_iterator(uploads), fs::directory_iterator()), 1);
    EXPECT_EQ(sweep->num_removed("uploads"), 4U);
}

TEST_F(Retention, KeepsFourHundredDaysOfDecisionsAndADayOfAnswersUnlessToldOtherwise) {
    put_decision("old", 401 * kMsPerDay + 1);
    put_decision("kept", 401 * kMsPerDay);
    put_answer("old", 24 * kMsPerHour + 1);
    put_answer("kept", 24 * kMsPerHour);
    const auto sweep = sweep_with({});
    sweep->sweep();
    EXPECT_THAT(decisions(), ElementsAre("kept"));
    EXPECT_FALSE(has_answer("old"));
    EXPECT_TRUE(has_answer("kept"));
    EXPECT_EQ(sweep->num_removed("idempotency_answers"), 1U);
    EXPECT_EQ(sweep->num_removed("decisions"), 1U);
    EXPECT_EQ(sweep->num_removed("jobs"), 0U);
    ASSERT_EQ(lines_.size(), 2U);
    EXPECT_THAT(lines_[1], HasSubstr("removed 1 decisions of before 2022-10-10"));
}

TEST_F(Retention, GoesByTheClock) {
    put_decision("a", 0);
    const auto sweep = sweep_with({"retention.decisions_days=1"});
    // A day longer, for later decisions may share its document.
    clock_.set(Timestamp{kNowMs + 2 * kMsPerDay});
    sweep->sweep();
    EXPECT_THAT(decisions(), ElementsAre("a"));
    EXPECT_THAT(lines_, IsEmpty());
    clock_.set(Timestamp{kNowMs + 2 * kMsPerDay + 1});
    sweep->sweep();
    EXPECT_THAT(decisions(), IsEmpty());
}

TEST_F(Retention, ZeroKeepsForEver) {
    put_decision("a", 36'000 * kMsPerDay);
    put_answer("k", 36'000 * kMsPerDay);
    const auto sweep = sweep_with({"retention.decisions_days=0", "http.idempotency_h=0"});
    sweep->sweep();
    EXPECT_THAT(decisions(), ElementsAre("a"));
    EXPECT_TRUE(has_answer("k"));
}

TEST_F(Retention, RemovesAllThatIsDueAFewAtATime) {
    std::vector<std::size_t> sizes;
    std::size_t left = 8;
    const auto sweep = sweep_by({{"things", std::chrono::hours(1),
                                  [&](Timestamp time, std::size_t limit) -> Result<std::size_t> {
                                      EXPECT_EQ(time.ms, kNowMs - kMsPerHour);
                                      const std::size_t removed = std::min(left, limit);
                                      left -= removed;
                                      sizes.push_back(removed);
                                      return removed;
                                  }}});
    sweep->sweep();
    EXPECT_THAT(sizes, ElementsAre(3, 3, 2));
    EXPECT_EQ(sweep->num_removed("things"), 8U);
    ASSERT_EQ(lines_.size(), 1U);
    EXPECT_THAT(lines_[0], HasSubstr("removed 8 things"));
}

TEST_F(Retention, WhatCannotBeRemovedIsToldAndLeftToTheNextTime) {
    put_decision("old", 402 * kMsPerDay);
    put_answer("old", 25 * kMsPerHour);
    const auto sweep = sweep_with({});
    database_->set(FailingDatabase::Fails::kAtCommit);
    sweep->sweep();
    EXPECT_THAT(decisions(), ElementsAre("old"));
    EXPECT_EQ(sweep->num_removed("decisions"), 0U);
    ASSERT_EQ(lines_.size(), 2U);
    EXPECT_THAT(lines_[1], HasSubstr("cannot be removed now: the disk is full"));
    database_->set(FailingDatabase::Fails::kNowhere);
    sweep->sweep();
    EXPECT_THAT(decisions(), IsEmpty());
    EXPECT_FALSE(has_answer("old"));
}

TEST_F(Retention, SweepsByItselfUntilItIsStopped) {
    std::atomic<int> num_sweeps{0};
    const auto sweep = sweep_by({{"things", std::chrono::hours(1),
                                  [&](Timestamp, std::size_t limit) -> Result<std::size_t> {
                                      ++num_sweeps;
                                      return limit;  // there is always more
                                  }}});
    sweep->start();
    while (num_sweeps < 3) std::this_thread::yield();
    sweep->stop();
    const int after = num_sweeps;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(num_sweeps, after);
}

}  // namespace
}  // namespace attune
