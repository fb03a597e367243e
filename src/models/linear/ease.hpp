#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/linear/item_regression.hpp"
#include "models/recommender.hpp"

namespace attune {

enum class Precision : std::uint8_t { kFloat, kDouble };

struct EaseOptions {
    ItemRegressionOptions regression;
    double regularization = 1;                ///< lambda > 0
    std::size_t max_weights = 500;            ///< kept of each product, strongest first; 0: all
    std::size_t max_products = 20'000;        ///< with events; more are refused
    Precision precision = Precision::kFloat;  ///< of the dense matrix
    std::size_t max_evidence = 10;
};

/// Scores a product by the weights that best give it from the other products of all customers, in
/// closed form. With G = X'WX, P = (G + lambda I)^-1 and R = X'WY:
///
///     B_j = P R_j - (P R_j)_j / P_jj  P_j,   score_j = scale * sum_i s_i B_ij
///
/// which for Y = X is the paper's I - P diag(1 / diag P). Weights may be negative: having one
/// product speaks against another.
///
/// @errors kInvalidArgument: options out of range, more products with events than max_products, a
///         lambda so small that the matrix is not positive definite; kCancelled
/// @threads one fit at a time per pool; the bytes do not depend on the number of threads
/// @cost   O(n^3) for n products with events, 4 n^2 bytes (8 n^2 with kDouble)
/// @source Steck, WWW 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"; departures:
///         customers are weighted, targets fade, weights are pruned
Result<std::unique_ptr<Recommender>> fit_ease(const TrainingData& data, const EaseOptions& options,
                                              ThreadPool& pool, Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_ease(BinaryReader& reader,
                                               std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
