#pragma once

#include "models/sgd/pairwise_sgd.hpp"

namespace attune {

struct WarpSolverOptions : PairwiseOptions {
    WarpSolverOptions() {
        learning_rate = 0.03;
        max_norm = 4;
    }
    std::size_t max_draws = 50;  ///< products tried until one ranks too high
};

/// Fits factors by the weighted approximate-rank pairwise loss: for an observed pair (u, i),
/// products j that u has not dealt with are drawn until one scores above the score of i less 1. If
/// it took n draws, i ranks about r = (products - 1) / n, and the step descends on
/// (1 + 1/2 + ... + 1/r) (1 - f(u, i) + f(u, j)), f(u, j) = x_u.y_j + b_j.
///
/// @param counts  as fit_bpr_factors
/// @errors as fit_bpr_factors
/// @threads one fit at a time per pool
/// @cost   O(nnz max_draws rank) an epoch at most
/// @source Weston, Bengio, Usunier, IJCAI 2011; departures: squared norms are penalised as well as
///         bounded, products have biases, draws end after max_draws
Result<PairwiseFactors> fit_warp_factors(const CsrMatrix& counts, const WarpSolverOptions& options,
                                         ThreadPool& pool, Progress& progress);

}  // namespace attune
