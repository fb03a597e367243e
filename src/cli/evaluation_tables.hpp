#pragma once

#include "cli/context.hpp"
#include "evaluation/evaluate_ranking.hpp"
#include "serving/propensity_evaluation.hpp"

namespace attune {

/// A ranking evaluation for people: what was counted, a row a model, and whether the blend pays.
void show_ranking(const Context& context, const RankingEvaluation& evaluation);

/// The head of the table that `show_propensity` writes two rows of: the model's and that of saying
/// the overall share to everyone. The Brier score is the mean squared error.
void show_propensity_head(const Context& context, std::size_t num_folds, std::size_t num_customers);
void show_propensity(const Context& context, const PropensityEvaluation& evaluation);

}  // namespace attune
