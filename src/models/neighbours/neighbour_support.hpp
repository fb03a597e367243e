#pragma once

#include <vector>

#include "features/training_data.hpp"
#include "math/csr.hpp"

namespace attune {

// What the neighbourhood models have in common.

/// What is left of each count of strength_matrix by the age of its latest event, in the counts'
/// order; empty without a half-life.
std::vector<float> freshness_of(const TrainingData& data, const CsrMatrix& counts,
                                double half_life_days);

}  // namespace attune
