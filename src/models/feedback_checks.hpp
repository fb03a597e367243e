#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.hpp"
#include "math/csr.hpp"

namespace attune {

/// More pairs than this are refused: positions of pairs are written in 31 bits by what reads the
/// saved models and the benchmarks' files.
inline constexpr std::size_t kMaxFeedbackPairs = (std::size_t{1} << 31) - 1;

/// What a model that learns from customer x product weights needs of them: at least two customers
/// and two products, at least one pair and at most kMaxFeedbackPairs, weights finite and above 0.
/// @param model  named in the message
/// @errors kInvalidArgument: says which pair or what number, and what would be right
/// @cost   O(nnz)
Status check_feedback(const CsrMatrix& weights, std::string_view model);

/// @errors kInvalidArgument: more factors than customers or products
Status check_rank(std::size_t num_factors, const CsrMatrix& weights, std::string_view model);

}  // namespace attune
