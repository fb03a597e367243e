#pragma once

#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"
#include "models/sgd/biased_mf_factors.hpp"

namespace attune {

struct BiasedMfOptions {
    BiasedMfOptions() { solver.num_negatives = 4; }
    BiasedMfSolverOptions solver;
    StrengthOptions strength;
    std::size_t max_evidence = 10;
};

/// Ranks by predicted rating. Attune's events carry no stars: the rating of a product is the
/// strength of the customer's dealings with it (with the default weights a view is worth 0.1, a
/// purchase 1), and products not dealt with count as rated 0 as often as num_negatives says.
///
/// Only the products' biases and factors are kept. A customer's bias and factors w are solved from
/// the n products of the history when scoring, by ridge regression on what the training minimizes:
///
///     A w = sum_i (r_i - mu - b_i) v_i - q n sum_j (mu + b_j) v_j,
///     A = sum_i v_i v_i' + q n sum_j v_j v_j' + regularization (1 + num_negatives) n I
///
/// with v = (1, y), i over the history, j over all products and q = num_negatives / products. The
/// score mu + b_j + v_j.w is taken apart exactly: a product i contributes (r_i - mu - b_i) v_j'
/// A^-1 v_i; what is left is the baseline. A product whose removal, tried out, would not lower the
/// score is not cited.
///
/// @errors those of fit_biased_mf_factors, but data without events gives a model of zeros
/// @cost   fit_biased_mf_factors; scoring O(n rank^2 + rank^3 + products rank), explaining
///         max_evidence times the first two
/// @source Koren, Bell, Volinsky, IEEE Computer 42(8), 2009
Result<std::unique_ptr<Recommender>> fit_biased_mf(const TrainingData& data,
                                                   const BiasedMfOptions& options,
                                                   Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_biased_mf(BinaryReader& reader,
                                                    std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
