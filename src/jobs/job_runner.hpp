#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/time_ids.hpp"
#include "jobs/job.hpp"
#include "jobs/job_archive.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Jobs of one lane are done one after the other; lanes do not wait for each other.
enum class JobLane { kHeavy, kLight };

/// What a job's work gets beside its parameters.
struct JobContext {
    const std::string& id;
    Progress& progress;
    /// Where it may write a file for whoever asked for it: this path with an ending of its own.
    std::filesystem::path file_stem;
    std::filesystem::path file;  ///< set by the work to what it wrote; empty: nothing
    /// Set by work that somebody goes on with once the runner has stopped, and that did not fail:
    /// the job is left as running, and whoever goes on with it records its end.
    bool goes_on = false;
};

/// @return what is kept as the job's result, a JSON object
/// @errors kCancelled where progress.cancelled() was obeyed
using JobWork =
    std::function<Result<nlohmann::json>(const nlohmann::json& parameters, JobContext& context)>;

struct JobKind {
    std::string name;
    JobLane lane = JobLane::kLight;
    JobWork work;
};

struct JobRunnerOptions {
    std::size_t max_waiting = 100;  ///< in a lane; more are refused
    int nice = 10;                  ///< how much the threads stand back behind others
    std::chrono::milliseconds progress_interval{200};  ///< between messages of one job
    std::filesystem::path files_folder;
    /// Told of every change of a job, as to_json.
    std::function<void(const nlohmann::json&)> publish = [](const nlohmann::json&) {};
};

/// Does work in the background: queues, progress, cancelling. What became of it is kept in the
/// store (`JobArchive`).
///
/// @threads every member may be called from many threads, but for `start` and `stop`
class JobRunner {
 public:
    /// Jobs that were at work when the program ended last are marked as failed.
    /// @lifetime borrows the database and the clock
    /// @errors those of the store and of making the folder for files
    static Result<std::unique_ptr<JobRunner>> start(Database& database, const Clock& clock,
                                                    std::vector<JobKind> kinds,
                                                    JobRunnerOptions options);
    /// As `stop`.
    ~JobRunner();
    JobRunner(const JobRunner&) = delete;
    JobRunner& operator=(const JobRunner&) = delete;

    /// @errors kInvalidArgument: an unknown kind; kUnavailable: too many wait, or it was stopped;
    ///         those of the store
    Result<Job> submit(const std::string& kind, nlohmann::json parameters,
                       const std::string& created_by);
    /// Takes in a job that has ended and that this store may not know, for it took the place of the
    /// store that does. @errors those of the store
    Status record(const Job& job);
    /// Waits until the job has ended or the time is over, and says how it stands.
    /// @errors kNotFound
    Result<Job> wait(const std::string& id, std::chrono::milliseconds time);

    /// @errors kNotFound
    Result<Job> get(const std::string& id) const;
    /// Newest first. @errors those of the store
    Result<std::vector<Job>> list(const NewestFirst& page) const;
    /// Those that wait or run.
    [[nodiscard]] std::vector<Job> active() const;
    /// Asks the job to stop; one that waits never begins.
    /// @errors kNotFound; kConflict: it has ended already
    Result<Job> cancel(const std::string& id);
    /// What the job wrote. @errors kNotFound: no such job, or it wrote nothing that is still there
    Result<std::filesystem::path> file_of(const std::string& id) const;
    /// Forgets at most `limit` of the jobs that ended before `time`, the first to end first, with
    /// what they wrote; returns how many. @errors those of the store
    Result<std::size_t> purge(Timestamp time, std::size_t limit);

    /// Cancels what runs and waits for it; what waits is marked as cancelled.
    void stop();

 private:
    struct Active;
    class Reporter;

    JobRunner(Database& database, const Clock& clock, std::vector<JobKind> kinds,
              JobRunnerOptions options);
    void work_lane(JobLane lane);
    std::shared_ptr<Active> next_of(JobLane lane);
    void run(Active& active);
    void end(Active& active, JobState state);
    void tell(const Job& job);
    [[nodiscard]] const JobKind* kind_of(const std::string& name) const;

    const Clock& clock_;
    std::vector<JobKind> kinds_;
    JobRunnerOptions options_;
    JobArchive archive_;
    TimeIds ids_{TimeIds::fresh_seed()};

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::shared_ptr<Active>> active_;  ///< that wait or run
    std::map<JobLane, std::deque<std::shared_ptr<Active>>> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace attune
