#pragma once

#include <cstddef>
#include <cstdint>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

/// How the customer x product counts are weighted before products are compared. Products are the
/// documents and customers the terms: a customer who has nearly everything says little.
enum class ItemWeighting : std::uint8_t { kNone, kTfIdf, kBm25 };

/// With M the weighted counts and T the same faded by `freshness`:
///
///     S_ij = sum_u M_ui T_uj / n_u^c  /  (d_i^a d_j^b),   d_i = sum_u M_ui^2 / n_u^c,   S_ii = 0
///
/// where n_u is the number of products of customer u, c `customer_exponent`, a `source_exponent`
/// and b `target_exponent`. Exponents (0, 1/2, 1/2) give the cosine, (0, 0, 0) the inner product.
struct ItemSimilarityOptions {
    ItemWeighting weighting = ItemWeighting::kNone;
    double bm25_k1 = 1.2;
    double bm25_b = 0.75;
    double customer_exponent = 1;
    double source_exponent = 0.3;
    double target_exponent = 0.5;
    std::size_t num_neighbours = 20;  ///< kept of each product
};

/// The counts weighted by TF-IDF or BM25; unchanged for kNone.
/// @source Robertson, Zaragoza, Foundations and Trends in IR 3(4), 2009, as `bm25_weight` and
///         `tfidf_weight` of the library implicit 0.7; departure: negative IDF becomes 0
CsrMatrix weighted_counts(const CsrMatrix& counts, const ItemSimilarityOptions& options);

/// Positive similarities from each product (row) to its most similar ones, pruned row by row while
/// they are computed.
///
/// @param counts     num_customers x num_products, values > 0
/// @param freshness  in counts' order, 0..1: what is left of each count on the target side; or
/// empty
/// @errors kCancelled
/// @cost   O(sum over customers of n_u^2), in parallel over products; the result does not depend on
///         the number of threads
Result<CsrMatrix> item_similarities(const CsrMatrix& counts, const std::vector<float>& freshness,
                                    const ItemSimilarityOptions& options, ThreadPool& pool,
                                    Progress& progress);

}  // namespace attune
