#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>

#include "access/rate_limiter.hpp"
#include "core/monotonic_clock.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/service_metrics.hpp"
#include "http/service_parts.hpp"
#include "http/web_files.hpp"
#include "http/workers.hpp"

namespace attune {

/// One line of the log for a request that was answered.
struct RequestRecord {
    std::string_view id;
    std::string_view method;
    std::string_view route;  ///< its pattern; "-" where none matched: targets may hold secrets
    std::string_view principal;
    std::string_view remote_address;
    int status = 0;
    std::int64_t duration_us = 0;
    std::size_t num_bytes = 0;
};

struct DispatcherOptions {
    RateLimits per_principal;
    RateLimits per_address;
    std::size_t max_rate_limited = 100'000;
    std::size_t num_workers = 16;
    std::size_t max_waiting = 2'000;     ///< requests of a lane without a worker; more get 503
    bool secure = false;                 ///< TLS: answers ask for it to be kept
    std::chrono::hours idempotency{24};  ///< 0: answers are kept for ever
    std::function<void(const RequestRecord&)> log = [](const RequestRecord&) {};
    std::function<void(const std::string&)> log_fault = [](const std::string&) {};
};

/// The way of a request: its id, the route, limits, who asks and whether they may, the handler on
/// the right thread, and what every answer carries.
///
/// @threads  `handle` is called from many
class Dispatcher {
 public:
    /// @lifetime  borrows all but the routes
    Dispatcher(std::vector<Route> routes, std::span<const WebFile> files, AccessService& access,
               RecordReader& records, ServiceMetrics& metrics, const Clock& clock,
               const MonotonicClock& monotonic, DispatcherOptions options);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    void handle(HttpRequest request, Responder respond);

    /// Waits for what the workers do; what they have not begun is dropped, and nothing is taken any
    /// more.
    void stop();

    [[nodiscard]] const RouteTable& routes() const { return routes_; }

 private:
    struct Exchange;

    OrProblem<bool> admit(Exchange& exchange);
    OrProblem<bool> find_route(Exchange& exchange);
    static bool keeps_answer(const Exchange& exchange);
    static Lane lane_of(const Exchange& exchange);
    void run(Exchange& exchange);
    OrProblem<HttpResponse> call(Exchange& exchange);
    [[nodiscard]] Timestamp oldest_answer(Timestamp now) const;
    OrProblem<HttpResponse> call_once(Exchange& exchange, std::string_view key);
    OrProblem<HttpResponse> call_and_keep(Exchange& exchange, IdempotencyRecord record);
    void refuse(Exchange& exchange, const Problem& problem);
    void answer(Exchange& exchange, HttpResponse response);
    void add_headers(HttpResponse& response, const Exchange& exchange) const;

    RouteTable routes_;
    std::span<const WebFile> files_;
    AccessService& access_;
    RecordReader& records_;
    const Clock& clock_;
    const MonotonicClock& monotonic_;
    DispatcherOptions options_;
    RateLimiter by_principal_;
    RateLimiter by_address_;
    std::vector<ServiceMetrics::Route> metrics_;  ///< by position of the route
    ServiceMetrics::Route other_metrics_;         ///< what no route matched
    std::mutex once_mutex_;
    std::set<std::string> answering_;  ///< keys of idempotency whose first request is at work
    Workers workers_;
};

}  // namespace attune
