#pragma once

#include <Eigen/Core>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"

namespace attune {

template <typename T>
using DenseMatrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

/// Factors a symmetric positive definite matrix as L L', in place, on all threads: blocks along the
/// diagonal by Eigen, the blocks below and right of them as products. The bytes do not depend on
/// the number of threads.
///
/// @param matrix  only the lower triangle is read; it becomes L. What is above it is lost
/// @errors kInvalidArgument: it is not positive definite; kCancelled
/// @cost   n^3 / 3 multiplications and additions, no more memory
/// @source Golub, Van Loan, Matrix Computations, 4th ed., section 4.2.9
template <typename T>
Status cholesky_in_place(DenseMatrix<T>& matrix, ThreadPool& pool, Progress& progress);

extern template Status cholesky_in_place(DenseMatrix<float>&, ThreadPool&, Progress&);
extern template Status cholesky_in_place(DenseMatrix<double>&, ThreadPool&, Progress&);

}  // namespace attune
