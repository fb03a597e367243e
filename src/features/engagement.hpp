#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.hpp"
#include "domain/event.hpp"

namespace attune {

/// How much a customer has lately had to do with the products: the sum over the events of
/// weight(type) * e^(-decay * days since).
///
/// All customers fade by the same factor, so sums are kept at one reference time for all: an event
/// adds e^(decay * days from the reference to it), nothing has to be touched as time passes, and
/// scores at any moment are the kept sums times one number.
struct EngagementScale {
    double decay_per_day = 0.1;
    /// Within some 19 years of the events, or they vanish (before) or saturate (after).
    Timestamp reference;

    /// What an event of that time adds at the reference. Finite and >= 0.
    [[nodiscard]] double at_reference(Timestamp time) const;
    /// What a sum at the reference is worth at `now`.
    [[nodiscard]] double fade(Timestamp now) const;
    [[nodiscard]] double half_life_days() const;
};

/// Events of one type of one customer.
struct DecayedCount {
    std::uint64_t count = 0;
    double decayed = 0;  ///< sum of EngagementScale::at_reference

    friend bool operator==(const DecayedCount&, const DecayedCount&) = default;
};

using EngagementCounts = std::array<DecayedCount, kEventTypes.size()>;  ///< by EventType

void count_event(EngagementCounts& counts, EventType type, Timestamp time,
                 const EngagementScale& scale);

/// The score at the reference time; times `fade(now)` it is the score.
double engagement_at_reference(const EngagementCounts& counts, const EventWeights& weights);

/// Where one score stands among those of all customers. Does not change when all are multiplied by
/// one positive number.
struct EngagementStanding {
    double min_max = 0;  ///< (score - least) / (most - least); 0 where all are equal
    double z_score = 0;  ///< in deviations of all customers from their mean; 0 where all are equal
    std::size_t rank = 1;  ///< 1 + how many have more
    std::size_t num_customers = 0;
};

/// @param all  scores of all customers, finite and >= 0, the one asked for among them
/// @cost O(customers)
EngagementStanding standing_of(double score, std::span<const double> all);

struct TypedTime {
    EventType type = EventType::kView;
    Timestamp time;
};

struct DailyEngagement {
    Timestamp day;  ///< its midnight, UTC
    double score = 0;
};

/// The score at the end of each of the last `num_days` days, at `now` for the one that `now` is
/// in. Events after `now` do not count.
/// @param events  in any order
std::vector<DailyEngagement> daily_engagement(std::span<const TypedTime> events,
                                              const EventWeights& weights, double decay_per_day,
                                              Timestamp now, std::size_t num_days);

}  // namespace attune
