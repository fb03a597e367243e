#include "jobs/job_runner.hpp"

#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/file_error.hpp"

namespace attune {
namespace {

constexpr std::array kLanes{JobLane::kHeavy, JobLane::kLight};
constexpr std::size_t kMostParameterBytes = 1 << 20;
constexpr std::chrono::seconds kBetweenTriesToStore{1};

/// Makes the calling thread, and those that it starts, stand back.
void stand_back(int nice) {
    // Only a thread's own id works here: Linux keeps the value by thread. Failing is no harm.
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
}

}  // namespace

/// A job that waits or runs. `job` is guarded by the runner's mutex.
struct JobRunner::Active {
    Job job;
    std::atomic<bool> cancelled{false};
};

/// Puts progress into the job and tells of it, but not too often.
class JobRunner::Reporter final : public Progress {
 public:
    Reporter(JobRunner& runner, Active& active) : runner_(runner), active_(active) {}

    void begin(std::string_view stage, std::uint64_t total) override {
        {
            const std::lock_guard lock(runner_.mutex_);
            auto& stages = active_.job.progress.stages;
            if (stages.size() == JobProgress::kMostStages) stages.erase(stages.begin());
            stages.push_back({std::string(stage), 0, total});
        }
        tell_soon();
    }
    void advance(std::uint64_t done) override {
        {
            const std::lock_guard lock(runner_.mutex_);
            auto& stages = active_.job.progress.stages;
            if (!stages.empty()) stages.back().done = done;
        }
        tell_soon();
    }
    void end() override {
        const std::lock_guard lock(runner_.mutex_);
        auto& stages = active_.job.progress.stages;
        if (!stages.empty()) stages.back().done = stages.back().total;
    }
    [[nodiscard]] bool cancelled() const override { return active_.cancelled.load(); }

 private:
    void tell_soon() {
        const auto now = std::chrono::steady_clock::now();
        if (now - last_ < runner_.options_.progress_interval) return;
        last_ = now;
        Job job;
        {
            const std::lock_guard lock(runner_.mutex_);
            job = active_.job;
        }
        runner_.tell(job);
    }

    JobRunner& runner_;
    Active& active_;
    std::chrono::steady_clock::time_point last_{};
};

JobRunner::JobRunner(Database& database, const Clock& clock, std::vector<JobKind> kinds,
                     JobRunnerOptions options)
    : clock_(clock),
      kinds_(std::move(kinds)),
      options_(std::move(options)),
      archive_(database, clock, options_.files_folder) {}

JobRunner::~JobRunner() {
    stop();
}

Result<std::unique_ptr<JobRunner>> JobRunner::start(Database& database, const Clock& clock,
                                                    std::vector<JobKind> kinds,
                                                    JobRunnerOptions options) {
    std::error_code error;
    std::filesystem::create_directories(options.files_folder, error);
    if (error) {
        return fail(file_error_code(error.value()), "{}: cannot be made: {}",
                    options.files_folder.string(), error.message());
    }
    std::unique_ptr<JobRunner> runner(
        new JobRunner(database, clock, std::move(kinds), std::move(options)));
    ATTUNE_TRY(runner->archive_.fail_interrupted());
    JobRunner* const self = runner.get();
    for (const JobLane lane : kLanes) {
        runner->waiting_[lane];
        runner->threads_.emplace_back([self, lane] { self->work_lane(lane); });
    }
    return runner;
}

void JobRunner::tell(const Job& job) {
    options_.publish(to_json(job));
}

const JobKind* JobRunner::kind_of(const std::string& name) const {
    const auto found = std::find_if(kinds_.begin(), kinds_.end(),
                                    [&](const JobKind& kind) { return kind.name == name; });
    return found == kinds_.end() ? nullptr : &*found;
}

Result<Job> JobRunner::submit(const std::string& kind, nlohmann::json parameters,
                              const std::string& created_by) {
    const JobKind* const known = kind_of(kind);
    if (known == nullptr) {
        std::vector<std::string> names;
        for (const JobKind& one : kinds_) names.push_back(one.name);
        return fail(ErrorCode::kInvalidArgument, "there are no jobs of the kind '{}'; there are {}",
                    kind.substr(0, 64), fmt::join(names, ", "));
    }
    if (parameters.dump().size() > kMostParameterBytes) {
        return fail(ErrorCode::kLimitExceeded, "the parameters of a job take at most {} bytes",
                    kMostParameterBytes);
    }
    auto active = std::make_shared<Active>();
    active->job.id = ids_.next(clock_.now());
    active->job.kind = kind;
    active->job.created_by = created_by;
    active->job.created_at = clock_.now();
    active->job.parameters = std::move(parameters);
    const Job job = active->job;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return fail(ErrorCode::kUnavailable, "the service is stopping");
        if (waiting_[known->lane].size() >= options_.max_waiting) {
            return fail(ErrorCode::kUnavailable,
                        "{} jobs wait already (jobs.max_waiting); try again later",
                        options_.max_waiting);
        }
    }
    // Kept and told before it can begin, so that its end is never overwritten by its beginning.
    ATTUNE_TRY(archive_.keep(job));
    tell(job);
    {
        const std::lock_guard lock(mutex_);
        active_[job.id] = active;
        waiting_[known->lane].push_back(std::move(active));
    }
    changed_.notify_all();
    return job;
}

