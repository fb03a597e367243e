#include "http/service.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "access/options.hpp"
#include "access/rate_limiter.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

std::size_t count(const Config& config, std::string_view key) {
    return static_cast<std::size_t>(config.integer(key));
}

/// How long the answers that came when the grace was over may take on their way.
constexpr milliseconds kLastAnswers{1'000};

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1" || address == "localhost";
}

enum class LoggedRequests { kNone, kErrors, kAll };

Result<LoggedRequests> logged_requests(const Config& config) {
    const std::string& which = config.text("http.log_requests");
    if (which == "none") return LoggedRequests::kNone;
    if (which == "errors") return LoggedRequests::kErrors;
    if (which == "all") return LoggedRequests::kAll;
    return fail(ErrorCode::kInvalidArgument,
                "http.log_requests: '{}' is none of none, errors and all", which);
}

std::string to_line(const RequestRecord& record, Timestamp now) {
    const json line{{"time", format_timestamp(now)},
                    {"event", "request"},
                    {"id", record.id},
                    {"method", record.method},
                    {"route", record.route},
                    {"principal", record.principal},
                    {"address", record.remote_address},
                    {"status", record.status},
                    {"duration_us", record.duration_us},
                    {"bytes", record.num_bytes}};
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_line(std::string_view event, const std::string& text, Timestamp now) {
    const json line{{"time", format_timestamp(now)}, {"event", event}, {"text", text}};
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Logs what there is to say of connections: a few lines, for anybody can make the server say much.
class ConnectionRemarks {
 public:
    ConnectionRemarks(LogLine log, const Clock& clock, const MonotonicClock& monotonic)
        : log_(std::move(log)), clock_(clock), monotonic_(monotonic) {}

    void add(ConnectionRemark remark, const std::string& text) {
        if (remark == ConnectionRemark::kRefused) ++num_refused_;
        if (!limiter_.take("", monotonic_.now_ns()).allowed) {
            ++num_unsaid_;
            return;
        }
        const std::uint64_t num_unsaid = num_unsaid_.exchange(0);
        const std::string more =
            num_unsaid == 0 ? "" : fmt::format(" ({} more before it)", num_unsaid);
        log_(to_line("connection", text + more, clock_.now()));
    }
    [[nodiscard]] std::uint64_t num_refused() const { return num_refused_; }

 private:
    LogLine log_;
    const Clock& clock_;
    const MonotonicClock& monotonic_;
    RateLimiter limiter_{{.requests_per_s = 1, .burst = 10}, 1};
    std::atomic<std::uint64_t> num_refused_{0};
    std::atomic<std::uint64_t> num_unsaid_{0};
};

}  // namespace

Result<HttpServerOptions> http_server_options(const Config& config) {
    HttpServerOptions options;
    options.address = config.text("http.address");
    if (options.address == "localhost") options.address = "127.0.0.1";
    options.port = static_cast<std::uint16_t>(config.integer("http.port"));
    options.num_io_threads = count(config, "http.io_threads");
    if (options.num_io_threads == 0) options.num_io_threads = std::thread::hardware_concurrency();
    options.num_worker_threads = count(config, "http.workers");
    options.max_connections = count(config, "http.max_connections");
    options.max_connections_per_address = count(config, "http.max_connections_per_address");
    options.max_url_bytes = count(config, "http.max_url_bytes");
    options.max_header_bytes = count(config, "http.max_header_bytes");
    options.max_headers = count(config, "http.max_headers");
    // A form has its boundaries and the names of its fields around the file.
    constexpr std::uint64_t kAroundFile = 64 << 10;
    options.max_body_bytes = (count(config, "http.max_upload_mib") << 20) + kAroundFile;
    options.max_buffered_bytes = count(config, "http.max_buffered_mib") << 20;
    options.read_timeout = milliseconds(config.integer("http.read_timeout_ms"));
    options.handle_timeout = milliseconds(config.integer("http.handle_timeout_ms"));
    options.write_timeout = milliseconds(config.integer("http.write_timeout_ms"));
    options.tls_certificate = config.text("http.tls_certificate");
    options.tls_key = config.text("http.tls_key");
    const bool plain = options.tls_certificate.empty();
    if (plain && !is_loopback(options.address) && !config.boolean("http.allow_plain")) {
        return fail(
            ErrorCode::kInvalidArgument,
            "http.address: '{}' is reached from other machines, and passwords would go over "
            "the wire as they are; set http.tls_certificate and http.tls_key, or "
            "http.allow_plain=true behind a proxy that has TLS",
            options.address);
    }
    return options;
}

ServiceLimits service_limits(const Config& config) {
    ServiceLimits limits;
    limits.max_json_bytes = count(config, "http.max_json_kib") << 10;
    limits.max_upload_bytes = (count(config, "http.max_upload_mib") << 20) + (64 << 10);
    limits.max_page = count(config, "http.max_page");
    limits.default_page = std::min(count(config, "http.default_page"), limits.max_page);
    limits.open_metrics = config.boolean("http.open_metrics");
    return limits;
}

HttpService::HttpService(const Wiring& wiring, bool secure)
    : records_(wiring.live.database()),
      parts_{wiring.live,
             wiring.jobs,
             wiring.access,
             records_,
             metrics_,
             wiring.retention,
             wiring.store,
             wiring.clock,
             wiring.uploads_folder,
             wiring.mappings_folder,
             secure} {}

HttpService::~HttpService() {
    stop();
}

Result<std::unique_ptr<HttpService>> HttpService::start(const Config& config,
                                                        const Wiring& wiring) {
    ATTUNE_ASSIGN(const HttpServerOptions server_options, http_server_options(config));
    ATTUNE_ASSIGN(const LoggedRequests logged, logged_requests(config));
    const bool secure = !server_options.tls_certificate.empty();
    std::unique_ptr<HttpService> service(new HttpService(wiring, secure));
    service->grace_ = milliseconds(config.integer("http.stop_grace_ms"));
    DispatcherOptions options;
    options.per_principal = principal_rate_limits(config);
    options.per_address = address_rate_limits(config);
    options.max_rate_limited = max_rate_limited(config);
    options.num_workers = server_options.num_worker_threads;
    options.max_waiting = count(config, "http.max_waiting");
    options.secure = secure;
    options.idempotency = std::chrono::hours(config.integer("http.idempotency_h"));
    options.log = [log = wiring.log, logged, &clock = wiring.clock](const RequestRecord& record) {
        const bool wanted = logged == LoggedRequests::kAll ||
                            (logged == LoggedRequests::kErrors && record.status >= 400);
        if (wanted) log(to_line(record, clock.now()));
    };
    options.log_fault = [log = wiring.log, &clock = wiring.clock](const std::string& text) {
        log(to_line("fault", text, clock.now()));
    };
    service->dispatcher_ = std::make_unique<Dispatcher>(
        all_routes(service->parts_, service_limits(config)), web_files(), wiring.access,
        service->records_, service->metrics_, wiring.clock, wiring.monotonic, std::move(options));
    const auto remarks =
        std::make_shared<ConnectionRemarks>(wiring.log, wiring.clock, wiring.monotonic);
    service->parts_.metrics.add_counter(
        "attune_connections_refused_total",
        "Connections beyond a limit, failed handshakes, and what was refused before it was read",
        [remarks] { return static_cast<double>(remarks->num_refused()); });
    ATTUNE_ASSIGN(
        service->server_,
        HttpServer::start(
            server_options,
            [&dispatcher = *service->dispatcher_](HttpRequest request, Responder respond) {
                dispatcher.handle(std::move(request), std::move(respond));
            },
            [remarks](ConnectionRemark remark, const std::string& text) {
                remarks->add(remark, text);
            }));
    return service;
}

void HttpService::stop() {
    if (server_ == nullptr) return;
    server_->drain(grace_);
    // Who answers ends before the connections that they answer to.
    dispatcher_->stop();
    parts_.stream_pump->stop();
    server_->stop(std::min(grace_, kLastAnswers));
}

}  // namespace attune
