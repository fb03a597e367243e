#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "math/csr.hpp"
#include "math/top_k.hpp"
#include "models/neighbours/pair_scores.hpp"
#include "models/neighbours/similarity_options.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// What a fitted user_knn keeps. A training customer v is like a history w as far as
///
///     sum_i a(w_i) m_vi f_i g_v,   then shaped by the measure
///
/// with m the matrix, f the products' and g the customers' factors; see `weigh_customers`.
struct UserKnnParameters {
    StrengthOptions history;
    std::size_t num_neighbours = 0;
    std::size_t max_evidence = 0;
    double scale = 1;
    SimilarityMeasure measure = SimilarityMeasure::kWeightedCosine;
    double bm25_k1 = 1.2;
    double bm25_b = 0.75;
    double mean_length = 1;                ///< of the histories, for BM25
    CsrMatrix weights;                     ///< m: training customers x products
    std::vector<float> advice;             ///< in the weights' order: the counts, faded
    std::vector<double> customer_factors;  ///< g
    std::vector<double> product_factors;   ///< f
    std::vector<double> drags;             ///< Pearson: mean / deviation of each customer
    std::vector<std::uint64_t> keys;       ///< of each, 0 without products; or none (format 1)
};

/// What the weighted cosine raises to powers; the other measures have no such options.
struct UserExponents {
    double customer = 0;
    double product = 0;
};

/// Makes of the counts in `weights` what the measure compares, and the factors that go with it.
/// Customers are compared as products are by SimilarityMeasure, with the matrix turned: products
/// are the terms, and what depends only on who asks is left out, for it changes no order. What it
/// leaves out is the length of the history (cosine, TF-IDF, Pearson, lift).
void weigh_customers(const UserExponents& exponents, UserKnnParameters& parameters);

/// By what a training customer is found again: a hash of the id.
std::uint64_t customer_key(std::string_view customer_id);

inline constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

/// Who has each product, and what one unit of the product in a history adds to the sum.
struct ProductOwners {
    CsrMatrix customers;           ///< products x training customers
    std::vector<double> per_unit;  ///< in their order
    LogLikelihoodScore log_likelihood;
    std::unordered_map<std::uint64_t, std::uint32_t> rows;  ///< by key

    explicit ProductOwners(const UserKnnParameters& parameters);

    /// The training customer of that id; kNobody: there is none.
    [[nodiscard]] std::uint32_t row_of(std::string_view customer_id) const;
};

/// The similarities of all training customers to one history.
///
/// @lifetime borrows the parameters and the owners
class UserSimilarities {
 public:
    UserSimilarities(const UserKnnParameters& parameters, const ProductOwners& owners,
                     std::span<const ProductStrength> history);

    /// The most similar customers but for `left_out`, best first, ties by lower index.
    [[nodiscard]] std::vector<Scored<double>> best(std::uint32_t left_out) const;

    /// What a product of the history has in the similarity of a customer: the shares of all
    /// products add up to it.
    [[nodiscard]] double share(std::uint32_t customer, const ProductStrength& entry) const;

 private:
    [[nodiscard]] double amount(const ProductStrength& entry) const;
    [[nodiscard]] double gain(std::uint32_t customer) const;
    [[nodiscard]] double drag(std::uint32_t customer) const;

    const UserKnnParameters& parameters_;
    const ProductOwners& owners_;
    std::size_t num_products_;  ///< of the history
    double length_ = 0;         ///< the sum of its strengths
    std::vector<double> sums_;
    std::vector<std::uint32_t> touched_;
};

}  // namespace attune
