#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/sql/session.hpp"

namespace attune {

/// The one writer: a thread that does the writes of all others in turn and commits those that
/// wait together as one group, for a commit costs a flush of the disk however much is in it.
///
/// @threads  `run` may be called from many threads
class WriteQueue {
 public:
    /// @param max_waiting  more writes than these are refused
    WriteQueue(std::unique_ptr<SqlSession> session, std::size_t max_waiting);
    /// Finishes what waits.
    ~WriteQueue();
    WriteQueue(const WriteQueue&) = delete;
    WriteQueue& operator=(const WriteQueue&) = delete;

    /// Returns when `work` is durable or undone. @errors those of `work`; kUnavailable: too many
    /// writes wait; kInternal: called from within a write
    Status run(const SqlSession::Work& work);

 private:
    struct Job;

    void serve();
    void run_group();
    Job* next_job();
    void finish(const std::vector<Job*>& jobs, const std::optional<Error>& error);

    std::unique_ptr<SqlSession> session_;
    std::size_t max_waiting_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job*> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace attune
