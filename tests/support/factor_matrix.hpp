#pragma once

#include <Eigen/Core>

#include "math/factor_rows.hpp"

namespace attune {

/// num_rows x num_factors, without what fills rows up.
inline Eigen::MatrixXd as_matrix(const FactorRows& factors) {
    const auto num_rows = static_cast<Eigen::Index>(factors.num_rows());
    const auto rank = static_cast<Eigen::Index>(factors.num_factors());
    Eigen::MatrixXd matrix(num_rows, rank);
    for (Eigen::Index row = 0; row < num_rows; ++row) {
        const auto values = factors.row(static_cast<std::size_t>(row));
        matrix.row(row) = Eigen::Map<const Eigen::RowVectorXf>(values.data(), rank).cast<double>();
    }
    return matrix;
}

}  // namespace attune
