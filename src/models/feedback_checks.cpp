#include "models/feedback_checks.hpp"

#include <algorithm>
#include <cmath>

namespace attune {

namespace {

Status check_number(const CsrMatrix& weights, std::string_view model) {
    const std::size_t num_pairs = weights.offsets.back();
    if (num_pairs <= kMaxFeedbackPairs) return {};
    return fail(ErrorCode::kInvalidArgument,
                "{}: {} pairs of customer and product; it takes at most {}", model, num_pairs,
                kMaxFeedbackPairs);
}

/// Names the first pair whose value is not good; `right` says what would be.
template <typename IsGood>
Status check_values(const CsrMatrix& matrix, const IsGood& is_good, std::string_view right,
                    std::string_view model) {
    const auto wrong = std::find_if_not(matrix.values.begin(), matrix.values.end(), is_good);
    if (wrong == matrix.values.end()) return {};
    const auto position = static_cast<std::size_t>(wrong - matrix.values.begin());
    const auto row = std::upper_bound(matrix.offsets.begin(), matrix.offsets.end(), position);
    return fail(ErrorCode::kInvalidArgument,
                "{}: the weight of customer {} and product {} is {}; {}", model,
                row - matrix.offsets.begin() - 1, matrix.columns[position], *wrong, right);
}

}  // namespace

Status check_events(const TrainingData& data, std::string_view model) {
    const auto wrong =
        std::find_if(data.interactions.begin(), data.interactions.end(),
                     [](const Interaction& event) { return !std::isfinite(event.weight); });
    if (wrong == data.interactions.end()) return {};
    return fail(ErrorCode::kInvalidArgument,
                "{}: the weight of an event with product '{}' is {}, which is not finite", model,
                data.catalogue->product(wrong->product).id, wrong->weight);
}

Result<CsrMatrix> feedback_matrix(const TrainingData& data, const StrengthOptions& options,
                                  std::string_view model) {
    ATTUNE_TRY(check_events(data, model));
    CsrMatrix matrix = strength_matrix(data, options);
    ATTUNE_TRY(check_pairs(matrix, model));
    return matrix;
}

Status check_pairs(const CsrMatrix& values, std::string_view model) {
    ATTUNE_TRY(check_number(values, model));
    return check_values(
        values, [](float value) { return std::isfinite(value); }, "weights are finite", model);
}

Status check_feedback(const CsrMatrix& weights, std::string_view model) {
    ATTUNE_TRY(check_number(weights, model));
    const std::size_t num_pairs = weights.num_nonzero();
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
    return check_values(
        weights, [](float weight) { return std::isfinite(weight) && weight > 0; },
        "weights are finite and above 0", model);
}

Status check_rank(std::size_t num_factors, const CsrMatrix& weights, std::string_view model) {
    const std::size_t most = std::min(weights.num_rows, weights.num_columns);
    if (num_factors <= most) return {};
    return fail(ErrorCode::kInvalidArgument,
                "{}: {} factors for {} customers and {} products; there may be at most {}", model,
                num_factors, weights.num_rows, weights.num_columns, most);
}

}  // namespace attune
