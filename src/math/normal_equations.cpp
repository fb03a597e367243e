#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/normal_equations.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include "math/cholesky-inl.hpp"
// Keeps the order.
#include "math/normal_equations-inl.hpp"

#if HWY_ONCE
#include "math/normal_equations.hpp"

namespace attune {

HWY_EXPORT(solve_row);
HWY_EXPORT(solve_row_by_gradients);
HWY_EXPORT(solve_row_by_blocks);

RowSolver::RowSolver(std::size_t num_factors) {
    const std::size_t width = FactorRows::filled_up(num_factors);
    constexpr std::size_t kMostLanes = FactorRows::kMultiple;
    scratch_.width = width;
    scratch_.normal.resize(width * width);
    scratch_.panel.resize(Scratch::kPanelDepth * width);
    scratch_.cholesky.resize(2 * width * kMostLanes + width + kMostLanes);
    scratch_.vectors.resize(Scratch::kNumVectors * width);
}

void RowSolver::solve(const RowEquations& equations, float* solution) {
    HWY_DYNAMIC_DISPATCH(solve_row)(equations, scratch_, solution);
}

void RowSolver::conjugate_gradients(const RowEquations& equations, std::size_t num_steps,
                                    float* solution) {
    HWY_DYNAMIC_DISPATCH(solve_row_by_gradients)(equations, num_steps, scratch_, solution);
}

void RowSolver::solve_blocks(const RowEquations& equations, std::size_t block_size,
                             float* solution) {
    HWY_DYNAMIC_DISPATCH(solve_row_by_blocks)
    (equations, FactorRows::filled_up(block_size), scratch_, solution);
}

}  // namespace attune
#endif  // HWY_ONCE
