#pragma once

#include <vector>

#include "core/config.hpp"
#include "models/registry.hpp"

namespace attune {

/// The keys of the recommenders that look at the order of events.
void add_sequence_settings(std::vector<Setting>& schema);

/// What they say to the recommenders.
void set_sequence_options(const Config& config, ModelOptions& options);

}  // namespace attune
