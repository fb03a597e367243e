#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/result.hpp"
#include "models/tree_ensemble.hpp"

namespace attune {

struct BoostedTreesOptions {
    std::size_t num_rounds = 150;
    std::size_t max_depth = 5;
    double learning_rate = 0.1;
    double row_sample = 0.8;      ///< share of the rows each tree sees
    double column_sample = 0.5;   ///< share of the columns each tree sees
    double min_child_weight = 5;  ///< sum of p (1 - p) that a leaf needs
    double l2 = 2;
    std::uint64_t seed = 1;
};

/// @errors kInvalidArgument: an option out of its range
Status validate(const BoostedTreesOptions& options);

/// Rows to learn from. Borrows.
struct LabelledRows {
    std::span<const float> values;  ///< (num_rows x num_columns), row-major; NaN: missing
    std::size_t num_columns = 0;
    std::span<const float> labels;  ///< num_rows of 0 or 1
};

/// Fits boosted trees to a yes/no outcome by logistic loss, with XGBoost's histogram method.
///
/// @param stop  asked once a round
/// @return  the trees as plain memory: nothing of XGBoost is needed to score with them
/// @errors kInvalidArgument: no rows or columns, sizes that do not match, a label but 0 and 1, an
///         infinite value, options out of range; kCancelled: `stop` said so; kInternal: XGBoost
///         failed
/// @threads  one thread, so that the result is the same everywhere; several fits may run at once
/// @cost   O(rounds x rows x columns)
/// @source Chen, Guestrin, KDD 2016; library: XGBoost 1.7
Result<TreeEnsemble> fit_boosted_trees(const LabelledRows& rows, const BoostedTreesOptions& options,
                                       const std::function<bool()>& stop);

}  // namespace attune
