#pragma once

#include <Eigen/Core>

#include "core/thread_pool.hpp"
#include "math/factor_rows.hpp"

namespace attune {

/// factors' factors (num_factors x num_factors), summed in float over blocks of rows and in double
/// over the blocks, in an order that does not depend on the number of threads.
/// @cost O(rows factors^2) time; memory for at most 17 such matrices, however many rows there are
Eigen::MatrixXd gramian(const FactorRows& factors, ThreadPool& pool);

/// Replaces each row r by r matrix.
/// @param matrix  num_factors x num_factors
/// @cost  O(rows factors^2)
void multiply_rows(FactorRows& factors, const Eigen::MatrixXd& matrix, ThreadPool& pool);

/// The axes along which a Gramian is diagonal.
struct PrincipalAxes {
    Eigen::VectorXd curvatures;  ///< eigenvalues, ascending, >= 0
    Eigen::MatrixXd axes;        ///< one a column
};

/// @cost O(factors^3)
PrincipalAxes principal_axes(const Eigen::MatrixXd& gramian);

/// The same of each block of so many factors by itself: axes mix only factors of one block, and the
/// Gramian along them is diagonal within blocks, not between them.
/// @param block_size  above 0
PrincipalAxes principal_axes_of_blocks(const Eigen::MatrixXd& gramian, std::size_t block_size);

}  // namespace attune
