#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace attune {

/// Threads for work that waits, with a queue that has an end.
///
/// @threads  `post` is called from many
class Workers {
 public:
    Workers(std::size_t num_threads, std::size_t max_waiting);
    /// As `stop`.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False when the queue is full or it was stopped: `work` will not be done.
    bool post(std::function<void()> work);
    /// Finishes what has begun, drops what waits and takes no more. Calling it again does nothing.
    void stop();

    [[nodiscard]] std::size_t num_waiting() const;

 private:
    void serve();

    std::size_t max_waiting_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace attune
