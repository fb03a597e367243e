#pragma once

#include <Eigen/Core>

#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "math/factor_rows.hpp"

namespace attune::sgd {

/// The linear map from a customer's history to factors that comes closest to the trained ones:
///
///     M = argmin sum_u |x_u - M' h_u|^2 / n_u + ridge |M|^2,   h_u = sum_i s_ui y_i
///
/// over customers u with n_u > 0 products; ridge is `relative_ridge` times the mean of the diagonal
/// of the normal equations.
///
/// @param strengths  num_customers x num_products
/// @return  rank x rank; zeros when no customer has a history
/// @cost    O(nnz rank + customers rank^2 + rank^3); the sum's order does not depend on the threads
Eigen::MatrixXd fit_history_map(const CsrMatrix& strengths, const FactorRows& customers,
                                const FactorRows& products, double relative_ridge,
                                ThreadPool& pool);

}  // namespace attune::sgd
