#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/neighbours/similarity_options.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune {

/// Defaults chosen on Online Retail, on the 30 days before the test period. The exponents (1/2 for
/// customers, 0 for products) give the cosine.
struct UserKnnOptions {
    StrengthOptions counts;   ///< of the customers that are compared with
    StrengthOptions history;  ///< of the customer who asks
    SimilarityMeasure measure = SimilarityMeasure::kWeightedCosine;
    std::size_t num_neighbours = 400;
    double customer_exponent = 0.75;  ///< b: how much long histories are held back
    double product_exponent = 0.25;   ///< c: how much less a product says that many have
    double bm25_k1 = 1.2;
    double bm25_b = 0.75;
    double target_half_life_days = 10;  ///< products bought lately are better advice; 0: all equal
    std::size_t max_evidence = 10;
};

/// Scores a product by what the customers with the most similar histories have. With X the training
/// counts, T the same faded, n_i the customers who have product i and w the history of who asks,
/// the weighted cosine is
///
///     sim_v   = sum_i w_i X_vi / n_i^c  /  d_v^b,    d_v = sum_i X_vi^2 / n_i^c
///     score_j = scale * sum over the most similar v of sim_v T_vj
///
/// and the other measures are those of SimilarityMeasure with customers and products changed about
/// (weigh_customers). Of the score each product of the history has the share that the neighbours'
/// similarities owe to it: see user_knn_explanation.
///
/// Nobody is their own neighbour: a training customer's own row is left out, which the model finds
/// by a hash of the customer's id. Beside those hashes it holds the products of the training
/// customers, and nothing else of them: whoever is to be forgotten is out of it after the next
/// training.
///
/// @errors kInvalidArgument: options out of range, those of feedback_matrix; kCancelled
/// @cost   scoring: O(training customers + sum over the history of n_i + num_neighbours x their
///         histories); explaining one product: that times the cited evidence
/// @source Herlocker et al., SIGIR 1999; Aiolli, RecSys 2013 (asymmetric cosine); departures: the
///         history of who asks is not normalised, counts of the target side fade
Result<std::unique_ptr<Recommender>> fit_user_knn(const TrainingData& data,
                                                  const UserKnnOptions& options,
                                                  Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0. Models of
/// format 1 are read too; they do not know whose rows they hold, so that none is left out.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_user_knn(BinaryReader& reader,
                                                   std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
