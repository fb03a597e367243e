#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "models/product_strength.hpp"

namespace attune::sgd {

/// What a customer's bias and factors are computed from; v = (1, y) of a product.
struct RatingParameters {
    double mean = 0;
    double negative_weight = 0;  ///< q: num_negatives / products that the training knew
    double regularization = 0;   ///< for each product of the history
    std::size_t num_factors = 0;
    std::vector<float> biases;        ///< one per product of the catalogue
    std::vector<float> products;      ///< y, a row per product
    std::vector<std::uint8_t> known;  ///< whether the training knew the product
    std::vector<double> gramian;      ///< sum_j v_j v_j', (rank + 1)^2
    std::vector<double> prior;        ///< sum_j (mu + b_j) v_j, rank + 1

    [[nodiscard]] double baseline(ProductIndex product) const {
        return mean + static_cast<double>(biases[product.at()]);
    }
    [[nodiscard]] Eigen::VectorXd extended(ProductIndex product) const;
    /// v . w
    [[nodiscard]] double along(ProductIndex product, const Eigen::VectorXd& w) const;
};

/// The bias and factors of one customer, solved from products that the training knew.
/// @lifetime borrows the parameters
class RatingFoldIn {
 public:
    RatingFoldIn(const RatingParameters& parameters, std::span<const ProductStrength> history);

    /// 0 without a history, and for products that the training did not know.
    [[nodiscard]] double score(ProductIndex product) const;
    /// A^-1 v
    [[nodiscard]] Eigen::VectorXd direction(ProductIndex product) const;
    [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
    const RatingParameters& parameters_;
    std::size_t size_ = 0;
    Eigen::MatrixXd inverse_;  ///< A^-1
    Eigen::VectorXd solution_;
};

}  // namespace attune::sgd
