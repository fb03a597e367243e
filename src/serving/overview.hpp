#pragma once

#include <nlohmann/json_fwd.hpp>

#include "serving/live_service.hpp"

namespace attune {

/// The state of the service at a glance: {"customers", "products", "events", "decisions_today",
/// "acceptance": {"shown", "accepted", "rate", "daily": [{"date", "shown", "accepted", "rate"}]},
/// "latency": {"p50_us", "p99_us", "requests_per_s"} of the last five minutes, "model": {"version",
/// "trained_at", "ndcg", "baseline_ndcg", "metric", "up_to_date"} or null, "recent_events",
/// "alerts"}.
///
/// Shown are the decisions of the last 30 days; accepted are those of them that a purchase refers
/// to by "decision:<id>" in its context, as POST /api/feedback writes it.
/// @errors those of the store
/// @cost   that of AcceptanceHistory
Result<nlohmann::json> overview(LiveService& service, Timestamp now);

}  // namespace attune
