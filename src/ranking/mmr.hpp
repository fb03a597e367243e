#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "ranking/similarity.hpp"

namespace attune {

inline constexpr std::uint32_t kNoTieGroup = UINT32_MAX;

struct Candidate {
    ProductIndex product;
    double score = 0;
    /// Its place among products of equal score; lower first.
    std::uint32_t tie_place = 0;
    /// Candidates of one group go in the order of their places whatever their similarity.
    std::uint32_t tie_group = kNoTieGroup;

    friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Best first: by score, equal scores by place and by index, so that the order is the same every
/// time.
bool ranks_before(const Candidate& a, const Candidate& b);

struct MmrOptions {
    std::size_t num_items = 10;
    double lambda = 0.8;  ///< 1: only the score counts; 0: only difference from what is chosen
};

/// Whether the list may still take the product; asked before each choice.
using AdmitRule = std::function<bool(ProductIndex)>;
/// Called for each product that was chosen, in order.
using TakeRule = std::function<void(ProductIndex)>;

/// Chooses and orders items by maximal marginal relevance: the next one maximises
/// lambda * relevance - (1 - lambda) * its largest similarity to one chosen before. Relevance is
/// the score brought to [0, 1] over the pool, so that lambda means the same for every model; the
/// scores themselves stay as they are. Equal values go to the earlier candidate. Of a tie group
/// only the first that is left is looked at: difference alone would prefer the oddest of what
/// scores the same.
///
/// @param pool    in the order of `ranks_before`
/// @pre           0 <= lambda <= 1
/// @cost          O(num_items x pool) similarities at most: those of candidates that cannot be
///                chosen, whatever they are, are left out
/// @source        Carbonell, Goldstein, SIGIR 1998; departures: relevance is scaled over the pool,
///                tie groups
std::vector<Candidate> select_mmr(std::span<const Candidate> pool,
                                  const ProductSimilarity& similarity, const MmrOptions& options,
                                  const AdmitRule& admit, const TakeRule& take);

}  // namespace attune
