#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/linear/item_regression.hpp"
#include "models/recommender.hpp"

namespace attune {

struct SlimSolverOptions {
    double l1 = 0.01;                   ///< lambda >= 0: more weights are zero
    double l2 = 1;                      ///< beta > 0: weights are drawn to zero
    std::size_t max_sweeps = 100;       ///< over the products that may have a weight
    double tolerance = 1e-4;            ///< sweeps end when no weight moves by more
    std::size_t max_weights = 500;      ///< kept of each product, strongest first; 0: all
    std::size_t max_memory_mib = 4096;  ///< that the co-occurrences may take; more are refused
};

/// The weights with which each product's targets are summed:
///
///     min over w >= 0, w_jj = 0 of  1/2 w'Gw - w'R_j + l1 |w|_1 + l2 / 2 |w|_2^2
///
/// with G = X'WX and R = X'WY, by cyclic coordinate descent. No strength is negative, hence neither
/// is an entry of G, and a weight can be positive only where R_ij > l1: the others are not looked
/// at. G is kept sparse, by the pairs of products that any customer has both of.
///
/// @return positions x positions: row j has the weights with which j's score is summed
/// @errors kInvalidArgument: options out of range, more co-occurrences than the memory allows;
///         kCancelled
/// @threads on all of the pool; the bytes do not depend on their number
/// @cost   O(sum over customers of n_u^2 + changed weights x products that co-occur with one)
/// @source Ning, Karypis, ICDM 2011; Friedman, Hastie, Tibshirani, J. Stat. Software 33(1), 2010
///         (covariance updates)
Result<CsrMatrix> solve_slim(const ItemRegression& regression, const SlimSolverOptions& options,
                             ThreadPool& pool, Progress& progress);

struct SlimOptions {
    ItemRegressionOptions regression;
    SlimSolverOptions solver;
    std::size_t max_evidence = 10;
};

/// Scores a product by few non-negative weights of the other products, an elastic net for each:
///
///     score_j = scale * sum_i s_i w_ij
///
/// @errors kInvalidArgument: options out of range, too many co-occurrences, a strength that is not
///         finite; kCancelled
/// @threads one fit at a time per pool; the bytes do not depend on the number of threads
/// @cost   solve_slim; scoring O(history x weights of a product)
/// @source Ning, Karypis, ICDM 2011; departures: customers are weighted, targets fade
Result<std::unique_ptr<Recommender>> fit_slim(const TrainingData& data, const SlimOptions& options,
                                              ThreadPool& pool, Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_slim(BinaryReader& reader,
                                               std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
