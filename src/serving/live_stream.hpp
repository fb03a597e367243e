#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace attune {

enum class StreamKind { kEvent, kDecision, kJob, kAlert };
inline constexpr std::size_t kNumStreamKinds = 4;

std::string_view stream_kind_name(StreamKind kind);  ///< "event", "decision", "job", "alert"
/// @errors kInvalidArgument lists the kinds
Result<StreamKind> parse_stream_kind(std::string_view text);

/// Which kinds somebody wants.
class StreamKinds {
 public:
    static StreamKinds all();
    void add(StreamKind kind) { bits_ |= bit(kind); }
    [[nodiscard]] bool contains(StreamKind kind) const { return (bits_ & bit(kind)) != 0; }
    [[nodiscard]] bool empty() const { return bits_ == 0; }

 private:
    static unsigned bit(StreamKind kind) { return 1U << static_cast<unsigned>(kind); }
    unsigned bits_ = 0;
};

struct StreamMessage {
    std::uint64_t id = 0;  ///< grows by 1; later runs of the program go on above earlier ones
    StreamKind kind = StreamKind::kEvent;
    std::string data;  ///< JSON in one line
};
using StreamMessages = std::vector<std::shared_ptr<const StreamMessage>>;

struct LiveStreamOptions {
    // The latest messages are kept for those who come back.
    std::size_t ring_messages = 10'000;  ///< as many events, and as many decisions
    std::size_t ring_jobs = 1'000;
    std::size_t ring_alerts = 1'000;
    std::size_t max_waiting_messages = 5'000;  ///< of one subscriber, before it is dropped
    std::size_t max_subscribers = 1'000;
    std::uint64_t first_id =
        1;  ///< above those of earlier runs: milliseconds since 1970 times 1000
};

class StreamSubscription;

/// What happens, told to whoever listens: a ring of the latest messages of each kind, so that many
/// of one kind push out none of another, out of which each subscriber takes in the order of their
/// ids and at its own pace. Nobody is waited for: a subscriber that falls too far behind is
/// dropped.
///
/// @threads  every member may be called from many threads
/// @cost     publish: O(subscribers), and no copy of the message for any of them
class LiveStream {
 public:
    explicit LiveStream(const LiveStreamOptions& options);
    ~LiveStream();
    LiveStream(const LiveStream&) = delete;
    LiveStream& operator=(const LiveStream&) = delete;

    void publish(StreamKind kind, std::string json);

    struct Wish {
        StreamKinds kinds = StreamKinds::all();
        /// Everything after this message; none: what comes from now on.
        std::optional<std::uint64_t> after;
        /// Called when the first message waits or the subscription ends, by the thread that
        /// published it; must return at once and not call back into the stream.
        std::function<void()> wake;
    };
    /// @errors kUnavailable: too many subscribers, or the stream is closed
    Result<std::shared_ptr<StreamSubscription>> subscribe(Wish wish);

    /// The newest messages of a kind, newest first.
    [[nodiscard]] StreamMessages latest(StreamKind kind, std::size_t limit) const;
    [[nodiscard]] std::uint64_t last_id() const;
    [[nodiscard]] std::uint64_t num_dropped() const;  ///< subscribers that were too slow
    [[nodiscard]] std::size_t num_subscribers() const;

    /// Ends every subscription; nobody can subscribe any more.
    void close();

 private:
    friend class StreamSubscription;
    struct Hub;
    std::shared_ptr<Hub> hub_;
};

/// One listener. Ends when it is destroyed, when it was too slow, or when the stream is closed.
/// @threads  every member may be called from many threads
class StreamSubscription {
 public:
    ~StreamSubscription();
    StreamSubscription(const StreamSubscription&) = delete;
    StreamSubscription& operator=(const StreamSubscription&) = delete;

    /// At most `limit` of the messages that wait, oldest first; never blocks.
    StreamMessages take(std::size_t limit);
    /// Waits until a message waits or the subscription ends; false: neither happened in time.
    bool wait(std::chrono::milliseconds time);
    /// No message will come any more; what waits can still be taken, unless it was too slow.
    [[nodiscard]] bool ended() const;
    /// Of its kinds, messages after the one it asked to go on after are not kept any more: they
    /// were missed.
    [[nodiscard]] bool must_reset() const { return must_reset_; }

 private:
    friend class LiveStream;
    struct Seat;
    StreamSubscription(std::shared_ptr<LiveStream::Hub> hub, std::shared_ptr<Seat> seat,
                       bool must_reset);

    std::shared_ptr<LiveStream::Hub> hub_;
    std::shared_ptr<Seat> seat_;
    bool must_reset_ = false;
};

}  // namespace attune