/// The next job of the lane, marked as running unless it was cancelled; none: the runner stops.
std::shared_ptr<JobRunner::Active> JobRunner::next_of(JobLane lane) {
    std::unique_lock lock(mutex_);
    auto& waiting = waiting_[lane];
    const auto something_to_do = [&] { return stopping_ || !waiting.empty(); };
    while (!something_to_do()) {
        if (!archive_.holds_some()) {
            changed_.wait(lock);
        } else if (!changed_.wait_for(lock, kBetweenTriesToStore, something_to_do)) {
            lock.unlock();
            archive_.store_held();
            lock.lock();
        }
    }
    if (waiting.empty()) return nullptr;
    std::shared_ptr<Active> next = std::move(waiting.front());
    waiting.pop_front();
    // Whatever was cancelled while it waited never begins.
    if (!stopping_ && !next->cancelled.load()) {
        next->job.state = JobState::kRunning;
        next->job.started_at = clock_.now();
    }
    return next;
}

void JobRunner::work_lane(JobLane lane) {
    stand_back(options_.nice);
    while (const std::shared_ptr<Active> next = next_of(lane)) {
        if (next->job.state == JobState::kRunning) {
            run(*next);
        } else {
            end(*next, JobState::kCancelled);
        }
    }
}

void JobRunner::run(Active& active) {
    Job job;
    {
        const std::lock_guard lock(mutex_);
        job = active.job;
    }
    // What is kept of a job's beginning is only for the next start; its end is told again.
    (void)archive_.keep(job);
    tell(job);
    Reporter reporter(*this, active);
    JobContext context{job.id, reporter, options_.files_folder / job.id, {}};
    Result<nlohmann::json> result = [&]() -> Result<nlohmann::json> {
        try {
            return kind_of(job.kind)->work(job.parameters, context);
        } catch (const std::exception& error) {
            return fail(ErrorCode::kInternal, "{}", error.what());
        }
    }();
    JobState state = JobState::kDone;
    {
        const std::lock_guard lock(mutex_);
        if (result) {
            active.job.result = std::move(*result);
            active.job.file = context.file.filename().string();
            if (context.goes_on) return;
        } else {
            state = result.error().code == ErrorCode::kCancelled ? JobState::kCancelled
                                                                 : JobState::kFailed;
            active.job.error = result.error().calling(options_.files_folder.string() + "/", "");
        }
    }
    end(active, state);
}

void JobRunner::end(Active& active, JobState state) {
    Job job;
    {
        const std::lock_guard lock(mutex_);
        active.job.state = state;
        active.job.ended_at = clock_.now();
        job = active.job;
    }
    // What the store refuses is held, and stored later.
    (void)archive_.keep_end(job);
    tell(job);
    {
        const std::lock_guard lock(mutex_);
        active_.erase(job.id);
    }
    changed_.notify_all();
}

Status JobRunner::record(const Job& job) {
    ATTUNE_TRY(archive_.keep(job));
    tell(job);
    return {};
}

Result<Job> JobRunner::wait(const std::string& id, std::chrono::milliseconds time) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, time, [&] { return !active_.contains(id); });
    }
    return get(id);
}

Result<Job> JobRunner::get(const std::string& id) const {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = active_.find(id); found != active_.end()) return found->second->job;
    }
    return archive_.get(id);
}

Result<std::vector<Job>> JobRunner::list(const NewestFirst& page) const {
    ATTUNE_ASSIGN(std::vector<Job> jobs, archive_.list(page));
    const std::lock_guard lock(mutex_);
    for (Job& job : jobs) {
        const auto found = active_.find(job.id);
        if (found != active_.end()) job = found->second->job;
    }
    return jobs;
}

std::vector<Job> JobRunner::active() const {
    const std::lock_guard lock(mutex_);
    std::vector<Job> jobs;
    for (const auto& [id, active] : active_) jobs.push_back(active->job);
    return jobs;
}

Result<Job> JobRunner::cancel(const std::string& id) {
    std::shared_ptr<Active> active;
    bool waited = false;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = active_.find(id); found != active_.end()) {
            active = found->second;
            active->cancelled.store(true);
            auto& waiting = waiting_[kind_of(active->job.kind)->lane];
            waited = std::erase(waiting, active) > 0;
        }
    }
    if (waited) end(*active, JobState::kCancelled);
    if (active) return get(id);
    ATTUNE_ASSIGN(const Job job, get(id));
    return fail(ErrorCode::kConflict, "job {} has ended already: {}", id,
                job_state_name(job.state));
}

Result<std::filesystem::path> JobRunner::file_of(const std::string& id) const {
    ATTUNE_ASSIGN(const Job job, get(id));
    const std::filesystem::path path = options_.files_folder / job.file;
    std::error_code ignored;
    if (job.file.empty() || !std::filesystem::is_regular_file(path, ignored)) {
        return fail(ErrorCode::kNotFound, "job {} has no file", id);
    }
    return path;
}

Result<std::size_t> JobRunner::purge(Timestamp time, std::size_t limit) {
    return archive_.purge(time, limit);
}

void JobRunner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const auto& [id, active] : active_) active->cancelled.store(true);
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    archive_.store_held();
}

}  // namespace attune
