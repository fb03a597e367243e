#pragma once

#include <nlohmann/json_fwd.hpp>

#include "http/problem.hpp"
#include "http/router.hpp"
#include "serving/answer.hpp"

namespace attune {

/// n, purpose, category, brand, exclude, boost and explain of a query. Problem: 400; 422
/// where boosts do not go together.
OrProblem<RecommendRequest> recommend_request(const QueryParameters& query,
                                              std::string customer_id);

/// The same of a body: {user_id, n, purpose, categories, brands, exclude, boosts, explain}.
/// Problem: 422.
OrProblem<RecommendRequest> recommend_request(const nlohmann::json& body);

}  // namespace attune
