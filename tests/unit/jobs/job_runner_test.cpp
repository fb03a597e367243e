#include "jobs/job_runner.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "support/failing_database.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// A runner with kinds that do what the tests need.
class Jobs : public testing::Test {
 protected:
    void SetUp() override {
        database_ = open_database("sqlite:" + (folder_.path() / "jobs.db").string()).value();
        failing_ = std::make_unique<FailingDatabase>(*database_);
        start();
    }

    void start() {
        JobRunnerOptions options;
        options.max_waiting = 3;
        options.progress_interval = 1ms;
        options.files_folder = folder_.path() / "files";
        options.publish = [this](const json& job) {
            const std::lock_guard lock(mutex_);
            told_.push_back(job);
        };
        runner_ = JobRunner::start(*failing_, clock_, kinds(), options).value();
    }

    std::vector<JobKind> kinds() {
        return {
            {"count", JobLane::kLight,
             [](const json& parameters, JobContext& context) -> Result<json> {
                 context.progress.begin("counting", 10);
                 for (std::uint64_t i = 1; i <= 10; ++i) context.progress.advance(i);
                 context.progress.end();
                 return json{{"counted", parameters.value("to", 10)}};
             }},
            {"write", JobLane::kLight,
             [](const json&, JobContext& context) -> Result<json> {
                 context.file = context.file_stem.string() + ".txt";
                 std::ofstream(context.file) << "written";
                 return json::object();
             }},
            {"fail", JobLane::kLight,
             [](const json&, JobContext&) -> Result<json> {
                 return fail(ErrorCode::kCorrupt, "it is broken");
             }},
            {"fail on file", JobLane::kLight,
             [](const json&, JobContext& context) -> Result<json> {
                 return fail(ErrorCode::kUnavailable, "{}.csv: cannot be written",
                             context.file_stem.string());
             }},
            {"throw", JobLane::kLight,
             [](const json&, JobContext&) -> Result<json> { throw std::runtime_error("thrown"); }},
            {"nice", JobLane::kHeavy,
             [](const json&, JobContext&) -> Result<json> {
                 return json{{"nice", getpriority(PRIO_PROCESS, 0)}};
             }},
            {"goes on", JobLane::kLight,
             [](const json&, JobContext& context) -> Result<json> {
                 while (!context.progress.cancelled()) std::this_thread::sleep_for(1ms);
                 context.goes_on = true;
                 return json{{"so", "far"}};
             }},
            {"wait", JobLane::kHeavy, [](const json&, JobContext& context) -> Result<json> {
                 context.progress.begin("waiting", 0);
                 while (!context.progress.cancelled()) std::this_thread::sleep_for(1ms);
                 return fail(ErrorCode::kCancelled, "stopped");
             }}};
    }

    Job run(const std::string& kind, json parameters = json::object()) {
        const Job job = runner_->submit(kind, std::move(parameters), "anna").value();
        return runner_->wait(job.id, 20s).value();
    }

    void wait_until_running(const std::string& id) {
        while (runner_->get(id)->state != JobState::kRunning) std::this_thread::sleep_for(1ms);
    }

    TemporaryFolder folder_;
    FixedClock clock_{Timestamp{1'700'000'000'000}};
    std::unique_ptr<Database> database_;
    std::unique_ptr<FailingDatabase> failing_;
    std::mutex mutex_;
    std::vector<json> told_;
    std::unique_ptr<JobRunner> runner_;
};

TEST_F(Jobs, RunAndAreKept) {
    const Job job = run("count", {{"to", 7}});
    EXPECT_EQ(job.state, JobState::kDone);
    EXPECT_EQ(job.created_by, "anna");
    EXPECT_TRUE(job.started_at && job.ended_at);
    EXPECT_EQ(job.result.at("counted"), 7);
    ASSERT_EQ(job.progress.stages.size(), 1U);
    EXPECT_EQ(job.progress.stages[0].done, 10U);
    const json document = to_json(job);
    EXPECT_EQ(document.at("state"), "done");
    EXPECT_EQ(document.at("progress").at("stage"), "counting");
    EXPECT_EQ(document.at("has_file"), false);
    EXPECT_EQ(runner_->list({}).value().size(), 1U);
    EXPECT_TRUE(runner_->active().empty());
    std::vector<std::string> states;
    const std::lock_guard lock(mutex_);
    for (const json& told : told_) states.push_back(told.at("state"));
    EXPECT_EQ(states.front(), "queued");
    EXPECT_EQ(states.back(), "done");
}

