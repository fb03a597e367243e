#pragma once

#include <memory>
#include <string_view>

#include "core/thread_pool.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"
#include "models/sgd/pairwise_sgd.hpp"

namespace attune::sgd {

/// What a recommender is made of besides its factors.
struct PairwiseModelOptions {
    StrengthOptions strength;
    double history_ridge = 1e-3;  ///< of fit_history_map, relative
    std::size_t max_evidence = 10;
};

/// The recommender of fitted factors. The customers' serve only to find the map from histories to
/// factors (fit_history_map) and are then dropped. Biases are shifted so that the least is 0, which
/// changes no ranking.
/// @param strengths  what the factors were fitted on
std::unique_ptr<Recommender> make_pairwise_model(std::string_view name, const TrainingData& data,
                                                 const CsrMatrix& strengths,
                                                 const PairwiseFactors& factors,
                                                 const PairwiseModelOptions& options,
                                                 ThreadPool& pool);

/// The recommender of data without any event: zeros.
std::unique_ptr<Recommender> make_empty_model(std::string_view name, const TrainingData& data,
                                              const PairwiseModelOptions& options);

/// @errors kInvalidArgument: options out of range
Status validate(const PairwiseModelOptions& options, std::string_view model);

}  // namespace attune::sgd
