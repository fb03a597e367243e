#include "evaluation/model_selection.hpp"

#include <cmath>

namespace attune {

Result<std::size_t> choose_best(std::span<const Trial> trials) {
    if (trials.empty())
        return fail(ErrorCode::kInvalidArgument, "there are no trials to choose of");
    std::size_t best = 0;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (std::isnan(trials[i].score)) {
            return fail(ErrorCode::kInvalidArgument, "trial {} has no score", i);
        }
        if (trials[i].score > trials[best].score) best = i;
    }
    return best;
}

}  // namespace attune
