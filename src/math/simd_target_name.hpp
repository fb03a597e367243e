#pragma once

#include <string_view>

namespace attune {

/// The instruction set whose kernels run on this processor: "AVX3" (AVX-512), "AVX2" or "SCALAR".
std::string_view simd_target_name();

}  // namespace attune
