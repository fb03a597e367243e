#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/recommender.hpp"

namespace attune {

struct CohortOptions {
    // The number of cohorts is chosen between these by the silhouette. 1 <= min <= max <= 256
    std::size_t min_cohorts = 4;
    std::size_t max_cohorts = 12;
    double prior_customers =
        20;  ///< a cohort's rate leans on the global one as if by so many; >= 0
    std::vector<std::string> excluded_fields{};  ///< of the profile, as in ProfileEncoderOptions
    std::size_t max_categories = 12;             ///< of one field, as in ProfileEncoderOptions
    std::size_t choice_sample = 4000;            ///< customers clustered to choose the number; >= 2
    std::size_t silhouette_sample = 1500;        ///< of those, whose silhouettes are taken; >= 2
    std::size_t max_iterations = 50;
    std::uint64_t seed = 1;
};

/// Recommends what customers with similar profiles have: the answer for those without a history.
///
/// Profiles are standardised and grouped by k-means. What customers hold is no part of the
/// grouping, it is the outcome: otherwise nobody could be in the cohort of those who hold what they
/// lack. The score is the share of the customer's cohort that dealt with the product, shrunk
/// towards the share of all customers (Beta prior). When the training has not one interaction, it
/// is the share that holds the product's category. A customer without a profile gets the shares of
/// all.
///
/// @errors  kInvalidArgument: an option out of its range
/// @threads one fit at a time on a pool; its number of threads does not change the result
/// @cost    O(customers x columns x cohorts) per iteration; score: O(columns x cohorts + products)
/// @source  k-means and silhouette as in math/kmeans.hpp; the number of clusters is chosen by the
///          exact silhouette of a seeded sample
Result<std::unique_ptr<Recommender>> fit_cohort(const TrainingData& data,
                                                const CohortOptions& options, ThreadPool& pool);

/// Rates are found again by the ids of the products and the names of the categories; those that the
/// training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_cohort(BinaryReader& reader,
                                                 std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
