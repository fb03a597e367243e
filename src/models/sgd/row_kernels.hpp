#pragma once

#include <cstddef>

#include "math/factor_rows.hpp"

namespace attune::sgd {

// Kernels on rows of FactorRows, as filled up with zeros, in the widest vectors the processor has.
// What they give differs between widths by rounding.
//
// Lock-free descent reads and writes rows of products from many threads at once, and a row that is
// read while another thread writes it is a mix of both, which it bears (Niu, Recht, Re, Wright,
// "Hogwild!", NeurIPS 2011). C++ calls that a race and has no vectors of relaxed atomics; words
// that are copied one by one as atomics to where vectors may read them cost as much as all the
// rest. So these kernels alone may race, and TSan is told not to look into them: processors read
// and write aligned floats whole, also in vectors, and nothing but these floats depends on them.

/// Asks for the memory of a row before it is needed.
inline void prefetch_row(const float* row, std::size_t size) {
    for (std::size_t at = 0; at < size; at += FactorRows::kMultiple) {
        __builtin_prefetch(row + at, 1);
    }
}

/// a . b
float row_dot(const float* a, const float* b, std::size_t size);

/// customer . (liked - other)
float row_margin(const float* customer, const float* liked, const float* other, std::size_t size);

/// A step of `pull` up the gradient of customer . (liked - other), while all three rows shrink by
/// the share `shrink`; each from the others' values before the step.
void pair_step(float* customer, float* liked, float* other, std::size_t size, float pull,
               float shrink);

/// Cuts a row that is longer back to the length `bound`.
void cut_row(float* row, std::size_t size, float bound);

}  // namespace attune::sgd
