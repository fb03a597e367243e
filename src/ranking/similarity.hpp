#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/result.hpp"
#include "features/catalogue.hpp"

namespace attune {

/// How alike two products are to somebody who sees both in one list.
class ProductSimilarity {
 public:
    virtual ~ProductSimilarity() = default;

    /// In [0, 1], symmetric; 1 for a product and itself.
    [[nodiscard]] virtual double between(ProductIndex a, ProductIndex b) const = 0;
};

struct SimilarityWeights {
    double category = 0.5;
    double brand = 0.2;
    double name = 0.3;
};

/// Weighted mean of: same category (1 or 0), same brand, and the Jaccard index of the words of the
/// names. What a product lacks (no category, no brand) is like nothing but itself.
///
/// @errors kInvalidArgument: a weight that is negative or not finite, or all 0
/// @cost   O(words of the names) to make, O(words of two names) a pair
Result<std::unique_ptr<const ProductSimilarity>> make_catalogue_similarity(
    const Catalogue& catalogue, const SimilarityWeights& weights);

}  // namespace attune
