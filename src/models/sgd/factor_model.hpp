#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune::sgd {

/// A model whose scores are linear in the history:
///
///     score(j) = b_j + sum_i s_i z_i.y_j
///
/// over the products i of the history with strengths s_i; zeros without a history.
struct FactorModelParts {
    std::string_view name;  ///< outlives the model
    StrengthOptions strength;
    std::size_t max_evidence = 10;
    std::size_t num_factors = 0;
    std::vector<float> products;   ///< y, a row per product of the catalogue
    std::vector<float> histories;  ///< z
    std::vector<float> biases;     ///< b >= 0
};

/// Each product's share is s_i z_i.y_j, exactly what the score falls by without it. As no bias is
/// below 0, that holds for the last product of a history as well.
/// @cost  scoring O(n rank + products rank) for n products of the history; explaining O(n rank)
std::unique_ptr<Recommender> make_factor_model(std::shared_ptr<const Catalogue> catalogue,
                                               FactorModelParts parts);

/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_factor_model(std::string_view name, BinaryReader& reader,
                                                       std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune::sgd
