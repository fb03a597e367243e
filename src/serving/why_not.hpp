#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "serving/live_recommender.hpp"

namespace attune {

/// Why a product is in a customer's list, or is not.
struct WhyNot {
    std::string product_id;
    std::string name;
    bool shown = false;
    std::size_t position =
        0;  ///< in the list where it is shown, else among all allowed; 0: refused
    double score = 0;
    std::optional<Refusal> refusal;
    std::string text;                ///< one sentence
    std::vector<ListedItem> better;  ///< what is shown in its place, best first
    std::vector<Evidence> contributions;
};

/// @errors kNotFound: the model knows no such product; those of LiveRecommender::recommend
Result<WhyNot> why_not(const LiveRecommender& recommender, const RecommendRequest& request,
                       const std::string& product_id);

nlohmann::json to_json(const WhyNot& why_not);

}  // namespace attune
