#pragma once

#include <cstdint>
#include <vector>

#include "core/config.hpp"
#include "core/result.hpp"
#include "models/registry.hpp"

namespace attune {

void add_als_settings(std::vector<Setting>& schema);

/// @errors kInvalidArgument: a method or a loss that does not exist
Status read_als_settings(const Config& config, std::uint64_t seed, ModelOptions& options);

}  // namespace attune
