#pragma once

#include <vector>

#include "core/config.hpp"

namespace attune {

/// The keys "http.*": what bounds the service towards its callers.
void add_http_settings(std::vector<Setting>& schema);

}  // namespace attune