TEST_F(Jobs, AreThereAfterARestart) {
    const Job job = run("count", {{"to", 7}});
    runner_.reset();
    start();
    EXPECT_EQ(runner_->get(job.id)->result.at("counted"), 7);
}

TEST_F(Jobs, FailuresAreToldAndEndNothingElse) {
    const Job failed = run("fail");
    EXPECT_EQ(failed.state, JobState::kFailed);
    EXPECT_EQ(failed.error->code, ErrorCode::kCorrupt);
    EXPECT_EQ(to_json(failed).at("error").at("message"), "it is broken");
    EXPECT_EQ(run("fail on file").error->message.find(folder_.path().string()), std::string::npos);
    const Job thrown = run("throw");
    EXPECT_EQ(thrown.state, JobState::kFailed);
    EXPECT_EQ(thrown.error->message, "thrown");
    EXPECT_EQ(run("count").state, JobState::kDone);
    EXPECT_EQ(runner_->submit("dance", {}, "anna").error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(runner_->get("none").error().code, ErrorCode::kNotFound);
}

TEST_F(Jobs, FilesAreFoundAgain) {
    const Job job = run("write");
    const auto file = runner_->file_of(job.id).value();
    std::ifstream stream(file);
    std::string text;
    stream >> text;
    EXPECT_EQ(text, "written");
    std::filesystem::remove(file);
    EXPECT_EQ(runner_->file_of(job.id).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(runner_->file_of(run("count").id).error().code, ErrorCode::kNotFound);
}

TEST_F(Jobs, ArePurgedWithWhatTheyWrote) {
    const Job old = run("write");
    const auto file = runner_->file_of(old.id).value();
    // What a job that failed midway leaves behind, and what is not ours.
    const auto half = folder_.path() / "files" / (old.id + ".half");
    const auto foreign = folder_.path() / "files" / "report.txt";
    std::ofstream(half) << "half";
    std::ofstream(foreign) << "foreign";
    const Timestamp later{clock_.now().ms + 1'000};
    clock_.set(later);
    const Job young = run("write");
    EXPECT_EQ(runner_->purge(clock_.now(), 10), 1U);
    EXPECT_EQ(runner_->get(old.id).error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_FALSE(std::filesystem::exists(half));
    EXPECT_TRUE(std::filesystem::exists(foreign));
    EXPECT_TRUE(runner_->file_of(young.id));
    EXPECT_EQ(runner_->purge(clock_.now(), 10), 0U);
}

TEST_F(Jobs, APurgeTakesTheFirstToEndAndLeavesWhatRuns) {
    const Job running = runner_->submit("wait", json::object(), "anna").value();
    wait_until_running(running.id);
    const Job first = run("count");
    clock_.set(Timestamp{clock_.now().ms + 1});
    const Job second = run("count");
    const Timestamp far{clock_.now().ms + 1'000'000};
    EXPECT_EQ(runner_->purge(far, 1), 1U);
    EXPECT_FALSE(runner_->get(first.id));
    EXPECT_TRUE(runner_->get(second.id));
    EXPECT_EQ(runner_->purge(far, 10), 1U);
    EXPECT_EQ(runner_->get(running.id)->state, JobState::kRunning);
    ASSERT_TRUE(runner_->cancel(running.id));
}

TEST_F(Jobs, HowTheyEndedIsHeldWhileTheStoreTakesNoWrites) {
    const Job running = runner_->submit("wait", json::object(), "anna").value();
    const auto stored_state = [&] {
        std::string state;
        EXPECT_TRUE(database_->read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(const JobRecord record, stores.jobs().get(running.id));
            state = record.state;
            return {};
        }));
        return state;
    };
    const auto wait_until_stored = [&](const std::string& state) {
        const auto give_up = std::chrono::steady_clock::now() + 20s;
        while (stored_state() != state && std::chrono::steady_clock::now() < give_up) {
            std::this_thread::sleep_for(10ms);
        }
        EXPECT_EQ(stored_state(), state);
    };
    // A job runs a moment before the store says so.
    wait_until_stored("running");
    failing_->set(FailingDatabase::Fails::kAtCommit);
    ASSERT_TRUE(runner_->cancel(running.id));
    EXPECT_EQ(runner_->wait(running.id, 20s)->state, JobState::kCancelled);
    EXPECT_EQ(runner_->list({}).value().at(0).state, JobState::kCancelled);
    EXPECT_EQ(runner_->submit("count", {}, "anna").error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(stored_state(), "running");
    failing_->set(FailingDatabase::Fails::kNowhere);
    wait_until_stored("cancelled");
    EXPECT_EQ(run("count").state, JobState::kDone);
}

TEST_F(Jobs, LanesDoNotWaitForEachOtherAndStandBack) {
    EXPECT_EQ(run("nice").result.at("nice"), 10);
    const Job heavy = runner_->submit("wait", json::object(), "anna").value();
    EXPECT_EQ(run("count").state, JobState::kDone);
    EXPECT_EQ(runner_->get(heavy.id)->ended_at, std::nullopt);
    ASSERT_TRUE(runner_->cancel(heavy.id));
    EXPECT_EQ(runner_->wait(heavy.id, 20s)->state, JobState::kCancelled);
    EXPECT_EQ(runner_->cancel(heavy.id).error().code, ErrorCode::kConflict);
}

TEST_F(Jobs, TooManyAreRefusedAndWhatWaitsCanBeCancelled) {
    const Job running = runner_->submit("wait", json::object(), "anna").value();
    wait_until_running(running.id);
    std::vector<Job> waiting;
    for (int i = 0; i < 3; ++i) {
        waiting.push_back(runner_->submit("nice", json::object(), "anna").value());
    }
    EXPECT_EQ(runner_->submit("nice", {}, "anna").error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(runner_->cancel(waiting[1].id)->state, JobState::kCancelled);
    EXPECT_EQ(runner_->get(waiting[0].id)->state, JobState::kQueued);
    ASSERT_TRUE(runner_->cancel(running.id));
    EXPECT_EQ(runner_->wait(waiting[2].id, 20s)->state, JobState::kDone);
    EXPECT_EQ(runner_->get(waiting[1].id)->started_at, std::nullopt);
}

TEST_F(Jobs, WhatGoesOnAfterAStopIsEndedByWhoGoesOnWithIt) {
    const Job begun = runner_->submit("goes on", json::object(), "anna").value();
    wait_until_running(begun.id);
    runner_->stop();
    Job job = runner_->get(begun.id).value();
    EXPECT_EQ(job.state, JobState::kRunning);
    EXPECT_EQ(job.result["so"], "far");
    EXPECT_EQ(told_.back()["state"], "running");
    runner_.reset();
    start();
    job.state = JobState::kDone;
    job.ended_at = clock_.now();
    ASSERT_TRUE(runner_->record(job));
    EXPECT_EQ(told_.back()["id"], begun.id);
    const Job kept = runner_->get(begun.id).value();
    EXPECT_EQ(kept.state, JobState::kDone);
    EXPECT_FALSE(kept.error);
    EXPECT_EQ(runner_->list({.limit = 10})->size(), 1U);
}

TEST_F(Jobs, AStopCancelsAndARestartTellsOfWhatWasInterrupted) {
    const Job running = runner_->submit("wait", json::object(), "anna").value();
    wait_until_running(running.id);
    const Job waiting = runner_->submit("nice", json::object(), "anna").value();
    runner_->stop();
    EXPECT_EQ(runner_->get(running.id)->state, JobState::kCancelled);
    EXPECT_EQ(runner_->get(waiting.id)->state, JobState::kCancelled);
    EXPECT_EQ(runner_->submit("count", {}, "anna").error().code, ErrorCode::kUnavailable);
    runner_.reset();
    // As a program that was killed leaves it.
    Job killed = running;
    killed.id = "killed";
    killed.state = JobState::kRunning;
    killed.ended_at.reset();
    ASSERT_TRUE(
        database_->write([&](Stores& stores) { return stores.jobs().put(to_record(killed)); }));
    start();
    const Job found = runner_->get("killed").value();
    EXPECT_EQ(found.state, JobState::kFailed);
    EXPECT_EQ(found.error->message, "interrupted by a restart");
    EXPECT_TRUE(found.ended_at);
}

}  // namespace
}  // namespace attune
