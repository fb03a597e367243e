#include "storage/sql/write_queue.hpp"

#include <chrono>

namespace attune {
namespace {

// A group ends when it is this old, so that the first write in it does not wait for those that
// keep coming; a flush takes about as long.
constexpr std::chrono::milliseconds kMaxGroupTime{5};
constexpr std::size_t kMaxGroupJobs = 4096;

}  // namespace

struct WriteQueue::Job {
    const SqlSession::Work& work;
    Status status{};
    bool done = false;
    std::condition_variable finished{};
};

WriteQueue::WriteQueue(std::unique_ptr<SqlSession> session, std::size_t max_waiting)
    : session_(std::move(session)), max_waiting_(max_waiting), thread_([this] { serve(); }) {}

WriteQueue::~WriteQueue() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

Status WriteQueue::run(const SqlSession::Work& work) {
    if (std::this_thread::get_id() == thread_.get_id()) {
        return fail(ErrorCode::kInternal, "a write was asked for within a write");
    }
    Job job{.work = work};
    std::unique_lock lock(mutex_);
    if (waiting_.size() >= max_waiting_) {
        return fail(ErrorCode::kUnavailable, "{} writes wait already; try again", waiting_.size());
    }
    waiting_.push_back(&job);
    wake_.notify_one();
    job.finished.wait(lock, [&] { return job.done; });
    return std::move(job.status);
}

void WriteQueue::serve() {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
        }
        run_group();
    }
}

WriteQueue::Job* WriteQueue::next_job() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return nullptr;
    Job* job = waiting_.front();
    waiting_.pop_front();
    return job;
}

void WriteQueue::finish(const std::vector<Job*>& jobs, const std::optional<Error>& error) {
    // Notified under the lock: a job lives on the stack of its waiter, which goes once it wakes.
    const std::lock_guard lock(mutex_);
    for (Job* job : jobs) {
        if (error && job->status) job->status = fail(*error);
        job->done = true;
        job->finished.notify_one();
    }
}

void WriteQueue::run_group() {
    std::vector<Job*> jobs;
    const Status begun = session_->begin_group();
    if (!begun) {
        // All that wait now: each would wait for the same lock again.
        while (Job* job = next_job()) jobs.push_back(job);
        return finish(jobs, begun.error());
    }
    const auto start = std::chrono::steady_clock::now();
    while (jobs.size() < kMaxGroupJobs && !session_->group_error() &&
           std::chrono::steady_clock::now() - start < kMaxGroupTime) {
        Job* job = next_job();
        if (job == nullptr) break;
        jobs.push_back(job);
        job->status = session_->run_job(job->work);
    }
    if (session_->group_error()) return finish(jobs, session_->group_error());
    const Status committed = session_->commit_group();
    finish(jobs, committed ? std::nullopt : std::optional<Error>(committed.error()));
}

}  // namespace attune
