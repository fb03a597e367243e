#pragma once

#include <cstddef>
#include <memory>

#include "core/binary_io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/linear/truncated_svd.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune {

struct SvdOptions {
    TruncatedSvdOptions solver;
    StrengthOptions strength{Strength::kStrongest, 30};  ///< of the matrix, and when scoring
    double spectrum_exponent = 1;   ///< p: 0 gives every direction kept the same weight
    double customer_exponent = 1;   ///< c: a customer who has nearly everything says little
    double product_exponent = 0.5;  ///< b: 0 leaves products that many have the strongest
    std::size_t max_evidence = 10;
};

/// Scores a customer's history by its share in the strongest directions of all histories: with V of
/// the truncated decomposition of the matrix of the entries r_ui n_u^(-c / 2) d_i^(-b / 2), where
/// n_u is the number of products of customer u and d_i the number of customers of product i,
///
///     score_j = scale * sum_i r_i sum_k v_ik (s_k / s_0)^p v_jk
///
/// so that an event counts at once and each product of the history is evidence of exactly its term.
/// A catalogue or a set of customers smaller than the rank is described whole.
///
/// @errors kInvalidArgument: options out of range, a strength that is not finite; kCancelled
/// @threads one fit at a time per pool; the bytes do not depend on the number of threads
/// @cost   truncated_svd; scoring O((history + products) rank)
/// @source Cremonesi, Koren, Turrin, RecSys 2010 (PureSVD); departures: strengths fade, customers,
///         products and directions are weighted
Result<std::unique_ptr<Recommender>> fit_svd(const TrainingData& data, const SvdOptions& options,
                                             ThreadPool& pool, Progress& progress);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_svd(BinaryReader& reader,
                                              std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
