#pragma once

#include <map>
#include <mutex>
#include <restinio/all.hpp>
#include <string>
#include <unordered_map>

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

/// Counts the connections of each address, and refuses more than a limit when they are accepted.
class AddressLimit {
 public:
    explicit AddressLimit(std::size_t max_connections = 1) : max_connections_(max_connections) {}

    /// RESTinio's "IP blocker".
    restinio::ip_blocker::inspection_result_t inspect(
        const restinio::ip_blocker::incoming_info_t& info) noexcept {
        const std::lock_guard lock(mutex_);
        const auto found = num_open_.find(info.remote_endpoint().address());
        const bool full = found != num_open_.end() && found->second >= max_connections_;
        return full ? restinio::ip_blocker::deny() : restinio::ip_blocker::allow();
    }

    /// RESTinio's connection state listener.
    void state_changed(const restinio::connection_state::notice_t& notice) noexcept {
        const auto cause = notice.cause();
        const std::lock_guard lock(mutex_);
        if (restinio::holds_alternative<restinio::connection_state::accepted_t>(cause)) {
            const auto address = notice.remote_endpoint().address();
            if (address_of_.emplace(notice.connection_id(), address).second) ++num_open_[address];
        } else if (restinio::holds_alternative<restinio::connection_state::closed_t>(cause)) {
            // A connection that failed before it was accepted is told of too, and some twice.
            const auto found = address_of_.find(notice.connection_id());
            if (found == address_of_.end()) return;
            const auto count = num_open_.find(found->second);
            if (--count->second == 0) num_open_.erase(count);
            address_of_.erase(found);
        }
    }

 private:
    std::size_t max_connections_;
    std::mutex mutex_;
    std::unordered_map<restinio::connection_id_t, asio::ip::address> address_of_;
    std::map<asio::ip::address, std::size_t> num_open_;
};

}  // namespace attune
