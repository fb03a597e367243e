#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "features/engagement.hpp"
#include "serving/customer_states.hpp"

namespace attune {

/// The engagement of one customer beside that of all.
struct EngagementReport {
    struct OfType {
        EventType type = EventType::kView;
        std::uint64_t count = 0;
        double weight = 0;
        double decayed = 0;  ///< its part of the score
    };
    double score = 0;
    EngagementStanding standing;
    double half_life_days = 0;
    std::vector<OfType> by_type;  ///< of the types that occurred
    std::vector<DailyEngagement> daily;
};

/// @param num_days  of the daily series; it goes by the events that are kept in memory
/// @errors kNotFound: no such customer
/// @cost   O(customers + events of the customer)
Result<EngagementReport> engagement_of(const CustomerStates& states, std::string_view customer_id,
                                       Timestamp now, std::size_t num_days = 90);

/// {"score", "min_max", "z_score", "rank", "num_customers", "half_life_days",
///  "by_type": {"view": {"count", "weight", "decayed"}}, "daily": [{"date", "score"}]}
nlohmann::json to_json(const EngagementReport& report);

}  // namespace attune
