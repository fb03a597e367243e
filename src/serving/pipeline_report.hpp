#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "serving/live_recommender.hpp"

namespace attune {

/// What becomes of one request, stage by stage, with counts and times:
/// {"stages": [{"name", "in", "out", "ms", "detail"}], "refused": [{"refusal", "products"}],
///  "models": [{"name", "weight", "scored", "ms"}], "total_ms", "model_version", "items"}.
/// Nothing is recorded. @errors those of LiveRecommender::recommend
Result<nlohmann::json> pipeline_report(const LiveRecommender& recommender,
                                       const RecommendRequest& request);

}  // namespace attune
