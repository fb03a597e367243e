#include "serving/restore_desk.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class AtTheRestoreDesk : public testing::Test {
 protected:
    /// As a service does: looks until something is asked for, and answers it.
    RestoreRequest serve_one(const Status& outcome) {
        for (;;) {
            if (const auto request = desk_.take()) {
                EXPECT_TRUE(desk_.answer(*request, outcome));
                return *request;
            }
            std::this_thread::sleep_for(1ms);
        }
    }
    HandOver hand_over(PutAside earlier = PutAside::kKeep) {
        return hand_over_restore(database_, {.source = "copy.db", .earlier = earlier}, times_,
                                 progress_);
    }

    TemporaryFolder folder_;
    std::filesystem::path database_ = folder_ / "attune.db";
    RestoreDesk desk_{database_};
    HandOverTimes times_{.until_taken = 20s, .until_done = 20s};
    NullProgress progress_;
};

TEST_F(AtTheRestoreDesk, AJobIsTakenOnOnce) {
    EXPECT_FALSE(desk_.take());
    desk_.ask({"a backup", PutAside::kDrop, "job-2", "job-1"});
    const auto request = desk_.take();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->job, "job-2");
    EXPECT_EQ(request->backup_job, "job-1");
    EXPECT_EQ(request->earlier, PutAside::kDrop);
    EXPECT_FALSE(desk_.take());
    EXPECT_FALSE(desk_.withdraw()) << "it is at work";
    desk_.ask({"another"});
    EXPECT_TRUE(desk_.withdraw());
    EXPECT_FALSE(desk_.take());
}

TEST_F(AtTheRestoreDesk, AProgramBesideTheServiceIsTold) {
    RestoreRequest seen;
    std::thread service([&] { seen = serve_one({}); });
    const auto [taken, done] = hand_over(PutAside::kDrop);
    service.join();
    EXPECT_TRUE(taken);
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(seen.source, "copy.db");
    EXPECT_EQ(seen.earlier, PutAside::kDrop);
    EXPECT_TRUE(seen.job.empty());
    EXPECT_EQ(folder_.num_files(), 0U);
}

TEST_F(AtTheRestoreDesk, AProgramIsToldWhyNot) {
    std::thread service([&] { serve_one(fail(ErrorCode::kCorrupt, "it cannot be served")); });
    const auto [taken, done] = hand_over();
    service.join();
    ASSERT_FALSE(done);
    EXPECT_TRUE(taken);
    EXPECT_EQ(done.error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(done.error().message, "it cannot be served");
}

TEST_F(AtTheRestoreDesk, NobodyTakesARequestThatWasGivenUp) {
    times_.until_taken = 20ms;
    const auto [taken, late] = hand_over();
    ASSERT_FALSE(late);
    EXPECT_FALSE(taken);
    EXPECT_EQ(late.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(late.error().message, HasSubstr("attune.db"));
    EXPECT_FALSE(desk_.take());
    EXPECT_EQ(folder_.num_files(), 0U);
}

TEST_F(AtTheRestoreDesk, AServiceThatTakesItAndNeverAnswersIsNotWaitedForForEver) {
    times_.until_done = 100ms;
    std::thread service([&] {
        while (!desk_.take()) std::this_thread::sleep_for(1ms);
    });
    const auto [taken, done] = hand_over();
    service.join();
    ASSERT_FALSE(done);
    EXPECT_TRUE(taken);
    EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(done.error().message, HasSubstr("its log"));
}

TEST_F(AtTheRestoreDesk, WhatWasAskedForBeforeTheStartIsRefused) {
    HandOver told;
    std::thread program([&] { told = hand_over(); });
    while (!std::filesystem::exists(database_.string() + ".restore-request")) {
        std::this_thread::sleep_for(1ms);
    }
    desk_.refuse_earlier();
    program.join();
    EXPECT_FALSE(desk_.take());
    EXPECT_FALSE(told.taken);
    ASSERT_FALSE(told.outcome);
    EXPECT_EQ(told.outcome.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(told.outcome.error().message, HasSubstr("again"));
    desk_.refuse_earlier();
    EXPECT_EQ(folder_.num_files(), 0U) << "nobody asked";
}

TEST_F(AtTheRestoreDesk, OneRestoreIsMadeAtATime) {
    {
        const auto first = lock_restore(database_);
        ASSERT_TRUE(first);
        const auto second = lock_restore(database_);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, ErrorCode::kConflict);
        EXPECT_THAT(second.error().message, HasSubstr("another restore"));
    }
    EXPECT_TRUE(lock_restore(database_));
}

TEST_F(AtTheRestoreDesk, WhatIsNotBegunIsRefusedToWhoAsked) {
    desk_.ask({"a backup", PutAside::kKeep, "job-2", "job-1"});
    const auto request = desk_.take();
    EXPECT_FALSE(desk_.refusal("job-2"));
    desk_.refuse(*request, {ErrorCode::kInvalidArgument, "no certificate"});
    EXPECT_FALSE(desk_.refusal("job-1"));
    EXPECT_EQ(desk_.refusal("job-2")->message, "no certificate");
    EXPECT_FALSE(desk_.refusal("job-2"));
    std::thread service([&] {
        for (;;) {
            std::this_thread::sleep_for(1ms);
            const auto asked = desk_.take();
            if (asked) return desk_.refuse(*asked, {ErrorCode::kInvalidArgument, "no key"});
        }
    });
    const auto [taken, done] = hand_over();
    service.join();
    EXPECT_FALSE(taken);
    EXPECT_EQ(done.error().message, "no key");
}

TEST_F(AtTheRestoreDesk, WhatIsNoRequestIsRefused) {
    std::ofstream(database_.string() + ".restore-request") << "something else";
    EXPECT_FALSE(desk_.take());
    EXPECT_FALSE(std::filesystem::exists(database_.string() + ".restore-request"));
    EXPECT_TRUE(std::filesystem::exists(database_.string() + ".restore-answer"));
}

}  // namespace
}  // namespace attune
