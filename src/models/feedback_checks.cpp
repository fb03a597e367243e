#include "models/feedback_checks.hpp"

#include <algorithm>
#include <cmath>

namespace attune {

Status check_feedback(const CsrMatrix& weights, std::string_view model) {
    const std::size_t num_pairs = weights.offsets.back();
    if (num_pairs > kMaxFeedbackPairs) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: {} pairs of customer and product; it takes at most {}", model, num_pairs,
                    kMaxFeedbackPairs);
    }
    if (weights.num_rows < 2 || weights.num_columns < 2) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: {} customers and {} products; it needs at least 2 of each", model,
                    weights.num_rows, weights.num_columns);
    }
    if (num_pairs == 0) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: no customer has dealt with any product; it needs at least one pair",
                    model);
    }
    const auto wrong = std::find_if(weights.values.begin(), weights.values.end(), [](float weight) {
        return !(std::isfinite(weight) && weight > 0);
    });
    if (wrong == weights.values.end()) return {};
    const auto position = static_cast<std::size_t>(wrong - weights.values.begin());
    const auto row = std::upper_bound(weights.offsets.begin(), weights.offsets.end(), position);
    return fail(
        ErrorCode::kInvalidArgument,
        "{}: the weight of customer {} and product {} is {}; weights are finite and above 0", model,
        row - weights.offsets.begin() - 1, weights.columns[position], *wrong);
}

Status check_rank(std::size_t num_factors, const CsrMatrix& weights, std::string_view model) {
    const std::size_t most = std::min(weights.num_rows, weights.num_columns);
    if (num_factors <= most) return {};
    return fail(ErrorCode::kInvalidArgument,
                "{}: {} factors for {} customers and {} products; there may be at most {}", model,
                num_factors, weights.num_rows, weights.num_columns, most);
}

}  // namespace attune
