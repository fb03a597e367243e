#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "serving/answer.hpp"
#include "serving/decision_queue.hpp"
#include "serving/live_stream.hpp"
#include "storage/stores.hpp"

namespace attune {

struct DecisionLogOptions {
    std::size_t max_waiting = 50'000;
    std::size_t per_write = 2'000;
    std::size_t max_waiting_bytes = 128U << 20U;
    std::chrono::milliseconds most_wait_for_room{200};
};

/// Keeps what was recommended. Requests only put an answer into a queue; a thread stores many at a
/// time and publishes them. While the store takes no writes they wait.
///
/// Where it does not keep up and the queue is full, by their number or by their bytes, requests
/// wait a moment for room, so that the thread gets a processor. Where that was in vain, as while an
/// import holds the store's writer, nobody waits until some were stored. What finds no room is
/// lost: it is counted, and an alert says so.
///
/// What was recommended to a customer who is removed before it is stored is left out.
///
/// @threads every member may be called from many threads
class DecisionLog {
 public:
    /// @param alert  told when decisions are lost and when the store refuses them; at most one a
    ///               second
    /// @lifetime borrows the database, the stream and the clock
    DecisionLog(Database& database, LiveStream& stream, const Clock& clock,
                const DecisionLogOptions& options, std::function<void(const std::string&)> alert);
    /// As `stop`.
    ~DecisionLog();
    DecisionLog(const DecisionLog&) = delete;
    DecisionLog& operator=(const DecisionLog&) = delete;

    /// Whether it will be stored; false: the queue is full or the log has stopped, and it is lost.
    /// @cost  waits for room at most `most_wait_for_room`
    bool record(Answer answer);

    /// Waits until what was recorded before is stored, left out or lost.
    /// @errors kUnavailable: the store takes no writes now, and decisions still wait
    Status flush();
    /// Stores what waits, or loses what the store refuses, and records no more.
    void stop();

    [[nodiscard]] std::uint64_t num_written() const { return num_written_.load(); }
    /// Lost: the queue was full, or the store refused them for good.
    [[nodiscard]] std::uint64_t num_lost() const { return num_lost_.load(); }
    /// Left out: their customers were removed.
    [[nodiscard]] std::uint64_t num_left_out() const { return num_left_out_.load(); }
    [[nodiscard]] std::size_t num_waiting() const;

 private:
    /// @pre `mutex_` is locked; it is released meanwhile
    bool push_or_wait(Answer&& answer, std::unique_lock<std::mutex>& lock);
    void work();
    void write(const std::vector<Answer>& answers);
    Status store(const std::vector<Answer>& answers, const std::vector<Decision>& decisions,
                 std::vector<bool>& left_out);
    bool is_stopping() const;
    void wait_for_the_store(const Error& refusal, int num_tries);
    void forget_refusal();
    void publish(const Answer& answer);
    void lose(std::size_t count, const std::string& why);

    Database& database_;
    LiveStream& stream_;
    const Clock& clock_;
    DecisionLogOptions options_;
    std::function<void(const std::string&)> alert_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable idle_;
    std::condition_variable room_;
    DecisionQueue waiting_;
    std::uint64_t num_recorded_ = 0;  ///< that were put into the queue
    std::uint64_t num_handled_ = 0;   ///< of them stored, left out or lost
    std::optional<Error> refusal_;    ///< of the store, which is asked again and again
    int flushing_ = 0;                ///< calls of `flush` that wait
    int num_without_room_ = 0;        ///< calls of `record` that wait
    bool waited_in_vain_ = false;     ///< for room, since some were taken out last
    bool stopping_ = false;
    std::atomic<std::uint64_t> num_written_{0};
    std::atomic<std::uint64_t> num_lost_{0};
    std::atomic<std::uint64_t> num_left_out_{0};
    std::mutex alert_mutex_;
    Timestamp last_alert_{INT64_MIN};
    std::thread thread_;
};

/// The decision behind an answer, as it is stored.
Decision to_decision(const Answer& answer);

}  // namespace attune
