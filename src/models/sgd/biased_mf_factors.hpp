#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "math/csr.hpp"
#include "math/factor_rows.hpp"

namespace attune {

struct BiasedMfSolverOptions {
    std::size_t num_factors = 32;
    std::size_t num_epochs = 40;
    double learning_rate = 0.03;
    double regularization = 0.03;    ///< what draws biases and factors to zero, a rating
    double initial_deviation = 0.1;  ///< of a factor row's length; must not be 0
    /// Products without a rating that each rating comes with, drawn uniformly and taken for rated
    /// 0. For ratings that are mere signs of liking; 0 for true ratings.
    std::size_t num_negatives = 0;
    std::uint64_t seed = 1;
};

/// The rating of a pair is the mean, plus the biases of its customer and its product, plus the
/// inner product of their rows.
struct BiasedMfFactors {
    double mean = 0;
    std::vector<float> customer_biases;
    std::vector<float> product_biases;
    FactorRows customers;
    FactorRows products;
    std::vector<double> epoch_rmse;  ///< of the ratings, each before its step

    [[nodiscard]] double predict(std::size_t customer, std::size_t product) const;
};

/// Fits biases and factors to ratings by stochastic gradient descent on
///
///     sum (r - mu - b_u - b_j - x_u.y_j)^2 / 2 + regularization / 2 (b_u^2 + b_j^2 + |x_u|^2 +
///     |y_j|^2)
///
/// over the ratings, in a new random order each epoch. mu is the mean of what is fitted.
///
/// @param ratings  num_customers x num_products; any finite values, 0 too
/// @return the same for the same seed: one thread
/// @errors kInvalidArgument: options out of range, no ratings, a rating that is not finite, more
///         factors than customers or products, a learning rate with which it diverges; kCancelled
/// @cost   O(nnz (1 + num_negatives) rank) an epoch
/// @source Funk, "Netflix update: try this at home", 2006; Koren, Bell, Volinsky, IEEE Computer
///         42(8), 2009; departures: num_negatives
Result<BiasedMfFactors> fit_biased_mf_factors(const CsrMatrix& ratings,
                                              const BiasedMfSolverOptions& options,
                                              Progress& progress);

/// @errors kInvalidArgument: names the option, what it is and what it may be
Status validate(const BiasedMfSolverOptions& options);

namespace sgd {

/// What a rating touches.
struct RatingRow {
    float* customer_bias;
    float* product_bias;
    float* customer;  ///< size factors
    float* product;
    std::size_t size;
};

/// One step down the gradient of a rating's term. Returns the error before it.
float rating_step(const RatingRow& row, float rating, float mean, float rate, float regularization);

}  // namespace sgd

}  // namespace attune
