#pragma once

#include <cstddef>
#include <string_view>

#include "core/result.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/product_strength.hpp"

namespace attune {

/// More pairs than this are refused with a word, before memory runs out: with their transpose they
/// take 32 GiB.
inline constexpr std::size_t kMaxFeedbackPairs = (std::size_t{1} << 31) - 1;

/// No model has more factors.
inline constexpr std::size_t kMostFactors = 2048;

/// What a model that learns from customer x product weights needs of them: at least two customers
/// and two products, at least one pair and at most kMaxFeedbackPairs, weights finite and above 0.
/// @param model  named in the message
/// @errors kInvalidArgument: says which pair or what number, and what would be right
/// @cost   O(nnz)
Status check_feedback(const CsrMatrix& weights, std::string_view model);

/// @errors kInvalidArgument: an event whose weight is not finite; names its product
/// @cost   O(events)
Status check_events(const TrainingData& data, std::string_view model);

/// strength_matrix of events that a model can learn from: for fits, which take data without any
/// event too.
/// @errors kInvalidArgument: an event whose weight is not finite, or that is too strong for a
///         float; more pairs than kMaxFeedbackPairs
/// @cost   that of strength_matrix
Result<CsrMatrix> feedback_matrix(const TrainingData& data, const StrengthOptions& options,
                                  std::string_view model);

/// What is common to all weights, of ratings too.
/// @errors kInvalidArgument: more pairs than kMaxFeedbackPairs, a value that is not finite
Status check_pairs(const CsrMatrix& values, std::string_view model);

/// @errors kInvalidArgument: more factors than customers or products
Status check_rank(std::size_t num_factors, const CsrMatrix& weights, std::string_view model);

}  // namespace attune
