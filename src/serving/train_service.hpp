#pragma once

#include <filesystem>
#include <memory>

#include "core/clock.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "serving/model_snapshot.hpp"
#include "serving/training.hpp"
#include "storage/stores.hpp"

namespace attune {

struct TrainRequest {
    TrainingOptions options;
    EventWeights event_weights;
    std::filesystem::path folder;  ///< where versions are kept
    std::size_t num_kept = 5;
};

/// Trains on everything in the store and makes the result the current version.
/// @errors those of load_training_data, train_models and save_snapshot
Result<std::shared_ptr<const ModelSnapshot>> train_and_save(Database& database,
                                                            const TrainRequest& request,
                                                            const Clock& clock, ThreadPool& pool,
                                                            Progress& progress);

}  // namespace attune
