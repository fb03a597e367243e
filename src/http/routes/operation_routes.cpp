#include <chrono>
#include <nlohmann/json.hpp>

#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

OrProblem<HttpResponse> health(const Call&) {
    return json_response(200, {{"status", "ok"}});
}

json check_json(bool ok, const std::string& detail) {
    return {{"ok", ok}, {"detail", detail}};
}

/// Whether requests can be answered: the store reads and takes writes, there is a model, there is
/// room on the disk. By what is known of the store: asking it could take as long as an import, and
/// whoever waits for this answer would take the service for dead.
OrProblem<HttpResponse> ready(const Call&, ServiceParts& parts) {
    const auto read_failure = parts.store.read_failure();
    const auto refusal = parts.store.refusal();
    const auto model = parts.live.models().current();
    std::error_code error;
    const auto space = std::filesystem::space(parts.uploads_folder, error);
    constexpr std::uintmax_t kLeastFree = 100ULL << 20;
    const bool room = !error && space.available >= kLeastFree;
    const bool is_ready = !read_failure && !refusal && room;
    // Without a model the service works: the first is trained through it.
    return json_response(
        is_ready ? 200 : 503,
        {{"status", is_ready ? "ready" : "not_ready"},
         {"checks",
          {{"store", check_json(!read_failure, read_failure ? read_failure->message : "reads")},
           {"writes", check_json(!refusal, refusal ? refusal->message : "works")},
           {"model", check_json(model != nullptr,
                                model ? model->snapshot().version : "no model is trained yet")},
           {"disk",
            check_json(room, error ? error.message()
                                   : std::to_string(space.available >> 20) + " MiB free")}}}});
}

OrProblem<HttpResponse> metrics(const Call&, ServiceParts& parts) {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = parts.metrics.text();
    return response;
}

void add_values(ServiceParts& parts) {
    LiveService& live = parts.live;
    parts.metrics.add_gauge("attune_customers", "Customers in memory",
                            [&live] { return static_cast<double>(live.states().num_customers()); });
    parts.metrics.add_gauge("attune_events", "Events in memory",
                            [&live] { return static_cast<double>(live.states().num_events()); });
    parts.metrics.add_gauge("attune_stream_subscribers", "Listeners of the live stream", [&live] {
        return static_cast<double>(live.stream().num_subscribers());
    });
    parts.metrics.add_gauge(
        "attune_decisions_waiting", "Decisions that wait to be stored",
        [&live] { return static_cast<double>(live.decisions().num_waiting()); });
    parts.metrics.add_gauge("attune_model_up_to_date", "1: trained on the data as it is",
                            [&live] { return live.models().is_up_to_date() ? 1.0 : 0.0; });
    parts.metrics.add_gauge("attune_recommend_p99_seconds",
                            "99 of 100 recommendations of the last five minutes took less",
                            [&live] {
                                const auto now = std::chrono::steady_clock::now();
                                return live.recommender().latency().summary(now).p99_us / 1e6;
                            });
    parts.metrics.add_counter("attune_recommendations_total", "Recommendations made", [&live] {
        return static_cast<double>(live.recommender().latency().num_added());
    });
    parts.metrics.add_counter(
        "attune_recommendations_kept_total",
        "Recommendations answered as before, since nothing they depend on had changed",
        [&live] { return static_cast<double>(live.recommender().cache().num_hits()); });
    parts.metrics.add_counter("attune_events_accepted_total", "Events stored", [&live] {
        return static_cast<double>(live.events().num_accepted());
    });
    parts.metrics.add_counter("attune_decisions_written_total", "Decisions stored", [&live] {
        return static_cast<double>(live.decisions().num_written());
    });
    parts.metrics.add_counter("attune_decisions_lost_total", "Decisions that were not stored",
                              [&live] { return static_cast<double>(live.decisions().num_lost()); });
    parts.metrics.add_counter(
        "attune_decisions_left_out_total",
        "Decisions that were not stored because their customers were removed meanwhile",
        [&live] { return static_cast<double>(live.decisions().num_left_out()); });
    const WatchedDatabase& store = parts.store;
    parts.metrics.add_gauge("attune_store_takes_writes",
                            "0: the latest write was refused, as when the disk is full",
                            [&store] { return store.refusal() ? 0.0 : 1.0; });
    const RetentionSweep& retention = parts.retention;
    parts.metrics.add_counter(
        "attune_decisions_removed_total", "Decisions removed because they were kept long enough",
        [&retention] { return static_cast<double>(retention.num_removed("decisions")); });
    parts.metrics.add_counter(
        "attune_jobs_removed_total", "Jobs removed because they were kept long enough",
        [&retention] { return static_cast<double>(retention.num_removed("jobs")); });
    parts.metrics.add_counter(
        "attune_idempotency_answers_removed_total",
        "Answers to idempotency keys removed because they were kept long enough",
        [&retention] { return static_cast<double>(retention.num_removed("idempotency_answers")); });
}

}  // namespace

std::vector<Route> operation_routes(ServiceParts& parts, const ServiceLimits& limits) {
    add_values(parts);
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/healthz",
         .entry = Entry::kOpen,
         .execution = Execution::kInline,
         .handler = health},
        {.method = HttpMethod::kGet,
         .pattern = "/readyz",
         .entry = Entry::kOpen,
         .execution = Execution::kInline,
         .handler = [&parts](const Call& call) { return ready(call, parts); }},
        {.method = HttpMethod::kGet,
         .pattern = "/metrics",
         .entry = limits.open_metrics ? Entry::kOpen : Entry::kScoped,
         .scope = Scope::kMetrics,
         .handler = [&parts](const Call& call) { return metrics(call, parts); }},
    };
}

}  // namespace attune
