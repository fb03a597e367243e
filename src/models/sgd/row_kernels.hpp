#pragma once

#include <cstddef>

namespace attune::sgd {

// Kernels on rows of FactorRows, as filled up with zeros, in the widest vectors the processor has.
// What they give differs between widths by rounding.

/// a . b
float row_dot(const float* a, const float* b, std::size_t size);

/// customer . (liked - other)
float row_margin(const float* customer, const float* liked, const float* other, std::size_t size);

/// A step of `pull` up the gradient of customer . (liked - other), while all three rows shrink by
/// the share `shrink`; each from the others' values before the step.
void pair_step(float* customer, float* liked, float* other, std::size_t size, float pull,
               float shrink);

}  // namespace attune::sgd
