#pragma once

#include <restinio/all.hpp>
#include <string>

#include "http/refusal.hpp"
#include "http/server.hpp"

namespace attune {

/// What RESTinio tells: errors are remarks, and say with what a connection is refused.
class ConnectionLogger {
 public:
    explicit ConnectionLogger(ConnectionLog log = {}) : log_(std::move(log)) {}

    template <typename Message>
    void trace(const Message&) {}
    template <typename Message>
    void info(const Message&) {}
    template <typename Message>
    void warn(const Message& message) {
        if (log_) log_(message());
    }
    template <typename Message>
    void error(const Message& message) {
        const std::string text = message();
        PendingRefusal::note(text);
        if (log_) log_(text);
    }

 private:
    ConnectionLog log_;
};

}  // namespace attune
