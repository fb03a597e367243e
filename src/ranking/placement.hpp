#pragma once

#include <cstddef>

#include "core/result.hpp"
#include "ranking/constraints.hpp"
#include "ranking/pipeline.hpp"

namespace attune {

/// Where one product stands for a customer, whether it may be shown or not.
struct Placement {
    Explanation explanation;  ///< with the boosts of the request
    Verdict verdict;
    std::size_t position = 0;  ///< 1 + the allowed products of a better score; 0: it is refused
    std::size_t num_allowed = 0;
};

/// @errors those of `rank`
/// @cost   one scoring of the model and one explanation
Result<Placement> place(const Ranker& ranker, const RankRequest& request, ProductIndex product);

}  // namespace attune
