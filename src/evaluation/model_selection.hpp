#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace attune {

/// One set of hyper-parameters and how it did on the validation slice.
struct Trial {
    std::vector<std::pair<std::string, std::string>> parameters;  ///< name, value
    double score = 0;                                             ///< higher is better
};

/// How a model's hyper-parameters were chosen.
struct ModelSelection {
    std::string model;
    std::string metric;  ///< of the scores: "NDCG@10 on the validation slice"
    std::vector<Trial> trials;
    std::size_t chosen = 0;  ///< a position in `trials`
};

/// The position of the best score; of equal ones the first, so put the simpler settings first.
/// @errors kInvalidArgument: no trials, or a score that is not a number
Result<std::size_t> choose_best(std::span<const Trial> trials);

}  // namespace attune
