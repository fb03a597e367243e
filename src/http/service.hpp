#pragma once

#include <memory>
#include <string>

#include "core/config.hpp"
#include "core/monotonic_clock.hpp"
#include "http/dispatcher.hpp"
#include "http/server.hpp"
#include "http/service_parts.hpp"

namespace attune {

/// What the keys "http.*" say.
/// @errors kInvalidArgument: an address beyond loopback without TLS or http.allow_plain
Result<HttpServerOptions> http_server_options(const Config& config);
ServiceLimits service_limits(const Config& config);

/// Writes a line for the log, JSON.
using LogLine = std::function<void(const std::string& json)>;

/// The interface as a whole: the routes behind the server.
///
/// @threads  `start` and `stop` from one thread
class HttpService {
 public:
    struct Wiring {
        LiveService& live;
        JobRunner& jobs;
        AccessService& access;
        const Clock& clock;
        const MonotonicClock& monotonic;
        const RetentionSweep& retention;
        const WatchedDatabase& store;
        std::filesystem::path uploads_folder;
        std::filesystem::path mappings_folder;
        LogLine log = [](const std::string&) {};
    };

    /// Listens from now on.
    /// @errors those of http_server_options and HttpServer::start
    static Result<std::unique_ptr<HttpService>> start(const Config& config, const Wiring& wiring);
    ~HttpService();
    HttpService(const HttpService&) = delete;
    HttpService& operator=(const HttpService&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] const RouteTable& routes() const { return dispatcher_->routes(); }

    /// Refuses new connections and answers what came before; what has not begun when the grace is
    /// over gets 503. The stream must have been closed, or its listeners take up the grace.
    void stop();

 private:
    explicit HttpService(const Wiring& wiring, bool secure);

    RecordReader records_;
    ServiceMetrics metrics_;
    ServiceParts parts_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<HttpServer> server_;
    std::chrono::milliseconds grace_{10'000};
};

}  // namespace attune
