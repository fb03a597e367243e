#pragma once

#include <string>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "evaluation/evaluate_predictions.hpp"
#include "features/training_data.hpp"
#include "models/propensity.hpp"

namespace attune {

struct PropensityEvaluationRequest {
    std::string category;
    std::size_t num_folds = 5;
    std::uint64_t seed = 1;
    PropensityOptions options;
    PredictionOptions prediction;
};

struct PropensityEvaluation {
    std::string category;
    ClassificationEvaluation probabilities;
    /// The same probabilities against the outcome as a number, 0 or 1: the mean squared error is
    /// the Brier score, R2 what it gains over giving everybody the overall share.
    RegressionEvaluation numbers;
};

/// How well the propensity model foresees who holds a category: each customer's probability comes
/// from a model of the other folds, stratified by the outcome.
/// @errors kInvalidArgument: a category that too few customers hold or lack
Result<PropensityEvaluation> evaluate_propensity(const TrainingData& data,
                                                 const PropensityEvaluationRequest& request,
                                                 ThreadPool& pool, Progress& progress);

/// The categories that a propensity model is trained for, ascending.
std::vector<std::string> held_categories(const TrainingData& data,
                                         const PropensityOptions& options);

}  // namespace attune
