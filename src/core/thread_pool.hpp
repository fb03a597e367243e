#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace attune {

/// A fixed set of threads for data-parallel loops.
///
/// @threads  `parallel_for` may be called from several threads: the calls take turns.
///           It must not be called from inside its own body.
class ThreadPool {
 public:
    /// @param num_threads  0 takes the number of processors
    explicit ThreadPool(std::size_t num_threads = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] std::size_t num_threads() const { return workers_.size() + 1; }

    /// Calls `body(begin, end, thread)` on consecutive chunks of at most `chunk` positions that
    /// cover [0, count), handed out dynamically; `thread` < num_threads() names the caller's slot,
    /// for scratch memory. Returns when all is done. The first exception of a body is rethrown.
    void parallel_for(std::size_t count, std::size_t chunk,
                      const std::function<void(std::size_t, std::size_t, std::size_t)>& body);

 private:
    struct Loop;

    void work(std::size_t thread);
    static void run_chunks(Loop& loop, std::size_t thread);

    std::vector<std::thread> workers_;
    std::mutex turn_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    Loop* loop_ = nullptr;
    std::size_t generation_ = 0;
    std::size_t running_ = 0;
    bool stopping_ = false;
};

}  // namespace attune
