#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/event.hpp"
#include "serving/live_recommender.hpp"

namespace attune {

/// What would be recommended if the customer were another one. Nothing is stored or recorded.
struct WhatIf {
    struct Change {
        std::string product_id;
        std::string name;
        std::optional<std::size_t> before_position;  ///< none: not in that list
        std::optional<std::size_t> after_position;
        std::optional<double> before_score;
        std::optional<double> after_score;
    };
    std::shared_ptr<const AnswerBody> before;
    std::shared_ptr<const AnswerBody> after;
    std::vector<Change> changes;  ///< of the products that are in one of the lists
};

/// @param merge_patch  RFC 7396, of the customer; null or {}: no change
/// @param events       more that the customer did; ids and customer ids do not matter
/// @errors kNotFound: no such customer; kInvalidArgument: the patch gives no valid customer, an
/// event
///         of an unknown product; those of LiveRecommender::recommend
Result<WhatIf> what_if(const LiveRecommender& recommender, const RecommendRequest& request,
                       const nlohmann::json& merge_patch, const std::vector<Event>& events);

nlohmann::json to_json(const WhatIf& what_if);

}  // namespace attune
