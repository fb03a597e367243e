#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// The fold, 0 to num_folds - 1, of each row. Every fold gets its share of each class, to within
/// one row, and the folds' sizes differ by at most one.
///
/// @param labels     0 or 1 (any small class number)
/// @param num_folds  2 or more
/// @errors kInvalidArgument: fewer than 2 folds, a class with fewer rows than folds
/// @source Kohavi, IJCAI 1995: stratified cross-validation
Result<std::vector<std::uint32_t>> stratified_folds(std::span<const std::uint8_t> labels,
                                                    std::size_t num_folds, std::uint64_t seed);

}  // namespace attune
