#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "math/factor_rows.hpp"
#include "models/sgd/positive_pairs.hpp"

namespace attune {

using sgd::NegativeSampling;

/// What the descents over pairs of products have in common.
struct PairwiseOptions {
    std::size_t num_factors = 64;
    std::size_t num_epochs = 60;  ///< of as many draws as there are observed pairs
    double learning_rate = 0.1;
    double regularization = 0.005;   ///< what draws factors and biases to zero
    double max_norm = 0;             ///< rows that grow longer are cut back to it; 0: any length
    double initial_deviation = 0.1;  ///< of a factor row's length; must not be 0
    NegativeSampling negatives = NegativeSampling::kUniform;
    bool biases = true;  ///< whether products have a number of their own beside the factors
    /// Parts that descend at once, without locks. With 1 the same seed gives the same factors,
    /// byte for byte, on any machine of one vector width; 0 takes as many as the pool has threads.
    std::size_t num_threads = 1;
    std::uint64_t seed = 1;
};

/// The score of a pair is the inner product of the rows of its customer and its product plus the
/// bias of the product.
struct PairwiseFactors {
    FactorRows customers;
    FactorRows products;
    std::vector<float> biases;         ///< one per product; zeros without biases
    std::vector<double> epoch_losses;  ///< estimate, of an eighth of each epoch's draws
};

namespace sgd {

enum class PairwiseLoss : std::uint8_t { kLogistic, kWeightedHinge };

/// The descent behind fit_bpr_factors and fit_warp_factors.
/// @param max_draws  products that kWeightedHinge tries for each observed one
Result<PairwiseFactors> fit_pairwise(const CsrMatrix& counts, const PairwiseOptions& options,
                                     PairwiseLoss loss, std::size_t max_draws,
                                     std::string_view name, ThreadPool& pool, Progress& progress);

}  // namespace sgd

/// @errors kInvalidArgument: names the option, what it is and what it may be
Status validate(const PairwiseOptions& options, std::string_view model);

}  // namespace attune
