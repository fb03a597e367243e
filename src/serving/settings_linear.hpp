#pragma once

#include <cstdint>
#include <vector>

#include "core/config.hpp"
#include "models/registry.hpp"

namespace attune {

/// The keys of the linear recommenders.
void add_linear_settings(std::vector<Setting>& schema);

/// What they say to the recommenders.
void set_linear_options(const Config& config, std::uint64_t seed, ModelOptions& options);

}  // namespace attune
