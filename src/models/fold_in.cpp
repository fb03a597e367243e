#include "models/fold_in.hpp"

#include <cmath>

#include "math/dense.hpp"

namespace attune {
namespace {

auto map_product(const FoldInParameters& parameters, ProductIndex product) {
    return Eigen::Map<const Eigen::VectorXf>(parameters.product(product),
                                             static_cast<Eigen::Index>(parameters.num_factors))
        .cast<double>();
}

}  // namespace

FoldIn::FoldIn(const FoldInParameters& parameters, std::span<const ProductStrength> history)
    : parameters_(parameters),
      factors_(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(parameters.num_factors))) {
    const auto rank = static_cast<Eigen::Index>(parameters.num_factors);
    const auto size = static_cast<Eigen::Index>(history.size());
    const AlsObjective& objective = parameters.objective;
    const double lambda = parameters.regularization(history.size());
    const Eigen::Map<const Eigen::VectorXd> curvatures(parameters.curvatures.data(), rank);
    inverse_root_ =
        (objective.unobserved_weight * curvatures.array() + lambda).sqrt().inverse().matrix();

    scaled_.resize(rank, size);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(rank);
    for (Eigen::Index i = 0; i < size; ++i) {
        const ProductStrength& entry = history[static_cast<std::size_t>(i)];
        const Eigen::VectorXd product = map_product(parameters, entry.product);
        scaled_.col(i) = std::sqrt(weight(entry.strength)) * inverse_root_.cwiseProduct(product);
        right += target(entry.strength) * product;
    }
    if (size == 0) return;
    by_product_ = size < rank;
    const Eigen::Index side = by_product_ ? size : rank;
    Eigen::MatrixXd system = Eigen::MatrixXd::Identity(side, side);
    if (by_product_) {
        system.selfadjointView<Eigen::Lower>().rankUpdate(scaled_.transpose());
    } else {
        system.selfadjointView<Eigen::Lower>().rankUpdate(scaled_);
    }
    cholesky_.compute(system);
    solvable_ = cholesky_.info() == Eigen::Success;
    factors_ = solve(right);
    // Only numbers that no fit gives lead here: a model that says nothing is better than NaN.
    if (!factors_.allFinite()) {
        solvable_ = false;
        factors_.setZero();
    }
}

double FoldIn::score(ProductIndex product) const {
    return dot(parameters_.product(product), factors_.data(), parameters_.num_factors);
}

Eigen::VectorXd FoldIn::solve(const Eigen::VectorXd& vector) const {
    if (!solvable_) return Eigen::VectorXd::Zero(vector.size());
    Eigen::VectorXd solution = inverse_root_.cwiseProduct(vector);
    if (scaled_.cols() == 0) return inverse_root_.cwiseProduct(solution);
    if (by_product_) {
        // (I + U U')^-1 = I - U (I + U'U)^-1 U'
        const Eigen::VectorXd projected = scaled_.transpose() * solution;
        solution -= scaled_ * cholesky_.solve(projected);
    } else {
        cholesky_.solveInPlace(solution);
    }
    return inverse_root_.cwiseProduct(solution);
}

Eigen::VectorXd FoldIn::solve(ProductIndex product) const {
    return solve(Eigen::VectorXd(map_product(parameters_, product)));
}

double FoldIn::weight(double strength) const {
    return parameters_.observed_weight * strength;
}

double FoldIn::target(double strength) const {
    return parameters_.objective.target_weight(weight(strength));
}

}  // namespace attune
