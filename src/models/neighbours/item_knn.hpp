#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/neighbours/item_similarity.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune {

/// Defaults chosen on Online Retail, on the 30 days before the test period.
struct ItemKnnOptions {
    ItemSimilarityOptions similarity;
    StrengthOptions counts;   ///< of the matrix that products are compared by
    StrengthOptions history;  ///< of the customer's products when scoring
    double target_half_life_days =
        40;  ///< products bought lately are better neighbours; 0: all equal
    std::size_t max_evidence = 10;
};

/// Scores a product by its similarity to the products of the customer's history:
///
///     score_j = scale * sum_i w_i S_ij
///
/// The scale is fixed at fit so that a training customer's best product that is not in the history
/// scores 1 on average; it does not depend on who asks.
///
/// @errors kInvalidArgument: options out of range; kCancelled
/// @cost   item_similarities; scoring O(history x num_neighbours)
/// @source Deshpande, Karypis, ACM TOIS 22(1), 2004; departures: counts of the target side fade
Result<std::unique_ptr<Recommender>> fit_item_knn(const TrainingData& data,
                                                  const ItemKnnOptions& options, ThreadPool& pool,
                                                  Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_item_knn(BinaryReader& reader,
                                                   std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
