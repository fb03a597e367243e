#pragma once

#include <cstdint>
#include <memory>

#include "core/binary_io.hpp"
#include "core/result.hpp"
#include "features/catalogue.hpp"
#include "features/training_data.hpp"
#include "models/recommender.hpp"

namespace attune {

struct RandomBaselineOptions {
    std::uint64_t seed = 1;
};

/// Scores drawn from [0, 1) by the customer's id, the product's id and the seed alone: what any
/// other model has to beat, and a control in experiments.
Result<std::unique_ptr<Recommender>> fit_random_baseline(const TrainingData& data,
                                                         const RandomBaselineOptions& options);

/// @errors kCorrupt, kNewerFormat
Result<std::unique_ptr<Recommender>> load_random_baseline(
    BinaryReader& reader, std::shared_ptr<const Catalogue> catalogue);

}  // namespace attune
