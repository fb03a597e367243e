#pragma once

#include <string>
#include <utility>
#include <vector>

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

}  // namespace attune
