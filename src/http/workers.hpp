#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace attune {

/// What a request may have to wait for.
///
/// The store has one writer, and whoever writes waits for its turn: while an import is stored, for
/// seconds. Every lane but kReading therefore has only so many of the workers (`worker_shares`),
/// and what is more waits in the lane's own queue without holding one. So writes, however many,
/// leave workers to signing in, both leave one to cancelling, and all together one to reading.
enum class Lane {
    kReading,     ///< nothing but snapshots, which are there at once
    kWriting,     ///< the writer
    kSigningIn,   ///< the writer, for a row of a session; and the checks of passwords
    kCancelling,  ///< the writer, which the very job that is to stop may be keeping busy
};

inline constexpr std::size_t kNumLanes = 4;

/// How many workers each lane may hold at once, by Lane. Of the four that writing leaves free,
/// signing in may hold two and cancelling one. With fewer than five workers some lanes share one.
std::array<std::size_t, kNumLanes> worker_shares(std::size_t num_workers);

/// Threads for work that waits, with a queue for each lane that has an end. What came first is
/// begun first, but for what its lane has no worker for.
///
/// @threads  `post` is called from many
class Workers {
 public:
    /// @param max_waiting  in each lane
    Workers(std::size_t num_threads, std::size_t max_waiting);
    /// As `stop`.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// False when the lane's queue is full or it was stopped: `work` will not be done.
    bool post(Lane lane, std::function<void()> work);
    /// Finishes what has begun, drops what waits and takes no more. Calling it again does nothing.
    void stop();

 private:
    struct Waiting {
        std::uint64_t number = 0;  ///< in the order of coming, over all lanes
        std::function<void()> work;
    };
    struct Queue {
        std::size_t share = 1;
        std::size_t num_running = 0;
        std::deque<Waiting> waiting;
    };

    void serve();
    [[nodiscard]] Queue* next_queue();

    std::size_t max_waiting_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::array<Queue, kNumLanes> queues_;
    std::uint64_t num_posted_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace attune
