#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/index.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

enum class RatingNeighbours : std::uint8_t {
    kProducts,   ///< from the customer's ratings of similar products
    kCustomers,  ///< from similar customers' ratings of the product
};

struct RatingKnnOptions {
    RatingNeighbours neighbours = RatingNeighbours::kProducts;
    std::size_t num_similar = 100;    ///< kept of each product or customer
    std::size_t num_neighbours = 40;  ///< most of those that a prediction averages over
};

struct RatingPrediction {
    double rating = 0;               ///< within the ratings that were seen
    std::size_t num_neighbours = 0;  ///< that it is an average over; 0: it is a mean alone
};

/// Predicts explicit ratings as a weighted average of deviations from means:
///
///     r_uj = m_j + sum_i s_ij (r_ui - m_i) / sum_i s_ij
///
/// over the products i most similar to j that u has rated, m the products' means and s the positive
/// cosine of the columns r - m, 0 where there is no rating (Pearson's correlation with the missing
/// ratings at the mean); of customers the same with the roles exchanged. Without such neighbours it
/// is the mean m_j; of a product or customer without ratings the other's mean, or that of all.
///
/// Immutable once fitted.
/// @threads  predict may be called from many threads at once
/// @source   Herlocker et al., SIGIR 1999; Sarwar et al., WWW 2001; departure: neighbours are taken
///           from the `num_similar` best, negative correlations do not count
class RatingKnn {
 public:
    /// @param ratings  num_customers x num_products, any finite values; what is not there is
    /// unknown
    /// @errors kInvalidArgument: no neighbours asked for, a matrix without rows, columns or
    /// entries,
    ///         one whose arrays do not fit each other, ratings that are not finite; kCancelled
    /// @cost   item_similarities
    static Result<RatingKnn> fit(const CsrMatrix& ratings, const RatingKnnOptions& options,
                                 ThreadPool& pool, Progress& progress);

    /// @errors kInvalidArgument: no such customer or product in the fit
    /// @cost   O(num_similar log ratings of one row)
    [[nodiscard]] Result<RatingPrediction> predict(CustomerIndex customer,
                                                   ProductIndex product) const;

 private:
    RatingKnn() = default;

    RatingKnnOptions options_;
    CsrMatrix deviations_;             ///< who has ratings x what is compared: r - m
    CsrMatrix similarities_;           ///< among what is compared
    std::vector<double> means_;        ///< of what is compared; NaN without ratings
    std::vector<double> other_means_;  ///< of who has ratings; NaN without ratings
    double mean_ = 0;
    double lowest_ = 0;
    double highest_ = 0;
};

}  // namespace attune
