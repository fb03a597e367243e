#pragma once

#include "core/progress.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "features/training_data.hpp"
#include "storage/stores.hpp"

namespace attune {

/// What is read from the store for training.
struct TrainingDataOptions {
    EventWeights weights;
    Timestamp now;  ///< the present; events and decisions after it are left out
    std::size_t page_size = 10'000;
};

/// All products as they are now.
/// @errors  those of the store; kNotFound: the store has no products
Result<std::shared_ptr<const Catalogue>> load_catalogue(Database& database);

/// The data is as of a millisecond after the latest event, or of `now` where there are none.
///
/// Reads all products, customers and events on one snapshot of the store. Customers who refused
/// personalization keep their place with an empty profile and no history.
///
/// @errors  those of the store; kNotFound: the store has no products
/// @cost    O(customers + products + events) time and memory
Result<TrainingData> load_training_data(Database& database, const TrainingDataOptions& options,
                                        Progress& progress);

}  // namespace attune
