#pragma once

#include <cstdint>
#include <vector>

#include "core/config.hpp"
#include "models/registry.hpp"

namespace attune {

/// The keys of the recommenders that are fitted by stochastic gradient descent.
void add_sgd_settings(std::vector<Setting>& schema);

/// What the configuration says to them.
void read_sgd_settings(const Config& config, std::uint64_t seed, ModelOptions& options);

}  // namespace attune
