#include "evaluation/folds.hpp"

#include <map>

#include "core/random.hpp"

namespace attune {
namespace {

Status check_num_folds(std::size_t num_folds) {
    if (num_folds >= 2) return {};
    return fail(ErrorCode::kInvalidArgument, "cross-validation takes 2 folds or more, not {}",
                num_folds);
}

}  // namespace

Result<std::vector<std::uint32_t>> stratified_folds(std::span<const std::uint8_t> labels,
                                                    std::size_t num_folds, std::uint64_t seed) {
    ATTUNE_TRY(check_num_folds(num_folds));
    std::map<std::uint8_t, std::vector<std::size_t>> rows_of_class;
    for (std::size_t i = 0; i < labels.size(); ++i) rows_of_class[labels[i]].push_back(i);
    if (labels.empty()) return fail(ErrorCode::kInvalidArgument, "no rows to split into folds");

    std::vector<std::uint32_t> folds(labels.size());
    Random random(seed);
    // Dealing goes on where the class before stopped, so that the sizes stay level.
    std::size_t next = 0;
    for (auto& [label, rows] : rows_of_class) {
        if (rows.size() < num_folds) {
            return fail(ErrorCode::kInvalidArgument,
                        "class {} has {} rows, too few for {} folds: take fewer folds", label,
                        rows.size(), num_folds);
        }
        random.shuffle(rows);
        for (const std::size_t row : rows) {
            folds[row] = static_cast<std::uint32_t>(next++ % num_folds);
        }
    }
    return folds;
}

Result<std::vector<std::uint32_t>> random_folds(std::size_t num_rows, std::size_t num_folds,
                                                std::uint64_t seed) {
    const std::vector<std::uint8_t> one_class(num_rows, 0);
    return stratified_folds(one_class, num_folds, seed);
}

FoldRows rows_of_fold(std::span<const std::uint32_t> folds, std::uint32_t fold) {
    FoldRows rows;
    for (std::size_t i = 0; i < folds.size(); ++i) {
        (folds[i] == fold ? rows.test : rows.train).push_back(i);
    }
    return rows;
}

}  // namespace attune
