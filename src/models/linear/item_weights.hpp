#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/product_strength.hpp"
#include "models/recommender.hpp"

namespace attune {

/// What is left for products that a row of the weights says nothing of: source i gives target j
/// sources[i] targets[j] on top. Both empty: nothing.
struct BackOff {
    std::vector<float> sources;  ///< one per product, >= 0; or none
    std::vector<float> targets;  ///< one per product, >= 0; or none
};

/// A recommender that is a matrix of weights between products:
///
///     score_j = scale * sum_i s_i (W_ij + a_i b_j)
///
/// over the products i of the customer's history with strengths s_i; a and b are the back-off.
/// Each product of the history is evidence of exactly its term.
struct ItemWeights {
    StrengthOptions history;  ///< of the strengths
    std::size_t max_evidence = 10;
    double scale = 1;
    CsrMatrix weights;  ///< num_products x num_products, from row to column
    BackOff back_off;
};

/// Makes a recommender of the weights. The scale is set so that a training customer's best product
/// that is not in the history scores 1 on average; it does not depend on who asks.
///
/// @param name  of the recommender; outlives it
/// @pre   the weights are finite
/// @cost  scoring O(sum of the rows of the history), and O(products) with a back-off
std::unique_ptr<Recommender> make_item_weights(std::string_view name, const TrainingData& data,
                                               ItemWeights parameters);

/// Products are found again by their ids; those that the training did not have score 0.
/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_item_weights(std::string_view name, BinaryReader& reader,
                                                       std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
