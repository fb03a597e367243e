#include "http/dispatcher.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "access/secure_random.hpp"
#include "http/authenticate.hpp"
#include "http/idempotency_key.hpp"
#include "http/paging.hpp"
#include "http/security_headers.hpp"

namespace attune {
namespace {

/// Longer bodies take long to read as JSON.
constexpr std::size_t kMostInlineBytes = 16 << 10;

/// The caller's id for the request where it is one that can be written anywhere, else a new one.
std::string request_id(const HttpRequest& request) {
    const auto given = request.header("x-request-id");
    const bool sane = given && !given->empty() && given->size() <= 64 &&
                      given->find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789-_.") == std::string_view::npos;
    return sane ? std::string(*given) : random_token(12);
}

/// Answers about accounts and keys hold secrets that are shown once: these are kept nowhere.
bool shows_secrets(const Route& route) {
    return route.scope == Scope::kAccountsAdmin;
}

Problem too_many() {
    return {429, "too_many_requests", "too many requests; wait as long as Retry-After says", {}};
}

}  // namespace

struct Dispatcher::Exchange {
    HttpRequest request;
    Responder respond;
    std::string id;
    std::int64_t began_ns = 0;
    Target target;
    Principal principal;
    const Route* route = nullptr;
    std::vector<std::string_view> parameters;
    std::vector<HttpMethod> allowed;
    std::int64_t retry_after_s = 0;
};

Dispatcher::Dispatcher(std::vector<Route> routes, std::span<const WebFile> files,
                       AccessService& access, RecordReader& records, ServiceMetrics& metrics,
                       const Clock& clock, const MonotonicClock& monotonic,
                       DispatcherOptions options)
    : routes_(std::move(routes)),
      files_(files),
      access_(access),
      records_(records),
      clock_(clock),
      monotonic_(monotonic),
      options_(std::move(options)),
      by_principal_(options_.per_principal, options_.max_rate_limited),
      by_address_(options_.per_address, options_.max_rate_limited),
      other_metrics_(metrics.route("-", "-")),
      workers_(options_.num_workers, options_.max_waiting) {
    for (const Route& route : routes_.routes()) {
        metrics_.push_back(metrics.route(http_method_name(route.method), route.pattern));
    }
}

Dispatcher::~Dispatcher() {
    stop();
}

void Dispatcher::stop() {
    workers_.stop();
}

void Dispatcher::handle(HttpRequest request, Responder respond) {
    auto exchange = std::make_shared<Exchange>();
    exchange->began_ns = monotonic_.now_ns();
    exchange->request = std::move(request);
    exchange->respond = std::move(respond);
    exchange->id = request_id(exchange->request);
    const auto admitted = admit(*exchange);
    if (!admitted) return refuse(*exchange, admitted.error());
    if (exchange->route == nullptr) {
        const WebFile* file = find_web_file(files_, exchange->target.path);
        return answer(*exchange, web_file_response(*file, exchange->request));
    }
    const Route& route = *exchange->route;
    const bool inline_now =
        route.execution == Execution::kInline &&
        exchange->request.body.size() <= kMostInlineBytes &&
        (route.inline_with.empty() || exchange->target.query.get(route.inline_with));
    if (inline_now) return run(*exchange);
    if (!workers_.post(lane_of(*exchange), [this, exchange] { run(*exchange); })) {
        exchange->retry_after_s = 1;
        refuse(*exchange, {503, "unavailable", "too many requests wait; try again", {}});
    }
}

OrProblem<bool> Dispatcher::find_route(Exchange& exchange) {
    const auto& target = exchange.target;
    RouteTable::Match match = routes_.find(exchange.request.method, target.segments);
    exchange.route = match.route;
    exchange.parameters = std::move(match.parameters);
    exchange.allowed = std::move(match.allowed);
    if (exchange.route != nullptr) return true;
    if (!exchange.allowed.empty()) {
        return tl::unexpected(
            Problem{405, "method_not_allowed", "the path is there, but not with this method", {}});
    }
    const bool reads =
        exchange.request.method == HttpMethod::kGet || exchange.request.method == HttpMethod::kHead;
    if (reads && !is_api_path(target.path) && find_web_file(files_, target.path) != nullptr) {
        return true;
    }
    return tl::unexpected(Problem{404, "not_found", "there is nothing at this path", {}});
}

OrProblem<bool> Dispatcher::admit(Exchange& exchange) {
    const auto of_address = by_address_.take(exchange.request.remote_address, monotonic_.now_ns());
    if (!of_address.allowed) {
        exchange.retry_after_s = of_address.retry_after_ms / 1'000 + 1;
        return tl::unexpected(too_many());
    }
    ATTUNE_HTTP_ASSIGN(exchange.target, parse_target(exchange.request.target));
    ATTUNE_HTTP_TRY(find_route(exchange));
    if (exchange.route == nullptr) return true;
    const Route& route = *exchange.route;
    if (exchange.request.body.size() > route.max_body_bytes) {
        return tl::unexpected(
            Problem{413,
                    "limit_exceeded",
                    fmt::format("the body has {} bytes; {} are read here",
                                exchange.request.body.size(), route.max_body_bytes),
                    {}});
    }
    if (route.entry == Entry::kOpen) return true;
    ATTUNE_HTTP_ASSIGN(exchange.principal, authenticate(exchange.request, access_));
    const auto of_principal = by_principal_.take(exchange.principal.key(), monotonic_.now_ns());
    if (!of_principal.allowed) {
        exchange.retry_after_s = of_principal.retry_after_ms / 1'000 + 1;
        return tl::unexpected(too_many());
    }
    return authorize(exchange.principal, route);
}

/// Whether the answer is kept under the key that the request brings.
bool Dispatcher::keeps_answer(const Exchange& exchange) {
    const Route& route = *exchange.route;
    return exchange.request.header("idempotency-key") &&
           exchange.request.method == HttpMethod::kPost && route.entry == Entry::kScoped &&
           route.execution == Execution::kWorker && !route.heeds_key;
}

Lane Dispatcher::lane_of(const Exchange& exchange) {
    const bool reads =
        exchange.request.method == HttpMethod::kGet || exchange.request.method == HttpMethod::kHead;
    const Lane lane = exchange.route->lane.value_or(reads ? Lane::kReading : Lane::kWriting);
    // What only reads waits for the writer after all where its answer is kept.
    return lane == Lane::kReading && keeps_answer(exchange) ? Lane::kWriting : lane;
}

void Dispatcher::run(Exchange& exchange) {
    try {
        auto response = call(exchange);
        if (!response) return refuse(exchange, response.error());
        answer(exchange, std::move(*response));
    } catch (const std::exception& error) {
        refuse(exchange, Problem::of({ErrorCode::kInternal, error.what()}));
    }
}

OrProblem<HttpResponse> Dispatcher::call(Exchange& exchange) {
    if (keeps_answer(exchange)) {
        return call_once(exchange, *exchange.request.header("idempotency-key"));
    }
    const Call call{exchange.request, exchange.target, exchange.principal, exchange.parameters,
                    exchange.id};
    return exchange.route->handler(call);
}

/// The time before which answers under a key count no more.
Timestamp Dispatcher::oldest_answer(Timestamp now) const {
    if (options_.idempotency.count() == 0) return {};
    return {now.ms - std::chrono::milliseconds(options_.idempotency).count()};
}

OrProblem<HttpResponse> Dispatcher::call_once(Exchange& exchange, std::string_view key) {
    IdempotencyRecord record;
    ATTUNE_HTTP_ASSIGN(record.key, checked_idempotency_key(key));
    record.principal = exchange.principal.key();
    record.request_hash = idempotent_request_hash(exchange.request);
    record.time = clock_.now();
    const std::string place = record.principal + "\n" + record.key;
    {
        const std::lock_guard lock(once_mutex_);
        if (!answering_.insert(place).second) {
            return tl::unexpected(Problem{409, "conflict",
                                          "Idempotency-Key: the first request is still at work",
                                          "Idempotency-Key"});
        }
    }
    const std::shared_ptr<void> leave(nullptr, [this, &place](void*) {
        const std::lock_guard lock(once_mutex_);
        answering_.erase(place);
    });
    ATTUNE_HTTP_ASSIGN(const auto earlier, records_.earlier_answer(record.principal, record.key));
    if (earlier && earlier->time >= oldest_answer(record.time)) {
        if (earlier->request_hash != record.request_hash) {
            return tl::unexpected(idempotency_key_reused());
        }
        if (shows_secrets(*exchange.route)) {
            return tl::unexpected(
                Problem{409, "conflict", "Idempotency-Key: this was done; its secret is shown once",
                        "Idempotency-Key"});
        }
        HttpResponse again;
        again.status = earlier->status;
        again.content_type = earlier->content_type;
        again.body = earlier->body;
        again.with("Idempotency-Replayed", "true");
        return again;
    }
    return call_and_keep(exchange, std::move(record));
}

OrProblem<HttpResponse> Dispatcher::call_and_keep(Exchange& exchange, IdempotencyRecord record) {
    const Call call{exchange.request, exchange.target, exchange.principal, exchange.parameters,
                    exchange.id};
    auto response = exchange.route->handler(call);
    if (!response || response->producer) return response;
    record.status = response->status;
    record.content_type = response->content_type;
    if (!shows_secrets(*exchange.route)) record.body = response->body;
    // The work is done. An error now would make the caller send it again, and have it done twice.
    if (const Status kept = records_.keep_answer(record, oldest_answer(record.time)); !kept) {
        options_.log_fault(fmt::format("request {}: its answer cannot be kept for its key: {}",
                                       exchange.id, kept.error().message));
    }
    return response;
}

void Dispatcher::refuse(Exchange& exchange, const Problem& problem) {
    if (!problem.cause.empty()) {
        options_.log_fault(fmt::format("request {}: {}", exchange.id, problem.cause));
    }
    HttpResponse response = problem_response(problem, exchange.id);
    if (problem.status == 401) response.with("WWW-Authenticate", "Bearer realm=\"attune\"");
    if (problem.status == 405) {
        std::vector<std::string_view> names;
        if (exchange.route != nullptr) {
            // The route itself refused HEAD, which all others take with GET.
            names.push_back(http_method_name(exchange.route->method));
        } else {
            for (const HttpMethod method : exchange.allowed) {
                names.push_back(http_method_name(method));
            }
        }
        response.with("Allow", fmt::format("{}", fmt::join(names, ", ")));
    }
    if (problem.status == 503 && exchange.retry_after_s == 0) exchange.retry_after_s = 1;
    if (exchange.retry_after_s > 0) {
        response.with("Retry-After", std::to_string(exchange.retry_after_s));
    }
    answer(exchange, std::move(response));
}

void Dispatcher::add_headers(HttpResponse& response, const Exchange& exchange) const {
    const bool is_file = exchange.route == nullptr && response.status < 400;
    response.with("X-Request-Id", exchange.id);
    add_security_headers(response, options_.secure);
    if (!is_file) response.with("Cache-Control", "no-store");
}

void Dispatcher::answer(Exchange& exchange, HttpResponse response) {
    // Lists and records have a tag, so that who asks again is told that nothing changed.
    const bool tagged = exchange.route != nullptr && response.status == 200 &&
                        exchange.route->method == HttpMethod::kGet && !response.producer &&
                        exchange.route->execution == Execution::kWorker;
    if (tagged) {
        const auto own = std::find_if(response.headers.begin(), response.headers.end(),
                                      [](const auto& header) { return header.first == "ETag"; });
        const bool has_own = own != response.headers.end();
        const std::string etag = has_own ? own->second : etag_of(response.body);
        const auto known = exchange.request.header("if-none-match");
        if (known && (*known == "*" || known->find(etag) != std::string_view::npos)) {
            response.status = 304;
        }
        if (!has_own) response.with("ETag", etag);
    }
    add_headers(response, exchange);
    const std::int64_t duration_ns = monotonic_.now_ns() - exchange.began_ns;
    const auto& metrics =
        exchange.route == nullptr
            ? other_metrics_
            : metrics_[static_cast<std::size_t>(exchange.route - routes_.routes().data())];
    metrics.add(response.status, std::chrono::nanoseconds(duration_ns));
    options_.log({exchange.id, http_method_name(exchange.request.method),
                  exchange.route == nullptr ? "-" : std::string_view(exchange.route->pattern),
                  exchange.principal.name, exchange.request.remote_address, response.status,
                  duration_ns / 1'000, response.body.size()});
    exchange.respond(std::move(response));
}

}  // namespace attune
