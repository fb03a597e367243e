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

struct SessionKnnOptions {
    double session_gap_minutes = 7.0 * 24 * 60;  ///< pause after which a session is over
    double target_half_life_days = 40;           ///< age after which a session counts half
    ItemSimilarityOptions similarity{.num_neighbours = 100};
    StrengthOptions history;  ///< of the customer's products when scoring
    std::size_t max_evidence = 10;
};

/// Scores a product by the sessions, anyone's, that it shares with products of the history: item
/// kNN where sessions stand for customers,
///
///     score_j = scale * sum_i s_i S_ij
///
/// with S of item_similarities over sessions that fade with their age. Late products of the history
/// may count more, as in the paper's vector multiplication; its choice of the nearest sessions is
/// left out, for every session that shares a product counts: so each event is evidence of exactly
/// its term.
///
/// @errors kInvalidArgument: options out of range, a weight that is not finite; kCancelled
/// @threads one fit at a time per pool; the bytes do not depend on the number of threads
/// @cost   item_similarities; scoring O(history x neighbours)
/// @source Ludewig, Jannach, User Modeling and User-Adapted Interaction 28, 2018 (IKNN, V-SkNN)
Result<std::unique_ptr<Recommender>> fit_session_knn(const TrainingData& data,
                                                     const SessionKnnOptions& options,
                                                     ThreadPool& pool, Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_session_knn(BinaryReader& reader,
                                                      std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
