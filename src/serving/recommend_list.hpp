#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "serving/live_recommender.hpp"
#include "storage/stores.hpp"

namespace attune {

struct RecommendPage {
    std::vector<Answer> answers;
    std::size_t num_refused = 0;  ///< customers who refused the purpose; they have no answer
    std::optional<std::string> next_after;  ///< the id to go on after; none: there are no more
};

/// Recommendations for a page of customers in the order of their ids, recorded as decisions.
/// @param like  the request, for whichever customer
/// @errors those of the store and of LiveRecommender::recommend, but for refused consent
Result<RecommendPage> recommend_page(Database& database, LiveRecommender& recommender,
                                     const Page& page, const RecommendRequest& like);

struct RecommendAllOutcome {
    std::uint64_t num_customers = 0;  ///< with a line in the file
    std::uint64_t num_refused = 0;
    std::uint64_t num_items = 0;
    std::string model_version;
};

/// Writes a line of JSON for each customer, {"user_id", "items"}, all by the model that serves at
/// the start. Every list passes the constraint stage, as a single one does. No decision is
/// recorded: the file is a proposal and not yet shown to anybody.
/// @errors as recommend_page; kCancelled: no file is left behind; those of writing the file
Result<RecommendAllOutcome> recommend_all(Database& database, const LiveRecommender& recommender,
                                          const RecommendRequest& like,
                                          const std::filesystem::path& file, Progress& progress);

}  // namespace attune
