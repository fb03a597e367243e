#pragma once

#include <vector>

#include "core/config.hpp"
#include "core/result.hpp"
#include "models/registry.hpp"

namespace attune {

/// Appends the keys of item_knn and user_knn.
void add_neighbour_settings(std::vector<Setting>& schema);

/// @errors kInvalidArgument: a similarity that does not exist
Status read_neighbour_settings(const Config& config, ModelOptions& options);

}  // namespace attune
