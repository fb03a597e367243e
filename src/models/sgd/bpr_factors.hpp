#pragma once

#include "models/sgd/pairwise_sgd.hpp"

namespace attune {

/// Fits factors by Bayesian personalised ranking: stochastic descent on
///
///     -log s(x_u.(y_i - y_j) + b_i - b_j) + regularization / 2 (|x_u|^2 + |y_i|^2 + |y_j|^2 + ...)
///
/// for observed pairs (u, i), drawn with replacement, and products j that u has not dealt
/// with, s being the logistic function. The parts that descend at once have customers of their own
/// and share the products' rows without locks.
///
/// @param counts  num_customers x num_products, values > 0; a pair counts once whatever its value
/// @errors kInvalidArgument: options out of range, those of check_feedback and check_rank, factors
///         that overflowed; kCancelled
/// @threads one fit at a time per pool
/// @cost   O(nnz rank) an epoch
/// @source Rendle, Freudenthaler, Gantner, Schmidt-Thieme, UAI 2009; Niu, Recht, Re, Wright,
///         NeurIPS 2011; departures: biases are regularized like factors, negatives may be drawn
///         by popularity
Result<PairwiseFactors> fit_bpr_factors(const CsrMatrix& counts, const PairwiseOptions& options,
                                        ThreadPool& pool, Progress& progress);

}  // namespace attune
