#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "models/als_solver.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// What a customer's factors are computed from. The product factors are turned so that their
/// Gramian is diagonal, which changes no inner product.
struct FoldInParameters {
    AlsObjective objective;
    double observed_weight = 1;  ///< a product of strength r has the weight observed_weight x r
    std::size_t num_factors = 0;
    std::size_t num_trained = 0;     ///< products that the training knew
    std::vector<float> products;     ///< a row per product of the catalogue; zeros: not trained
    std::vector<double> curvatures;  ///< the diagonal of the Gramian, >= 0

    /// What draws a customer with so many products to zero.
    [[nodiscard]] double regularization(std::size_t history_size) const {
        return objective.row_regularization(history_size, num_trained);
    }
    [[nodiscard]] const float* product(ProductIndex index) const {
        return products.data() + index.at() * num_factors;
    }
};

/// The factors of one customer, solved exactly from the history:
///
///     A x = sum_i b_i y_i,   A = a Y'Y + sum_i w_i y_i y_i' + lambda I
///
/// with the system of the smaller side: products when there are fewer of them than factors.
/// @lifetime borrows the parameters
/// @cost     O(min(n, rank)^2 max(n, rank)) for n products
class FoldIn {
 public:
    FoldIn(const FoldInParameters& parameters, std::span<const ProductStrength> history);

    /// x; zeros without a history.
    [[nodiscard]] const Eigen::VectorXd& factors() const { return factors_; }
    [[nodiscard]] double score(ProductIndex product) const;

    /// A^-1 applied to the vector.
    [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& vector) const;
    [[nodiscard]] Eigen::VectorXd solve(ProductIndex product) const;

    /// b_i and w_i of a product of this strength.
    [[nodiscard]] double target(double strength) const;
    [[nodiscard]] double weight(double strength) const;

 private:
    const FoldInParameters& parameters_;
    Eigen::VectorXd inverse_root_;          ///< of the diagonal of a Y'Y + lambda I
    Eigen::MatrixXd scaled_;                ///< rank x n: inverse_root y_i sqrt(w_i)
    Eigen::LLT<Eigen::MatrixXd> cholesky_;  ///< of I + scaled' scaled, or I + scaled scaled'
    bool by_product_ = false;               ///< which of the two
    bool solvable_ = true;
    Eigen::VectorXd factors_;
};

}  // namespace attune
