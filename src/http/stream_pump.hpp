#pragma once

#include <condition_variable>
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
/// @threads  `add` and `wake` may be called from many
/// @source   WHATWG HTML, 9.2 Server-sent events
class StreamPump {
 public:
    StreamPump();
    /// Ends all bodies that are still written.
    ~StreamPump();
    StreamPump(const StreamPump&) = delete;
    StreamPump& operator=(const StreamPump&) = delete;

    void add(std::shared_ptr<BodyWriter> writer, std::shared_ptr<StreamSubscription> subscription);
    /// There is something to write.
    void wake();

 private:
    struct Listener;

    void work();
    static bool serve(const std::shared_ptr<Listener>& listener);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<Listener>> added_;
    bool dirty_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace attune
