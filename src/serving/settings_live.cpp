#include "serving/settings_live.hpp"

#include <algorithm>
#include <chrono>

#include "serving/setting_values.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

constexpr std::size_t kMiB = 1 << 20;

void add_retention(std::vector<Setting>& schema) {
    schema.push_back(whole("retention.decisions_days", 400, 0, 36'500,
                           "Days for which decisions are kept, those that later ones repeat a "
                           "day longer; 0: for ever."));
    schema.push_back(whole("retention.jobs_days", 90, 0, 36'500,
                           "Days for which jobs that have ended are kept, with the files they "
                           "wrote; 0: for ever."));
    schema.push_back(whole("retention.uploads_h", 24, 1, 8'760,
                           "Hours after which an upload is removed whose import was killed; any "
                           "other goes as soon as its import has ended."));
    schema.push_back(whole("retention.sweep_s", 600, 1, 86'400,
                           "Seconds between two looks for what was kept long enough, these and the "
                           "answers of http.idempotency_h."));
    schema.push_back(whole("retention.records_per_write", 500, 1, 100'000,
                           "Records that are removed together; writes of requests wait for one "
                           "such write."));
}

}  // namespace

void add_live_settings(std::vector<Setting>& schema) {
    schema.push_back(real("events.decay_per_day", 0.1, 0.0001, 10,
                          "How fast engagement fades: an event counts e^(-this * days)."));
    schema.push_back(whole("events.max_batch", 1'000, 1, 100'000, "Events in one request."));
    schema.push_back(real("events.max_clock_skew_s", 300, 0, 86'400,
                          "Seconds that an event may lie in the future when it comes; it then gets "
                          "the time it came. Imports refuse what lies further."));
    schema.push_back(whole("serving.max_events_per_customer", 10'000, 100, 10'000'000,
                           "Newest events of a customer that are kept in memory (32 bytes each), "
                           "at least ranking.max_scored_events. Of older ones the latest purchase "
                           "and dismissal of each product stay, for the rules."));
    schema.push_back(whole("serving.answer_cache_mib", 256, 0, 65'536,
                           "MiB of answers that are kept while nothing they depend on changes; 0: "
                           "none."));
    schema.push_back(whole("serving.max_waiting_decisions", 50'000, 1, 10'000'000,
                           "Decisions that may wait to be stored; requests then wait a moment for "
                           "room, and what finds none is counted and lost, with an alert."));
    schema.push_back(whole("serving.max_waiting_decisions_mib", 128, 1, 65'536,
                           "MiB that the decisions that wait may take, as above."));
    schema.push_back(whole("serving.wait_for_decisions_ms", 200, 0, 10'000,
                           "Milliseconds that a request waits at most where no more decisions may "
                           "wait; once that was in vain none waits until some were stored."));
    schema.push_back(whole("serving.decisions_per_write", 2'000, 1, 100'000,
                           "Decisions that are stored together."));
    schema.push_back(whole("stream.ring_messages", 10'000, 1, 10'000'000,
                           "Latest events, and as many latest decisions, that listeners who come "
                           "back still get; at least stream.max_waiting_messages."));
    schema.push_back(whole("stream.ring_jobs", 1'000, 1, 1'000'000,
                           "Latest messages of jobs that listeners who come back still get."));
    schema.push_back(whole("stream.ring_alerts", 1'000, 20, 1'000'000,
                           "Latest alerts that listeners who come back still get; the overview "
                           "shows 20."));
    schema.push_back(whole("stream.max_waiting_messages", 5'000, 1, 10'000'000,
                           "Messages that may wait for one listener before it is dropped, at least "
                           "twice events.max_batch and twice serving.decisions_per_write, which "
                           "come at once."));
    schema.push_back(whole("stream.max_subscribers", 1'000, 1, 1'000'000, "Listeners at once."));
    schema.push_back(whole("jobs.max_waiting", 100, 1, 100'000,
                           "Jobs that may wait for their turn; more are refused."));
    schema.push_back(whole("jobs.nice", 10, 0, 19,
                           "How much trainings and other jobs stand back behind requests: 0 not "
                           "at all, 19 the most."));
    schema.push_back(whole("jobs.progress_interval_ms", 200, 10, 60'000,
                           "Least time between two messages of one job's progress."));
    schema.push_back({"jobs.files_folder", std::string(),
                      "Folder of what jobs write; empty: beside the database, with .jobs after its "
                      "name."});
    add_retention(schema);
}

CustomerStates::Options state_options(const Config& config, Timestamp now) {
    CustomerStates::Options options;
    options.limits.max_events = std::max(size_of(config, "serving.max_events_per_customer"),
                                         size_of(config, "ranking.max_scored_events"));
    options.limits.scale = {config.number("events.decay_per_day"), now};
    options.weights = event_weights(config);
    return options;
}

EventServiceOptions event_service_options(const Config& config) {
    return {size_of(config, "events.max_batch"), config.number("events.max_clock_skew_s")};
}

AnswerCacheOptions answer_cache_options(const Config& config) {
    return {size_of(config, "serving.answer_cache_mib") * kMiB};
}

DecisionLogOptions decision_log_options(const Config& config) {
    return {size_of(config, "serving.max_waiting_decisions"),
            size_of(config, "serving.decisions_per_write"),
            size_of(config, "serving.max_waiting_decisions_mib") * kMiB,
            std::chrono::milliseconds(size_of(config, "serving.wait_for_decisions_ms"))};
}

LiveStreamOptions live_stream_options(const Config& config, Timestamp now) {
    LiveStreamOptions options;
    const std::size_t most_at_once = std::max(size_of(config, "events.max_batch"),
                                              size_of(config, "serving.decisions_per_write"));
    // Whoever has taken one such batch but for its last message gets the next one too.
    options.max_waiting_messages =
        std::max(size_of(config, "stream.max_waiting_messages"), 2 * most_at_once);
    options.ring_messages =
        std::max(size_of(config, "stream.ring_messages"), options.max_waiting_messages);
    options.ring_jobs = size_of(config, "stream.ring_jobs");
    options.ring_alerts = size_of(config, "stream.ring_alerts");
    options.max_subscribers = size_of(config, "stream.max_subscribers");
    options.first_id = static_cast<std::uint64_t>(now.ms) * 1'000;
    return options;
}

}  // namespace attune
