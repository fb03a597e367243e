#pragma once

#include <cstdint>
#include <vector>

#include "features/training_data.hpp"
#include "models/recommender.hpp"

namespace attune {

/// Customers of four groups whose profiles and tastes go together, and the products that each takes
/// up after the training period.
struct PlantedData {
    TrainingData train;
    std::vector<std::vector<ProductIndex>> later;  ///< by customer; none of them in the history
};

struct PlantedOptions {
    std::size_t num_customers = 240;
    std::size_t num_products = 64;
    std::uint64_t seed = 7;
};

PlantedData make_planted_data(const PlantedOptions& options = {});

/// Mean NDCG@10 over customers of ranking what is not in their histories.
double ndcg_at_10(const PlantedData& data, const Recommender& model);

}  // namespace attune
