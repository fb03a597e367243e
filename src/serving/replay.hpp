#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/result.hpp"
#include "serving/live_recommender.hpp"
#include "storage/stores.hpp"

namespace attune {

/// A stored decision as it is shown: {"id", "customer_id", "time", "purpose", "model_version",
/// "request", "items", "stages", "latency_us", ...}.
/// @errors kCorrupt: its document cannot be read
Result<nlohmann::json> to_json(const Decision& decision);

/// Makes a decision again: the same request, profile, moment and model version, the events that lie
/// before that moment, and the products and settings of today.
///
/// @return {"decision", "replayed": {"items"} or null, "identical", "differences": [text]}: what
///         came out other than it was, and what has changed since that may be why
/// @errors kNotFound: no such decision; those of the store
Result<nlohmann::json> replay(Database& database, const LiveRecommender& recommender,
                              const ModelHolder& models, const std::string& decision_id);

}  // namespace attune
