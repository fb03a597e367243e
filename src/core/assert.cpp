#include "core/assert.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace attune {

void assertion_failed(const char* condition, const char* file, int line) {
    fmt::print(stderr, "attune: assertion failed: {} ({}:{})\n", condition, file, line);
    std::abort();
}

}  // namespace attune
