#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/message.hpp"

namespace attune {

/// What bounds a server.
struct HttpServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any that is free
    std::size_t num_io_threads = 2;
    std::size_t num_worker_threads = 16;
    std::size_t max_connections = 4'096;  ///< more are closed at once
    std::size_t max_connections_per_address = 1'024;
    std::size_t max_url_bytes = 8'192;
    std::size_t max_header_bytes = 8'192;  ///< of one field
    std::size_t max_headers = 100;
    std::uint64_t max_body_bytes = 64ULL << 20;
    /// Of all requests together that are being read, past the first 64 KiB of each.
    std::uint64_t max_buffered_bytes = 512ULL << 20;
    std::chrono::milliseconds read_timeout{30'000};    ///< of a request, whole
    std::chrono::milliseconds handle_timeout{60'000};  ///< until an answer begins
    std::chrono::milliseconds write_timeout{30'000};   ///< of an answer, or of a piece
    std::filesystem::path tls_certificate;             ///< PEM chain; empty: no TLS
    std::filesystem::path tls_key;                     ///< PEM
};

/// Answers one request; may be called once, from any thread. Dropped unused it answers 500, or 503
/// when the server drains.
using Responder = std::function<void(HttpResponse)>;

/// Gets every request that could be read, on a thread of the connections: it must not wait there.
using RequestSink = std::function<void(HttpRequest, Responder)>;

enum class ConnectionRemark {
    kLimitLowered,  ///< fewer connections are taken than was asked for
    kRefused,       ///< a connection beyond a limit, a failed handshake, what was no request
};

/// Gets a remark about connections, for people.
using ConnectionLog = std::function<void(ConnectionRemark remark, const std::string& text)>;

/// Listens, reads requests and writes answers. What cannot be read as a request is answered here:
/// 400, 413 (body), 414 (target), 431 (headers), 503 (too much is being read).
///
/// @threads  `start`, `stop` from one thread; the sink is called from several
class HttpServer {
 public:
    virtual ~HttpServer() = default;

    /// Connections beyond `max_connections` are closed at once; where the system lets the process
    /// have fewer files open than these take, that many are accepted, and a remark says so.
    /// @errors kUnavailable: the address cannot be bound, or hardly any file may be open;
    ///         kInvalidArgument: an address that is none, a certificate or key that cannot be used
    static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, RequestSink sink,
                                                     ConnectionLog log);

    [[nodiscard]] virtual std::uint16_t port() const = 0;

    /// Refuses new connections and waits up to `grace` for answers that are due. All answers from
    /// now on are the last of their connection. May be called twice.
    virtual void drain(std::chrono::milliseconds grace) = 0;

    /// Drains, and closes what is left. Who answers must have ended: what they still hold of
    /// requests and writers leads nowhere once the server is gone. May be called twice.
    virtual void stop(std::chrono::milliseconds grace) = 0;
};

/// Whether the certificate and its key, if there are any, can be used.
/// @errors kInvalidArgument
Status check_tls_files(const HttpServerOptions& options);

}  // namespace attune
