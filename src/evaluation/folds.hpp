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

/// The same without classes. @errors kInvalidArgument: fewer than 2 folds, fewer rows than folds
Result<std::vector<std::uint32_t>> random_folds(std::size_t num_rows, std::size_t num_folds,
                                                std::uint64_t seed);

/// The rows of one fold and all others, ascending.
struct FoldRows {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
};
FoldRows rows_of_fold(std::span<const std::uint32_t> folds, std::uint32_t fold);

}  // namespace attune
