#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace attune {

/// A connection of bytes to a server on this machine: for requests that no client library sends.
class RawClient {
 public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
        set_timeout(std::chrono::seconds(20));
    }
    RawClient(RawClient&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient() {
        if (socket_ >= 0) ::close(socket_);
    }

    void set_timeout(std::chrono::milliseconds timeout) const {
        const timeval value{timeout.count() / 1000, timeout.count() % 1000 * 1000};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &value, sizeof(value));
    }

    /// From now on closing resets the connection.
    void reset_on_close() const {
        const linger at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }

    [[nodiscard]] bool connected() const { return connected_; }

    /// False when the peer has closed.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// What arrives until the peer closes or nothing comes for the timeout.
    [[nodiscard]] std::string receive_all() const {
        std::string received;
        char buffer[4096];
        for (;;) {
            const auto length = ::recv(socket_, buffer, sizeof(buffer), 0);
            if (length <= 0) return received;
            received.append(buffer, static_cast<std::size_t>(length));
        }
    }

    /// What arrives until `end` was seen, or as above.
    [[nodiscard]] std::string receive_until(std::string_view end) const {
        std::string received;
        char byte = 0;
        while (!received.ends_with(end) && ::recv(socket_, &byte, 1, 0) == 1) received += byte;
        return received;
    }

 private:
    int socket_;
    bool connected_ = false;
};

}  // namespace attune
