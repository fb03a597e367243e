#include "evaluation/folds.hpp"

#include <map>

#include "core/random.hpp"

namespace attune {

Result<std::vector<std::uint32_t>> stratified_folds(std::span<const std::uint8_t> labels,
                                                    std::size_t num_folds, std::uint64_t seed) {
    if (num_folds < 2) {
        return fail(ErrorCode::kInvalidArgument, "cross-validation takes 2 folds or more, not {}",
                    num_folds);
    }
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

}  // namespace attune
