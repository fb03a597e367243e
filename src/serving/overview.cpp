#include "serving/overview.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "domain/json.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kNumDays = 30;
constexpr std::size_t kNumRecent = 20;
constexpr std::string_view kFeedbackContext = "decision:";

std::int64_t day_of(Timestamp time) {
    return time.ms / kDayMs;
}

/// Decisions and accepted ones by day, of the last days.
struct Acceptance {
    std::map<std::int64_t, std::size_t> shown;
    std::map<std::int64_t, std::size_t> accepted;
};

Result<Acceptance> read_acceptance(Stores& stores, Timestamp now) {
    Acceptance acceptance;
    const std::int64_t today = day_of(now);
    std::size_t later = 0;
    for (std::int64_t day = today; day > today - kNumDays; --day) {
        ATTUNE_ASSIGN(const std::size_t since,
                      stores.decisions().count_since(Timestamp{day * kDayMs}));
        acceptance.shown[day] = since - later;
        later = since;
    }
    // Feedback is among the newest events; those of the days are gone through until older ones
    // come.
    NewestFirst page;
    page.limit = 5'000;
    std::set<std::string> decisions;
    for (bool more = true; more;) {
        ATTUNE_ASSIGN(const std::vector<Event> events, stores.events().newest(page));
        more = events.size() == page.limit;
        for (const Event& event : events) {
            if (day_of(event.time) <= today - kNumDays) {
                more = false;
                break;
            }
            const bool accepts =
                event.type == EventType::kPurchase && event.context.starts_with(kFeedbackContext);
            if (accepts && decisions.insert(event.context).second) {
                ++acceptance.accepted[day_of(event.time)];
            }
        }
        if (more) page.before = TimeCursor{events.back().time, events.back().id};
    }
    return acceptance;
}

json share(std::size_t part, std::size_t whole) {
    if (whole == 0) return nullptr;
    // Of a decision that was shown before midnight something may be accepted after it.
    return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

json acceptance_json(const Acceptance& acceptance) {
    json daily = json::array();
    std::size_t shown = 0;
    std::size_t accepted = 0;
    for (const auto& [day, count] : acceptance.shown) {
        const auto found = acceptance.accepted.find(day);
        const std::size_t taken = found == acceptance.accepted.end() ? 0 : found->second;
        shown += count;
        accepted += taken;
        daily.push_back({{"date", format_timestamp(Timestamp{day * kDayMs}).substr(0, 10)},
                         {"shown", count},
                         {"accepted", taken},
                         {"rate", share(taken, count)}});
    }
    return {{"shown", shown},
            {"accepted", accepted},
            {"rate", share(accepted, shown)},
            {"daily", std::move(daily)}};
}

/// What the validation days said of a recommender, or of the blend; null where they did not.
json validation_ndcg(const json& report, std::string_view model) {
    if (model == "blend") return report.value("/blend/validation_ndcg"_json_pointer, json(nullptr));
    for (const json& entry : report.value("models", json::array())) {
        if (entry.value("name", "") == model) return entry.value("validation_ndcg", json(nullptr));
    }
    return nullptr;
}

json model_json(const ModelHolder& models) {
    const auto current = models.current();
    if (current == nullptr) return nullptr;
    const ModelSnapshot& snapshot = current->snapshot();
    return {{"version", snapshot.version},
            {"trained_at", format_timestamp(snapshot.trained_at)},
            {"ndcg", validation_ndcg(snapshot.report, "blend")},
            {"baseline_ndcg", validation_ndcg(snapshot.report, "popularity")},
            {"up_to_date", models.is_up_to_date()}};
}

json latest_json(const LiveStream& stream, StreamKind kind) {
    json list = json::array();
    for (const auto& message : stream.latest(kind, kNumRecent)) {
        list.push_back(json::parse(message->data, nullptr, false));
    }
    return list;
}

}  // namespace

Result<json> overview(LiveService& service, Timestamp started, Timestamp now) {
    json body;
    ATTUNE_TRY(service.database().read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const Acceptance acceptance, read_acceptance(stores, now));
        body["acceptance"] = acceptance_json(acceptance);
        body["decisions_today"] = acceptance.shown.at(day_of(now));
        ATTUNE_ASSIGN(const std::size_t num_events, stores.events().count());
        body["events"] = num_events;
        json recent = json::array();
        NewestFirst page;
        page.limit = kNumRecent;
        ATTUNE_ASSIGN(const std::vector<Event> events, stores.events().newest(page));
        for (const Event& event : events) recent.push_back(to_json(event));
        body["recent_events"] = std::move(recent);
        return {};
    }));
    body["customers"] = service.states().num_customers();
    body["products"] = service.models().catalogue()->num_products();
    const LatencyHistogram& latency = service.recommender().latency();
    const std::uint64_t requests = latency.count();
    const double seconds = std::max(1.0, static_cast<double>(now.ms - started.ms) / 1'000);
    body["latency"] = {{"p50_us", requests == 0 ? json(nullptr) : json(latency.quantile_us(.5))},
                       {"p99_us", requests == 0 ? json(nullptr) : json(latency.quantile_us(.99))},
                       {"requests_per_s", static_cast<double>(requests) / seconds}};
    body["model"] = model_json(service.models());
    body["alerts"] = latest_json(service.stream(), StreamKind::kAlert);
    return body;
}

}  // namespace attune
