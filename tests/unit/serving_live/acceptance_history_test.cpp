#include "serving/acceptance_history.hpp"

#include <gtest/gtest.h>

#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

class AcceptanceOfDays : public ::testing::Test {
 protected:
    void SetUp() override {
        database_ = open_database("sqlite:" + (folder_.path() / "a.db").string()).value();
        ASSERT_TRUE(fill_planted_store(*database_, {}));
    }

    /// The day of `now` is 0.
    [[nodiscard]] Timestamp time_of(std::int64_t day) const { return {kNow.ms + day * kMsPerDay}; }

    void show(std::int64_t day, std::size_t count) {
        ASSERT_TRUE(database_->write([&](Stores& stores) -> Status {
            for (std::size_t i = 0; i < count; ++i) {
                const Decision decision{.id = fmt::format("d{}", ++num_made_),
                                        .customer_id = "c001",
                                        .time = time_of(day)};
                ATTUNE_TRY(stores.decisions().append({&decision, 1}));
            }
            return {};
        }));
    }

    void accept(const std::string& decision_id, std::int64_t day) {
        Event event;
        event.id = fmt::format("e{}", ++num_made_);
        event.customer_id = "c001";
        event.product_id = "p01";
        event.type = EventType::kPurchase;
        event.time = time_of(day);
        event.context = "decision:" + decision_id;
        ASSERT_TRUE(database_->write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.events().append({&event, 1}));
            return {};
        }));
    }

    DayOfAcceptance day_of(AcceptanceHistory& history, Timestamp now, std::int64_t day) {
        const auto days = history.until(now);
        EXPECT_TRUE(days) << days.error().message;
        if (!days || days->size() != AcceptanceHistory::kNumDays) return {};
        return days->at(static_cast<std::size_t>(29 + day));
    }

    static constexpr Timestamp kNow{20'000 * kMsPerDay + kMsPerDay / 2};
    TemporaryFolder folder_;
    std::unique_ptr<Database> database_;
    std::size_t num_made_ = 0;
};

TEST_F(AcceptanceOfDays, HasThirtyDaysEachDecisionAcceptedOnce) {
    show(0, 3);
    show(-1, 2);
    show(-29, 4);
    show(-30, 5);
    accept("a", 0);
    accept("b", -1);
    accept("b", 0);  // counts today, not yesterday
    accept("c", -29);
    accept("d", -30);
    AcceptanceHistory history(*database_);
    const auto days = history.until(kNow);
    ASSERT_TRUE(days) << days.error().message;
    ASSERT_EQ(days->size(), 30U);
    const Timestamp midnight{20'000 * kMsPerDay};
    EXPECT_EQ(days->at(29), (DayOfAcceptance{midnight, 3, 2}));
    EXPECT_EQ(days->at(28), (DayOfAcceptance{add_days(midnight, -1), 2, 0}));
    EXPECT_EQ(days->at(27), (DayOfAcceptance{add_days(midnight, -2), 0, 0}));
    EXPECT_EQ(days->at(0), (DayOfAcceptance{add_days(midnight, -29), 4, 1}));
}

TEST_F(AcceptanceOfDays, KeepsDaysThatAreOverForAMinuteAndNeverToday) {
    AcceptanceHistory history(*database_);
    EXPECT_EQ(day_of(history, kNow, 0).shown, 0U);
    show(0, 1);
    show(-1, 1);
    accept("a", 0);
    const Timestamp soon{kNow.ms + AcceptanceHistory::kKeptMs - 1};
    EXPECT_EQ(day_of(history, soon, 0).shown, 1U);
    EXPECT_EQ(day_of(history, soon, 0).accepted, 1U);
    EXPECT_EQ(day_of(history, soon, -1).shown, 0U);
    EXPECT_EQ(day_of(history, {soon.ms + 1}, -1).shown, 1U);
    // A clock that was put back does not keep them for longer.
    show(-1, 1);
    EXPECT_EQ(day_of(history, kNow, -1).shown, 2U);
}

TEST_F(AcceptanceOfDays, BeginsAnewAtMidnight) {
    AcceptanceHistory history(*database_);
    const Timestamp last{20'001 * kMsPerDay - 1};
    show(0, 1);
    EXPECT_EQ(day_of(history, last, 0).shown, 1U);
    show(0, 1);
    EXPECT_EQ(day_of(history, {last.ms + 1}, 0).shown, 0U);
    EXPECT_EQ(day_of(history, {last.ms + 1}, -1).shown, 2U);
}

}  // namespace
}  // namespace attune
