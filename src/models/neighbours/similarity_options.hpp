#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/result.hpp"

namespace attune {

/// How the customer x product counts are weighted before products are compared. Products are the
/// documents and customers the terms: a customer who has nearly everything says little.
enum class ItemWeighting : std::uint8_t { kNone, kTfIdf, kBm25 };

/// How alike two products are. X are the counts, N the number of customers, n_i the customers who
/// have product i, c those who have both i and j.
enum class SimilarityMeasure : std::uint8_t {
    kWeightedCosine,  ///< S_ij of ItemSimilarityOptions
    kCosine,          ///< sum_u X_ui X_uj / (|X_i| |X_j|)
    kPearson,         ///< correlation of X_i and X_j over all customers, 0 for who has it not
    kJaccard,         ///< c / (n_i + n_j - c)
    kTfIdf,           ///< cosine of the counts weighted by TF-IDF
    kBm25,            ///< inner product of the counts weighted by BM25
    kCooccurrence,    ///< c
    kLift,            ///< c N / (n_i n_j): pairs of rare products come first
    kLogLikelihood,   ///< Dunning's G^2 of having i and having j where c is above n_i n_j / N, else
                      ///< 0
};

/// In the order of the enumerators: "weighted_cosine", "cosine", ...
std::span<const std::string_view> similarity_measure_names();
std::string_view similarity_measure_name(SimilarityMeasure measure);
/// @errors kInvalidArgument lists the measures
Result<SimilarityMeasure> parse_similarity_measure(std::string_view name);

/// With M the weighted counts and T the same faded by `freshness`, the weighted cosine is
///
///     S_ij = sum_u M_ui T_uj / n_u^c  /  (d_i^a d_j^b),   d_i = sum_u M_ui^2 / n_u^c,   S_ii = 0
///
/// where n_u is the number of products of customer u, c `customer_exponent`, a `source_exponent`
/// and b `target_exponent`. Exponents (0, 1/2, 1/2) give the cosine, (0, 0, 0) the inner product.
struct ItemSimilarityOptions {
    SimilarityMeasure measure = SimilarityMeasure::kWeightedCosine;
    ItemWeighting weighting = ItemWeighting::kNone;  ///< of the weighted cosine
    double bm25_k1 = 1.2;
    double bm25_b = 0.75;
    double customer_exponent = 1;  ///< of the weighted cosine, as the two below
    double source_exponent = 0.3;
    double target_exponent = 0.5;
    std::size_t num_neighbours = 20;  ///< kept of each product
};

/// @errors kInvalidArgument: no neighbours, BM25 parameters or exponents out of range; `model` is
///         named
Status validate(const ItemSimilarityOptions& options, std::string_view model);

}  // namespace attune
