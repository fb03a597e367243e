#include "models/sgd/rating_fold_in.hpp"

#include <Eigen/Cholesky>

#include "math/dense.hpp"

namespace attune::sgd {

Eigen::VectorXd RatingParameters::extended(ProductIndex product) const {
    const auto rank = static_cast<Eigen::Index>(num_factors);
    Eigen::VectorXd vector(rank + 1);
    vector[0] = 1;
    vector.tail(rank) =
        Eigen::Map<const Eigen::VectorXf>(products.data() + product.at() * num_factors, rank)
            .cast<double>();
    return vector;
}

double RatingParameters::along(ProductIndex product, const Eigen::VectorXd& w) const {
    return w[0] + dot(products.data() + product.at() * num_factors, w.data() + 1, num_factors);
}

RatingFoldIn::RatingFoldIn(const RatingParameters& parameters,
                           std::span<const ProductStrength> history)
    : parameters_(parameters), size_(history.size()) {
    if (size_ == 0) return;
    const auto side = static_cast<Eigen::Index>(parameters.num_factors) + 1;
    const auto count = static_cast<double>(size_);
    const double prior_weight = parameters.negative_weight * count;
    Eigen::MatrixXd system =
        prior_weight * Eigen::Map<const Eigen::MatrixXd>(parameters.gramian.data(), side, side);
    Eigen::VectorXd right =
        -prior_weight * Eigen::Map<const Eigen::VectorXd>(parameters.prior.data(), side);
    Eigen::MatrixXd rated(side, static_cast<Eigen::Index>(size_));
    for (std::size_t i = 0; i < size_; ++i) {
        const auto column = static_cast<Eigen::Index>(i);
        rated.col(column) = parameters.extended(history[i].product);
        right +=
            (history[i].strength - parameters.baseline(history[i].product)) * rated.col(column);
    }
    system.selfadjointView<Eigen::Lower>().rankUpdate(rated);
    system.diagonal().array() += parameters.regularization * count;
    const Eigen::LLT<Eigen::MatrixXd> cholesky(system);
    inverse_ = cholesky.solve(Eigen::MatrixXd::Identity(side, side));
    solution_ = inverse_ * right;
    // Only numbers that no fit gives lead here: a model that says nothing is better than NaN.
    if (cholesky.info() != Eigen::Success || !inverse_.allFinite() || !solution_.allFinite()) {
        size_ = 0;
    }
}

double RatingFoldIn::score(ProductIndex product) const {
    if (size_ == 0 || parameters_.known[product.at()] == 0) return 0;
    return parameters_.baseline(product) + parameters_.along(product, solution_);
}

Eigen::VectorXd RatingFoldIn::direction(ProductIndex product) const {
    return inverse_ * parameters_.extended(product);
}

}  // namespace attune::sgd
