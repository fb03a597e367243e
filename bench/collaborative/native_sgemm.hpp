#pragma once

#include <cstddef>

namespace attune {

/// product = left x right, all `size` x `size`, row-major.
void native_sgemm(const float* left, const float* right, std::size_t size, float* product);

}  // namespace attune
