#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <restinio/all.hpp>

#include "http/message.hpp"
#include "http/server.hpp"

namespace attune {

/// Counts the answers that are due, for a stop that waits for them.
class PendingAnswers {
 public:
    /// An answer that is due for as long as this is there.
    class Due {
     public:
        explicit Due(PendingAnswers& pending) : pending_(pending) { pending_.add(); }
        ~Due() { pending_.remove(); }
        Due(const Due&) = delete;
        Due& operator=(const Due&) = delete;

     private:
        PendingAnswers& pending_;
    };

    /// From now on every answer is the last of its connection.
    void start_draining() { draining_ = true; }
    [[nodiscard]] bool draining() const { return draining_; }

    /// Until none is due, at most for `grace`.
    void wait_until_none(std::chrono::milliseconds grace);

 private:
    void add();
    void remove();

    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
    std::atomic<bool> draining_{false};
};

/// RESTinio's request in the service's own form; the views point into it, and it is kept.
HttpRequest to_http_request(const restinio::request_handle_t& request, bool secure);

/// Writes the answer to a request. A responder that is dropped unused answers 500, or 503 when the
/// server drains.
Responder make_responder(restinio::request_handle_t request, PendingAnswers& pending);

}  // namespace attune
