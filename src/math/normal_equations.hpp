#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "math/aligned.hpp"
#include "math/factor_rows.hpp"

namespace attune {

/// The system of one row of a factorization,
///
///     A x = b,   A = diag(prior) + ridge I + sum_i w_i y_i y_i',   b = sum_i (w_i + offset) y_i
///
/// over the row's pairs, y_i being rows of the other side. The prior is diagonal because the other
/// side's factors were turned to the eigenvectors of their Gramian (`principal_axes`), or, for
/// `solve_blocks`, of each block of it, and then A has the coupling between blocks on top.
/// @pre every weight > 0, prior >= 0, ridge > 0, all finite
struct RowEquations {
    const FactorRows& others;
    std::span<const float> prior;  ///< others.stride() numbers, zeros where rows are filled up
    float ridge = 0;
    std::span<const std::uint32_t> columns;  ///< rows of `others`
    std::span<const float> weights;          ///< as many
    float target_offset = 0;
    /// Of solve_blocks alone: what the prior has between factors of different blocks, a row and a
    /// column a factor, symmetric, zeros within blocks; none: nothing.
    const FactorRows* coupling = nullptr;
};

/// Solves such systems with kernels chosen at run time for the processor (Highway): AVX-512, AVX2
/// or plain C++. On well-conditioned systems each comes within 2e-5 of the exact solution's length
/// by Cholesky; after all sweeps of a training the scores x.y of two instruction sets, which are
/// about 1, differ by less than 1e-3 (the tests hold every set to both).
///
/// @threads  one solver a thread
class RowSolver {
 public:
    explicit RowSolver(std::size_t num_factors);

    /// The exact solution by Cholesky: of A, or of the system of the row's n pairs,
    /// x = P^-1 Y' W^(1/2) (I + W^(1/2) Y P^-1 Y' W^(1/2))^-1 W^(-1/2) t with P = diag(prior) +
    /// ridge I, where there are fewer of them than factors.
    /// @param solution  others.stride() floats
    /// @cost  O(n d min(n, d) + min(n, d)^3)
    void solve(const RowEquations& equations, float* solution);

    /// Steps of conjugate gradients from what stands in `solution`, preconditioned by A's diagonal.
    /// x'Ax - 2b'x never rises.
    /// @cost   O(num_steps n d)
    /// @source Takacs, Pilaszy, Tikk, RecSys 2011; departure: the diagonal prior makes A x cost
    ///         O(n d) instead of O(n d + d^2) and serves the preconditioner
    void conjugate_gradients(const RowEquations& equations, std::size_t num_steps, float* solution);

    /// One round over blocks of factors, each solved exactly with the others fixed, from what
    /// stands in `solution`. x'Ax - 2b'x never rises.
    /// @param block_size  rounded up to a multiple of 16
    /// @cost   O(n d block_size + d block_size^2 + d^2)
    /// @source Rendle, Krichene, Zhang, Koren, "iALS++: Speeding up Matrix Factorization with
    ///         Subspace Optimization", arXiv:2110.14044
    void solve_blocks(const RowEquations& equations, std::size_t block_size, float* solution);

    /// The memory that the kernels work in.
    struct Scratch {
        AlignedVector<float> normal;     ///< width x width
        AlignedVector<float> panel;      ///< pairs gathered, kPanelDepth x width
        AlignedVector<float> cholesky;   ///< what the factorization keeps beside the matrix
        AlignedVector<float> vectors;    ///< kNumVectors x width
        AlignedVector<float> predicted;  ///< y_i x of each pair
        std::size_t width = 0;

        static constexpr std::size_t kPanelDepth = 64;
        static constexpr std::size_t kNumVectors = 4;
        [[nodiscard]] float* vector(std::size_t index) { return vectors.data() + index * width; }
    };

 private:
    Scratch scratch_;
};

}  // namespace attune
