#include "serving/overview.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "domain/json.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::size_t kNumRecent = 20;

json share(std::size_t part, std::size_t whole) {
    if (whole == 0) return nullptr;
    // Of a decision that was shown before midnight something may be accepted after it.
    return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

json acceptance_json(const std::vector<DayOfAcceptance>& days) {
    json daily = json::array();
    std::size_t shown = 0;
    std::size_t accepted = 0;
    for (const DayOfAcceptance& day : days) {
        shown += day.shown;
        accepted += day.accepted;
        daily.push_back({{"date", format_date(day.midnight)},
                         {"shown", day.shown},
                         {"accepted", day.accepted},
                         {"rate", share(day.accepted, day.shown)}});
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
            {"metric", snapshot.report.value("/validation/metric"_json_pointer, json(nullptr))},
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

Result<json> overview(LiveService& service, Timestamp now) {
    json body;
    ATTUNE_ASSIGN(const auto days, service.acceptance().until(now));
    body["acceptance"] = acceptance_json(days);
    body["decisions_today"] = days.back().shown;
    ATTUNE_TRY(service.database().read([&](Stores& stores) -> Status {
        json recent = json::array();
        NewestFirst page;
        page.limit = kNumRecent;
        ATTUNE_ASSIGN(const std::vector<Event> events, stores.events().newest(page));
        for (const Event& event : events) recent.push_back(to_json(event));
        body["recent_events"] = std::move(recent);
        return {};
    }));
    body["events"] = service.states().num_events();
    body["customers"] = service.states().num_customers();
    body["products"] = service.models().catalogue()->num_products();
    const auto latency = service.recommender().latency().summary(std::chrono::steady_clock::now());
    body["latency"] = {{"p50_us", latency.count == 0 ? json(nullptr) : json(latency.p50_us)},
                       {"p99_us", latency.count == 0 ? json(nullptr) : json(latency.p99_us)},
                       {"requests_per_s", latency.per_second}};
    body["model"] = model_json(service.models());
    body["alerts"] = latest_json(service.stream(), StreamKind::kAlert);
    return body;
}

}  // namespace attune
