#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "core/thread_pool.hpp"
#include "serving/model_snapshot.hpp"

namespace attune {

/// A pool of training.threads threads.
std::unique_ptr<ThreadPool> make_training_pool(const Context& context);

/// What the command line adds to the configuration of a training.
struct SearchFlags {
    std::string method = "none";  ///< none, random or halving
    std::size_t num_trials = 20;
    std::vector<std::string> models;  ///< empty: all
};

/// Trains as the configuration says and keeps the result.
Result<std::shared_ptr<const ModelSnapshot>> train(Context& context, Database& database,
                                                   const SearchFlags& search = {});

/// The current version; where nothing was trained yet, trains and says so. Where it is damaged, the
/// one before, with a remark that names the file.
/// @errors those of load_current_snapshot and train
Result<std::shared_ptr<const ModelSnapshot>> current_or_trained(Context& context,
                                                                Database& database);

/// What was trained, for people: a table with a row a recommender, and the trials of searches.
void show_training(const Context& context, const ModelSnapshot& snapshot);

}  // namespace attune
