#pragma once

#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/recommender.hpp"
#include "models/sgd/pairwise_model.hpp"
#include "models/sgd/warp_factors.hpp"

namespace attune {

struct WarpOptions {
    WarpSolverOptions solver;
    sgd::PairwiseModelOptions model;
};

/// Factors for the top of the list (WARP). Only the products' factors and biases are kept; a
/// customer's factors are a linear map of the history, the one that comes closest to what was
/// trained, so that an event counts at once, customers who came after the training are scored as
/// well as others, and each product's share in a score is exactly what the score falls by without
/// it. Weaker events count less when scoring; in the training each pair counts once. There are
/// never more factors than customers or products.
///
/// @errors kInvalidArgument: options out of range, factors that overflowed; kCancelled
/// @cost   fit_warp_factors and fit_history_map; scoring O(n rank + products rank) for n products
///         of the history
/// @source Weston, Bengio, Usunier, IJCAI 2011; the map is our own
Result<std::unique_ptr<Recommender>> fit_warp(const TrainingData& data, const WarpOptions& options,
                                              ThreadPool& pool, Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_warp(BinaryReader& reader,
                                               std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
