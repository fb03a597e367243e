#pragma once

#include <cstdint>
#include <vector>

namespace attune {

/// Weights of the terms that occur, all other terms being 0.
struct SparseVector {
    std::vector<std::uint32_t> terms;  ///< ascending
    std::vector<double> weights;       ///< one per term

    friend bool operator==(const SparseVector&, const SparseVector&) = default;
};

/// @cost O(a + b)
double dot(const SparseVector& a, const SparseVector& b);

/// Euclidean length.
double norm(const SparseVector& vector);

/// Cosine of the angle between them; 0 when one of them is all zeros. In [0, 1] when no weight is
/// negative.
double cosine(const SparseVector& a, const SparseVector& b);

}  // namespace attune
