#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// How good a blend with these weights is, such as its NDCG on a validation slice; higher is
/// better. An error ends the search, which returns it.
using BlendObjective = std::function<Result<double>(std::span<const double> weights)>;

struct BlendSearchOptions {
    std::uint64_t seed = 1;
    std::size_t num_random_starts = 4;   ///< beside equal weights and each model alone
    std::size_t num_refined_starts = 3;  ///< the best starts, from which the search goes on
    double first_step = 0.2;             ///< weight moved from one model to another
    double last_step = 0.02;             ///< the step is halved until it is below this
    std::size_t max_evaluations = 2000;  ///< of the objective; a bound on the cost
};

/// One place where the objective was evaluated.
struct BlendTrial {
    std::vector<double> weights;
    double value = 0;
};

struct LearnedWeights {
    std::vector<double> weights;    ///< >= 0, sum 1
    double value = 0;               ///< the objective there
    std::vector<BlendTrial> trace;  ///< every evaluation, in order
};

/// Looks for the weights that maximise the objective: exchange search on the simplex (weight moves
/// from one model to another by shrinking steps) from the best of several starts. A later place
/// replaces an earlier one only if it is better, and equal weights come first, so a flat objective
/// gives equal weights. Deterministic for a seed; no place is evaluated twice.
///
/// @errors kInvalidArgument: no model, bad steps, no evaluations allowed; an objective that is not
///         finite; those of the objective
/// @cost   at most max_evaluations calls of the objective
Result<LearnedWeights> learn_blend_weights(std::size_t num_models, const BlendObjective& objective,
                                           const BlendSearchOptions& options);

}  // namespace attune
