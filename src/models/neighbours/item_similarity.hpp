#pragma once

#include <cstddef>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "models/neighbours/similarity_options.hpp"

namespace attune {

/// ln(documents / (1 + those with the term)), at least 0.
double inverse_document_frequency(std::size_t num_documents, double num_with_term);

/// What BM25 makes of a count, but for the inverse document frequency.
double bm25_weight(double count, double relative_length, double k1, double b);

/// The counts weighted by TF-IDF or BM25; unchanged for kNone.
/// @source Robertson, Zaragoza, Foundations and Trends in IR 3(4), 2009, as `bm25_weight` and
///         `tfidf_weight` of the library implicit 0.7; departure: negative IDF becomes 0
CsrMatrix weighted_counts(const CsrMatrix& counts, const ItemSimilarityOptions& options);

/// Positive similarities from each product (row) to its most similar ones, ties by lower index,
/// pruned row by row while they are computed.
///
/// @param counts  num_customers x num_products, values > 0
/// @return  num_products x num_products
/// @errors  kInvalidArgument: options out of range; a matrix without rows, columns or entries, one
///          whose arrays do not fit each other, values that are not positive and finite; kCancelled
/// @threads on all of the pool; their number changes no bit of the result
/// @cost    O(sum over customers of n_u^2) time; O(nnz + num_threads x num_products + num_products
///          x num_neighbours) memory: the product of the matrices is never there as a whole
/// @source  Sarwar et al., WWW 2001 (cosine, Pearson); Deshpande, Karypis, ACM TOIS 22(1), 2004;
///          Dunning, Computational Linguistics 19(1), 1993 (log-likelihood ratio); Brin et al.,
///          SIGMOD 1997 (lift)
Result<CsrMatrix> item_similarities(const CsrMatrix& counts, const ItemSimilarityOptions& options,
                                    ThreadPool& pool, Progress& progress);

/// The same, where the target side of the weighted cosine fades; the other measures do not look at
/// the freshness.
/// @param freshness  in counts' order, 0..1: what is left of each count; or empty
Result<CsrMatrix> item_similarities(const CsrMatrix& counts, const std::vector<float>& freshness,
                                    const ItemSimilarityOptions& options, ThreadPool& pool,
                                    Progress& progress);

/// @errors kInvalidArgument: a matrix without rows, columns or entries, one whose arrays do not fit
///         each other, values that are not finite
Status check_values(const CsrMatrix& values);

/// Positive cosines of the columns of any values, such as ratings less their means.
/// @errors kInvalidArgument: as item_similarities, but for the sign; kCancelled
Result<CsrMatrix> column_cosines(const CsrMatrix& values, std::size_t num_neighbours,
                                 ThreadPool& pool, Progress& progress);

}  // namespace attune
