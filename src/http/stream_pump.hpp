#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "http/message.hpp"
#include "serving/live_stream.hpp"

namespace attune {

/// Writes the live stream to its listeners as server-sent events: to each one piece at a time, the
/// next when the one before has left, so that a slow listener holds up nobody.
///
/// @threads  `add` and `wake` may be called from many, `stop` from one
/// @source   WHATWG HTML, 9.2 Server-sent events
class StreamPump {
 public:
    struct Times {
        std::chrono::milliseconds beat{15'000};   ///< proxies cut connections silent for longer
        std::chrono::milliseconds check{10'000};  ///< between two looks at who may listen
    };
    /// Whether a listener may still listen; asked on a thread of its own, for it may take long.
    using MayListen = std::function<bool()>;

    StreamPump() : StreamPump(Times{}) {}
    explicit StreamPump(Times times);
    /// As `stop`.
    ~StreamPump();
    StreamPump(const StreamPump&) = delete;
    StreamPump& operator=(const StreamPump&) = delete;

    /// Writes until the subscription ends, the peer is gone or `may_listen` says no.
    void add(std::shared_ptr<BodyWriter> writer, std::shared_ptr<StreamSubscription> subscription,
             MayListen may_listen);
    /// There is something to write.
    void wake();
    /// Ends all bodies that are still written, and those that are added from now on. To be called
    /// before what the writers write to is gone.
    void stop();

 private:
    struct Listener;
    struct Signal;

    void work();
    void check();
    [[nodiscard]] bool serve(const std::shared_ptr<Listener>& listener) const;

    Times times_;
    std::shared_ptr<Signal> signal_;
    std::vector<std::shared_ptr<Listener>> added_;
    std::vector<std::weak_ptr<Listener>> checked_;  ///< of all that are written to
    std::condition_variable stopped_;
    std::thread checker_;
    std::thread writer_;
};

}  // namespace attune
