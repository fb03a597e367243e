#pragma once

#include <nlohmann/json.hpp>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/evaluate_ranking.hpp"
#include "serving/training.hpp"

namespace attune {

struct RankingEvaluationRequest {
    TimeSplitOptions split;
    RankingOptions ranking;
    TrainingOptions training;
};

struct RankingEvaluationOutcome {
    RankingEvaluation evaluation;
    nlohmann::json training_report;  ///< of the models that were compared; see TrainedModels
};

/// The fading popularity is compared with the plain one, which is the baseline "popularity", so it
/// goes by this name.
inline constexpr std::string_view kRecentPopularity = "recent_popularity";

/// Trains on what came before the cut, as `train_models` does, and compares every recommender, the
/// blend and the baselines on what customers did after it. Nothing after the cut is seen before the
/// comparison: parameters and weights are chosen on the last days before it.
/// @errors those of split_by_time, train_models and evaluate_recommenders
Result<RankingEvaluationOutcome> evaluate_ranking(const TrainingData& data,
                                                  const RankingEvaluationRequest& request,
                                                  ThreadPool& pool, Progress& progress);

}  // namespace attune
