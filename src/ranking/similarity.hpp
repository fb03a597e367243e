#pragma once

#include <memory>

#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "text/tokenizer.hpp"

namespace attune {

/// How alike two products are to somebody who sees both in one list.
class ProductSimilarity {
 public:
    virtual ~ProductSimilarity() = default;

    /// In [0, 1], symmetric; 1 for a product and itself.
    [[nodiscard]] virtual double between(ProductIndex a, ProductIndex b) const = 0;
};

struct SimilarityWeights {
    double category = 0.4;
    double brand = 0.2;
    double text = 0.4;
};

/// Weighted mean of: same category (1 or 0), same brand, and the cosine of the TF-IDF vectors of
/// name, description and features, each cut to its few strongest terms so that a pair costs
/// nanoseconds. What a product lacks (no category, no brand) is like nothing but itself.
///
/// @errors  kInvalidArgument: a weight that is negative or not finite, or all 0
/// @threads safe to share
/// @cost    O(text of the catalogue) to make, O(1) a pair
Result<std::unique_ptr<const ProductSimilarity>> make_catalogue_similarity(
    const Catalogue& catalogue, const SimilarityWeights& weights, const Tokenizer& tokenizer);

}  // namespace attune
