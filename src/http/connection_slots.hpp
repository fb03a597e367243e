#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <restinio/asio_include.hpp>
#include <utility>

namespace attune {

/// Counts the open connections of an io_context, of which it is a service, in all and by address.
/// RESTinio's own limiter counts what is accepted and loses count of connections that are gone
/// before it can ask where they come from.
class ConnectionCounts : public asio::execution_context::service {
 public:
    using key_type = ConnectionCounts;
    static inline asio::execution_context::id id;

    explicit ConnectionCounts(asio::execution_context& context) : service(context) {}

    void set_limits(std::size_t max_connections, std::size_t max_per_address) {
        max_connections_ = max_connections;
        max_per_address_ = max_per_address;
    }

    /// False, and nothing taken, when one of the limits is reached.
    bool take(const asio::ip::address& address) {
        const std::lock_guard lock(mutex_);
        if (num_open_ >= max_connections_) return false;
        std::size_t& num_of_address = num_of_address_[address];
        if (num_of_address >= max_per_address_) return false;
        ++num_of_address;
        ++num_open_;
        return true;
    }
    void give_back(const asio::ip::address& address) {
        const std::lock_guard lock(mutex_);
        --num_open_;
        const auto found = num_of_address_.find(address);
        if (--found->second == 0) num_of_address_.erase(found);
    }

 private:
    void shutdown() override {}

    std::size_t max_connections_ = 0;
    std::size_t max_per_address_ = 0;
    std::mutex mutex_;
    std::size_t num_open_ = 0;
    std::map<asio::ip::address, std::size_t> num_of_address_;
};

/// The place of one connection among those that may be open; empty until it is taken.
class ConnectionSlot {
 public:
    explicit ConnectionSlot(ConnectionCounts& counts) : counts_(&counts) {}
    ConnectionSlot(ConnectionSlot&& other) noexcept
        : counts_(other.counts_),
          address_(other.address_),
          taken_(std::exchange(other.taken_, false)) {}
    ConnectionSlot& operator=(ConnectionSlot&& other) noexcept {
        release();
        counts_ = other.counts_;
        address_ = other.address_;
        taken_ = std::exchange(other.taken_, false);
        return *this;
    }
    ~ConnectionSlot() { release(); }

    bool take(const asio::ip::address& address) {
        release();
        taken_ = counts_->take(address);
        address_ = address;
        return taken_;
    }
    void release() {
        if (std::exchange(taken_, false)) counts_->give_back(address_);
    }

 private:
    ConnectionCounts* counts_;
    asio::ip::address address_;
    bool taken_ = false;
};

}  // namespace attune
