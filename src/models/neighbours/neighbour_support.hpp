#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"
#include "models/recommender.hpp"

namespace attune {

// What the neighbourhood models have in common.

/// What is left of each count of strength_matrix by the age of its latest event, in the counts'
/// order; empty without a half-life.
std::vector<float> freshness_of(const TrainingData& data, const CsrMatrix& counts,
                                double half_life_days);

/// 1 / the mean over a thousand customers of their best score outside their history; 1 if there is
/// none.
double typical_scale(const TrainingData& data, const Recommender& unscaled);

void write_matrix(BinaryWriter& writer, const CsrMatrix& matrix);
/// A matrix with ascending columns below `num_columns` and finite values.
/// @errors kCorrupt
Result<CsrMatrix> read_matrix(BinaryReader& reader, std::string_view model,
                              std::size_t num_columns);

}  // namespace attune
