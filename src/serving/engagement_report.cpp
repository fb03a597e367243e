#include "serving/engagement_report.hpp"

#include <nlohmann/json.hpp>

namespace attune {

Result<EngagementReport> engagement_of(const CustomerStates& states, std::string_view customer_id,
                                       Timestamp now, std::size_t num_days) {
    const auto record = states.find(customer_id);
    if (!record) {
        return fail(ErrorCode::kNotFound, "there is no customer '{}'", customer_id.substr(0, 200));
    }
    const EngagementScale& scale = states.limits().scale;
    const EventWeights weights = states.engagement_weights();
    const double fade = scale.fade(now);
    EngagementReport report;
    const double at_reference = engagement_at_reference(record->engagement, weights);
    report.score = at_reference * fade;
    report.standing = standing_of(at_reference, states.engagement_scores());
    report.half_life_days = scale.half_life_days();
    for (const EventType type : kEventTypes) {
        const DecayedCount& counted = record->engagement[static_cast<std::size_t>(type)];
        if (counted.count == 0) continue;
        const double weight = weights.of(type);
        report.by_type.push_back({type, counted.count, weight, weight * counted.decayed * fade});
    }
    std::vector<TypedTime> events;
    events.reserve(record->num_events());
    record->for_each_until(now, [&](const KnownEvent& event) {
        events.push_back({event.type, Timestamp{event.time_ms}});
    });
    report.daily = daily_engagement(events, weights, scale.decay_per_day, now, num_days);
    return report;
}

nlohmann::json to_json(const EngagementReport& report) {
    nlohmann::json by_type = nlohmann::json::object();
    for (const EngagementReport::OfType& of : report.by_type) {
        by_type[std::string(event_type_name(of.type))] = {
            {"count", of.count}, {"weight", of.weight}, {"decayed", of.decayed}};
    }
    nlohmann::json daily = nlohmann::json::array();
    for (const DailyEngagement& day : report.daily) {
        daily.push_back({{"date", format_date(day.day)}, {"score", day.score}});
    }
    return {{"score", report.score},
            {"min_max", report.standing.min_max},
            {"z_score", report.standing.z_score},
            {"rank", report.standing.rank},
            {"num_customers", report.standing.num_customers},
            {"half_life_days", report.half_life_days},
            {"by_type", std::move(by_type)},
            {"daily", std::move(daily)}};
}

}  // namespace attune
