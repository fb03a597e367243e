#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/index.hpp"
#include "math/csr.hpp"
#include "math/top_k.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// What a fitted user_knn keeps.
struct UserKnnParameters {
    StrengthOptions history;
    std::size_t num_neighbours = 0;
    std::size_t max_evidence = 0;
    double scale = 1;
    CsrMatrix counts;                      ///< training customers x products
    std::vector<float> advice;             ///< in the counts' order: the same, faded
    std::vector<double> customer_factors;  ///< d_v^-b
    std::vector<double> product_factors;   ///< n_i^-c
};

/// Who has each product, and what one unit of the product in a history adds to the similarity.
struct ProductOwners {
    CsrMatrix customers;           ///< products x training customers
    std::vector<double> per_unit;  ///< in their order

    explicit ProductOwners(const UserKnnParameters& parameters);
};

/// The similarities of all training customers to one history.
///
/// @lifetime borrows the owners
class UserSimilarities {
 public:
    UserSimilarities(const ProductOwners& owners, const std::vector<ProductStrength>& history);

    /// As if the history did not have the entry; `put_back` undoes it but for rounding.
    void take_out(const ProductStrength& entry) { add(entry, -1); }
    void put_back(const ProductStrength& entry) { add(entry, 1); }

    /// The most similar customers, best first, ties by lower index.
    [[nodiscard]] std::vector<Scored<double>> best(std::size_t num_neighbours) const;

 private:
    void add(const ProductStrength& entry, double sign);

    const ProductOwners& owners_;
    std::vector<double> sums_;
    std::vector<std::uint32_t> touched_;
};

}  // namespace attune
