#pragma once

namespace attune {

/// Writes the failed condition to standard error and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace attune

/// Always on. For programmer errors only: never reachable from input.
#define ATTUNE_ASSERT(condition)        \
    ((condition) ? static_cast<void>(0) \
                 : ::attune::assertion_failed(#condition, __FILE__, __LINE__))
