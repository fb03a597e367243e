#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

struct TruncatedSvdOptions {
    std::size_t rank = 64;             ///< singular values asked for
    std::size_t oversampling = 10;     ///< more directions that are followed, for accuracy
    std::size_t power_iterations = 4;  ///< each brings what is found closer to the largest
    std::uint64_t seed = 1;
};

/// Vectors that follow one another row by row.
using RowMajorMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct TruncatedSvd {
    RowMajorMatrix u;   ///< num_rows x rank, orthonormal columns
    Eigen::VectorXd s;  ///< rank, descending, >= 0
    RowMajorMatrix v;   ///< num_columns x rank, orthonormal columns
};

/// The largest singular values of a sparse matrix and their vectors: U diag(S) V' is near the best
/// approximation of that rank. Randomized block power iteration: the matrix and its transpose are
/// applied to a random block in turn, which is made orthonormal after each; then the small problem
/// within the block's span is solved by Eigen. Signs are such that the largest entry of a column of
/// V is positive.
///
/// @errors kInvalidArgument: rank 0 or more than the matrix's smaller side, a value that is not
///         finite; kCancelled
/// @threads one at a time per pool; the bytes do not depend on the number of threads
/// @cost   with l = rank + oversampling and q power iterations: O((nnz l + (rows + columns) l^2) q)
///         time, 8 (rows + columns) l bytes
/// @source Halko, Martinsson, Tropp, SIAM Review 53(2), 2011, algorithms 4.4 and 5.1; tall QR by
///         Demmel, Grigori, Hoemmen, Langou, SISC 34(1), 2012
Result<TruncatedSvd> truncated_svd(const CsrMatrix& matrix, const TruncatedSvdOptions& options,
                                   ThreadPool& pool, Progress& progress);

/// Makes the columns of a tall matrix orthonormal: blocks of rows on all threads, then the stack of
/// their triangles.
/// @pre    no fewer rows than columns
/// @return R, upper triangular: the matrix was Q R
Eigen::MatrixXd tall_qr(RowMajorMatrix& matrix, ThreadPool& pool);

}  // namespace attune
