#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/// What libFuzzer and the driver call; aborts (or trips a sanitizer) on a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace attune {

/// Good inputs to start from; each target defines it.
std::vector<std::string> fuzz_seeds();

inline std::string_view fuzz_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the run when something that always holds does not.
inline void fuzz_require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace attune
