#pragma once

#include "features/training_data.hpp"
#include "models/recommender.hpp"

namespace attune {

/// 1 / the mean, over a sample of customers, of their best score among the products that are not in
/// their history; 1 where there is none. What scores are multiplied by so that blends and readers
/// find them of one size; it does not depend on who asks.
double scale_of_best(const TrainingData& data, const Recommender& unscaled);

}  // namespace attune
