#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <restinio/all.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "http/connection_slots.hpp"
#include "http/read_budget.hpp"
#include "http/refusal.hpp"

namespace attune {

/// Keeps a connection for a moment after its last answer and drops what still arrives: closing with
/// unread bytes resets the connection, and the peer would lose the answer.
class LingeringClose : public std::enable_shared_from_this<LingeringClose> {
 public:
    LingeringClose(asio::ip::tcp::socket socket, ConnectionSlot slot)
        : slot_(std::move(slot)), socket_(std::move(socket)), timer_(socket_.get_executor()) {}

    void start() {
        asio::error_code ignored;
        socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        timer_.expires_after(std::chrono::seconds(1));
        timer_.async_wait([self = shared_from_this()](const asio::error_code&) {
            asio::error_code ignored_too;
            self->socket_.close(ignored_too);
        });
        drop();
    }

 private:
    static constexpr std::size_t kMaxDropped = 8 << 20;

    void drop() {
        socket_.async_read_some(
            asio::buffer(buffer_),
            [self = shared_from_this()](const asio::error_code& error, std::size_t length) {
                self->dropped_ += length;
                if (!error && self->dropped_ < kMaxDropped) return self->drop();
                self->timer_.cancel();
            });
    }

    ConnectionSlot slot_;  // goes after the socket
    asio::ip::tcp::socket socket_;
    asio::steady_timer timer_;
    std::array<char, 16 << 10> buffer_{};
    std::size_t dropped_ = 0;
};

/// A socket that answers what RESTinio only closes (see PendingRefusal), that counts itself among
/// the open connections, and what is read against the budget of all.
///
/// @tparam Base  asio::ip::tcp::socket, or RESTinio's socket for TLS
template <typename Base>
class AnsweringSocket : public Base {
 public:
    template <typename... Args>
    explicit AnsweringSocket(asio::io_context& context, Args&&... args)
        : Base(context, std::forward<Args>(args)...),
          slot_(asio::use_service<ConnectionCounts>(context)),
          allowance_(asio::use_service<ReadBudget>(context)) {}

    /// Takes a place among the open connections, to be called before anything is read.
    /// @return the error with which to close: the peer is gone already, or there is no place left
    asio::error_code take_slot() {
        asio::error_code error;
        const auto peer = this->lowest_layer().remote_endpoint(error);
        if (!error && !slot_.take(peer.address())) error = asio::error::connection_refused;
        return error;
    }

    template <typename Buffers, typename Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        // The handler keeps the connection alive, and with it this socket.
        const auto executor = asio::get_associated_executor(handler, this->get_executor());
        return Base::async_read_some(
            buffers,
            asio::bind_executor(executor, [this, handler = std::forward<Handler>(handler)](
                                              asio::error_code error, std::size_t length) mutable {
                if (!error && !allowance_.add(length)) {
                    PendingRefusal::set(503);
                    error = asio::error::no_buffer_space;
                }
                handler(error, length);
            }));
    }

    template <typename Buffers, typename Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        allowance_.release();
        writing_ = true;
        const auto executor = asio::get_associated_executor(handler, this->get_executor());
        return Base::async_write_some(
            buffers,
            asio::bind_executor(executor, [this, handler = std::forward<Handler>(handler)](
                                              asio::error_code error, std::size_t length) mutable {
                writing_ = false;
                handler(error, length);
            }));
    }

    /// RESTinio calls this and then `close`.
    void shutdown(asio::ip::tcp::socket::shutdown_type what, asio::error_code& error) {
        refused_ = PendingRefusal::take();
        if (refused_) return;
        say_goodbye();
        Base::shutdown(what, error);
    }

    void close() {
        const auto status = std::exchange(refused_, std::nullopt);
        allowance_.release();
        // Bytes within those of an answer that is on its way would be no answer.
        if (status && this->is_open() && !writing_) {
            answer(*status);
            linger();
        } else {
            Base::close();
        }
        slot_.release();
    }

 private:
    void answer(int status) {
        const std::string text = refusal_answer(status);
        asio::error_code ignored;
        // Nothing was written for this request, so that these few bytes find room in the socket;
        // where they do not, the peer reads nothing, and nobody waits for it.
        this->lowest_layer().non_blocking(true, ignored);
        if constexpr (std::is_same_v<Base, asio::ip::tcp::socket>) {
            Base::write_some(asio::buffer(text), ignored);
        } else {
            Base::asio_ssl_stream().write_some(asio::buffer(text), ignored);
        }
        say_goodbye();
    }

    /// Over TLS the peer must be told that this is the end, or it takes the answer for cut short.
    /// What there is no room for is not waited for, and neither is the peer's own goodbye.
    void say_goodbye() {
        if constexpr (!std::is_same_v<Base, asio::ip::tcp::socket>) {
            if (writing_ || !this->is_open()) return;
            asio::error_code ignored;
            // A read that is under way would share its buffer with what follows.
            this->lowest_layer().cancel(ignored);
            this->lowest_layer().non_blocking(true, ignored);
            Base::asio_ssl_stream().shutdown(ignored);
        }
    }

    void linger() {
        asio::error_code error;
        auto& layer = this->lowest_layer();
        const auto protocol = layer.local_endpoint(error).protocol();
        const auto executor = layer.get_executor();
        if (error) return Base::close();
        const auto handle = layer.release(error);
        if (error) return Base::close();
        std::make_shared<LingeringClose>(asio::ip::tcp::socket(executor, protocol, handle),
                                         std::move(slot_))
            ->start();
    }

    ConnectionSlot slot_;
    ReadAllowance allowance_;
    std::optional<int> refused_;
    bool writing_ = false;
};

/// RESTinio calls this for each new connection; its own does nothing. A better match than that for
/// every socket here.
template <typename Base, typename Connection, typename Start, typename Failed>
void prepare_connection_and_start_read(AnsweringSocket<Base>& socket, Connection&, Start start,
                                       Failed failed) {
    if (const asio::error_code refused = socket.take_slot()) return failed(refused);
    start();
}

}  // namespace attune
