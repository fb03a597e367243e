#include "features/engagement.hpp"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

// e^+-700 is near the ends of double.
constexpr double kMostExponent = 700;

Timestamp midnight_of(Timestamp time) {
    const std::int64_t rest = time.ms % kMsPerDay;
    return {time.ms - (rest < 0 ? rest + kMsPerDay : rest)};
}

}  // namespace

double EngagementScale::at_reference(Timestamp time) const {
    return std::exp(std::min(decay_per_day * days_between(reference, time), kMostExponent));
}

double EngagementScale::fade(Timestamp now) const {
    return std::exp(std::min(-decay_per_day * days_between(reference, now), kMostExponent));
}

double EngagementScale::half_life_days() const {
    return std::log(2.0) / decay_per_day;
}

void count_event(EngagementCounts& counts, EventType type, Timestamp time,
                 const EngagementScale& scale) {
    DecayedCount& of_type = counts[static_cast<std::size_t>(type)];
    ++of_type.count;
    of_type.decayed += scale.at_reference(time);
}

double engagement_at_reference(const EngagementCounts& counts, const EventWeights& weights) {
    double score = 0;
    for (const EventType type : kEventTypes) {
        score += weights.of(type) * counts[static_cast<std::size_t>(type)].decayed;
    }
    return score;
}

EngagementStanding standing_of(double score, std::span<const double> all) {
    EngagementStanding standing;
    standing.num_customers = all.size();
    if (all.empty()) return standing;
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    for (const double other : all) standing.rank += other > score ? 1U : 0U;
    if (!(*most > *least)) return standing;
    standing.min_max = (score - *least) / (*most - *least);
    // Brought to 0..1 first, so that squares of faded scores do not vanish.
    const double unit = *most;
    const auto count = static_cast<double>(all.size());
    double mean = 0;
    for (const double other : all) mean += other / unit;
    mean /= count;
    double squares = 0;
    for (const double other : all) {
        const double from_mean = other / unit - mean;
        squares += from_mean * from_mean;
    }
    const double deviation = std::sqrt(squares / count);
    if (deviation > 0) standing.z_score = (score / unit - mean) / deviation;
    return standing;
}

std::vector<DailyEngagement> daily_engagement(std::span<const TypedTime> events,
                                              const EventWeights& weights, double decay_per_day,
                                              Timestamp now, std::size_t num_days) {
    std::vector<DailyEngagement> days(num_days);
    if (num_days == 0) return days;
    const std::int64_t first =
        midnight_of(now).ms - static_cast<std::int64_t>(num_days - 1) * kMsPerDay;
    const EngagementScale from_now{decay_per_day, now};
    // What each day adds, as it will be worth at `now`; what was before counts to the first day.
    std::vector<double> added(num_days, 0.0);
    for (const TypedTime& event : events) {
        if (event.time > now) continue;
        const std::int64_t day = event.time.ms < first ? 0 : (event.time.ms - first) / kMsPerDay;
        added[static_cast<std::size_t>(day)] +=
            weights.of(event.type) * from_now.at_reference(event.time);
    }
    double sum = 0;
    for (std::size_t d = 0; d < num_days; ++d) {
        sum += added[d];
        const Timestamp day{first + static_cast<std::int64_t>(d) * kMsPerDay};
        const Timestamp end{std::min(day.ms + kMsPerDay, now.ms)};
        days[d] = {day, sum * from_now.fade(end)};
    }
    return days;
}

}  // namespace attune
