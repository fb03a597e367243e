#pragma once

#include <vector>

#include "core/config.hpp"

namespace attune {

/// The keys "access.*" and "limits.*": credentials, and how many requests are let through. Read by
/// the module access, whose defaults these are.
void add_access_settings(std::vector<Setting>& schema);

}  // namespace attune
