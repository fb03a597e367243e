// The kernels behind RowSolver. Included once for each instruction set.

#if defined(ATTUNE_MATH_NORMAL_EQUATIONS_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_MATH_NORMAL_EQUATIONS_INL_HPP_
#undef ATTUNE_MATH_NORMAL_EQUATIONS_INL_HPP_
#else
#define ATTUNE_MATH_NORMAL_EQUATIONS_INL_HPP_
#endif

#include <cmath>

#include "math/cholesky-inl.hpp"
#include "math/normal_equations.hpp"
#include "math/rows-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

using Scratch = RowSolver::Scratch;

/// Zeros, and prior + ridge on the diagonal.
HWY_INLINE void set_diagonal(const float* prior, float ridge, std::size_t width, float* normal) {
    std::fill_n(normal, width * width, 0.0F);
    for (std::size_t k = 0; k < width; ++k) normal[k * width + k] = prior[k] + ridge;
}

/// Adds the factors [first, first + width) of the pairs [begin, begin + size): their squares to the
/// normal matrix and, times coefficient(i), their sum to `target`.
template <typename Coefficient>
HWY_INLINE void add_pairs(const RowEquations& equations, std::size_t first, std::size_t width,
                          std::size_t begin, std::size_t size, const Coefficient& coefficient,
                          Scratch& scratch, float* target) {
    const Floats d;
    const PairRows rows(equations, begin, first);
    for (std::size_t i = 0; i < size; ++i) {
        rows.prefetch(i + kPrefetchDistance, width);
        const float* const row = rows.at(i);
        float* const gathered = scratch.panel.data() + i * width;
        const Vector root = hn::Set(d, std::sqrt(equations.weights[begin + i]));
        const Vector factor = hn::Set(d, coefficient(begin + i));
        for (std::size_t k = 0; k < width; k += kLanes) {
            const Vector value = hn::Load(d, row + k);
            hn::Store(hn::Mul(value, root), d, gathered + k);
            hn::Store(hn::MulAdd(value, factor, hn::Load(d, target + k)), d, target + k);
        }
    }
    add_squares(scratch.panel.data(), size, width, scratch.normal.data());
}

HWY_INLINE void solve_by_factors(const RowEquations& equations, Scratch& scratch, float* solution) {
    const std::size_t width = scratch.width;
    const std::size_t num_pairs = equations.columns.size();
    set_diagonal(equations.prior.data(), equations.ridge, width, scratch.normal.data());
    std::fill_n(solution, width, 0.0F);
    const auto target = [&](std::size_t i) {
        return equations.weights[i] + equations.target_offset;
    };
    for (std::size_t begin = 0; begin < num_pairs; begin += Scratch::kPanelDepth) {
        const std::size_t size = std::min(Scratch::kPanelDepth, num_pairs - begin);
        add_pairs(equations, 0, width, begin, size, target, scratch, solution);
    }
    Cholesky cholesky(scratch.normal.data(), width, scratch.cholesky.data());
    cholesky.factorize();
    cholesky.solve(solution);
}

/// Fills panel[k][i] with P_k^(-1/2) y_ik w_i^(1/2) for `depth` factors from `first` on.
HWY_INLINE void gather_turned(const RowEquations& equations, const float* roots,
                              const float* inverse_prior_roots, std::size_t first,
                              std::size_t depth, std::size_t width, Scratch& scratch) {
    const Floats d;
    const std::size_t last = equations.columns.size() - 1;
    const PairRows rows(equations, 0, first);
    for (std::size_t i = 0; i < width; i += kLanes) {
        const float* begins[kLanes];
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            begins[lane] = rows.at(std::min(i + lane, last));  // beyond the last the root is 0
            rows.prefetch(std::min(i + lane + kLanes, last), depth);
        }
        const Vector root = hn::Load(d, roots + i);
        for (std::size_t k = 0; k < depth; k += 4) {
            RawVector columns[4];
#if HWY_TARGET == HWY_SCALAR
            for (std::size_t j = 0; j < 4; ++j) columns[j] = begins[0][k + j];
#else
            load_turned([&](std::size_t lane) { return begins[lane] + k; }, columns);
#endif
            ATTUNE_UNROLL
            for (std::size_t j = 0; j < 4; ++j) {
                const Vector scale = hn::Mul(root, hn::Set(d, inverse_prior_roots[first + k + j]));
                hn::Store(hn::Mul(wrap(columns[j]), scale), d,
                          scratch.panel.data() + (k + j) * width + i);
            }
        }
    }
}

HWY_INLINE void solve_by_pairs(const RowEquations& equations, Scratch& scratch, float* solution) {
    const std::size_t num_pairs = equations.columns.size();
    const std::size_t num_factors = scratch.width;
    const std::size_t width = FactorRows::filled_up(num_pairs);
    float* const roots = scratch.vector(0);
    float* const target = scratch.vector(1);
    float* const inverse_prior_roots = scratch.vector(2);
    float* const ones = scratch.vector(3);
    std::fill_n(roots, width, 0.0F);
    std::fill_n(target, width, 0.0F);
    std::fill_n(ones, width, 1.0F);
    for (std::size_t i = 0; i < num_pairs; ++i) {
        roots[i] = std::sqrt(equations.weights[i]);
        target[i] = (equations.weights[i] + equations.target_offset) / roots[i];
    }
    for (std::size_t k = 0; k < num_factors; ++k) {
        inverse_prior_roots[k] = 1 / std::sqrt(equations.prior[k] + equations.ridge);
    }
    set_diagonal(ones, 0, width, scratch.normal.data());
    for (std::size_t first = 0; first < num_factors; first += Scratch::kPanelDepth) {
        const std::size_t depth = std::min(Scratch::kPanelDepth, num_factors - first);
        gather_turned(equations, roots, inverse_prior_roots, first, depth, width, scratch);
        add_squares(scratch.panel.data(), depth, width, scratch.normal.data());
    }
    Cholesky cholesky(scratch.normal.data(), width, scratch.cholesky.data());
    cholesky.factorize();
    cholesky.solve(target);
    for (std::size_t i = 0; i < num_pairs; ++i) target[i] *= roots[i];
    std::fill_n(solution, num_factors, 0.0F);
    add_weighted_rows(PairRows(equations, 0, 0), num_pairs, num_factors, target, solution);
    for (std::size_t k = 0; k < num_factors; ++k) {
        solution[k] *= inverse_prior_roots[k] * inverse_prior_roots[k];
    }
}

void solve_row(const RowEquations& equations, Scratch& scratch, float* solution) {
    if (FactorRows::filled_up(equations.columns.size()) < scratch.width) {
        solve_by_pairs(equations, scratch, solution);
    } else {
        solve_by_factors(equations, scratch, solution);
    }
}

/// out = A direction, and the diagonal of A where `diagonal` is asked for.
HWY_INLINE void apply(const RowEquations& equations, const float* direction, std::size_t width,
                      float* out) {
    for (std::size_t k = 0; k < width; ++k) {
        out[k] = (equations.prior[k] + equations.ridge) * direction[k];
    }
    float products[kPairsAtOnce];
    for (std::size_t begin = 0; begin < equations.columns.size(); begin += kPairsAtOnce) {
        const std::size_t size = std::min(kPairsAtOnce, equations.columns.size() - begin);
        const PairRows rows(equations, begin, 0);
        row_products(rows, size, width, direction, products);
        for (std::size_t i = 0; i < size; ++i) products[i] *= equations.weights[begin + i];
        add_weighted_rows(rows, size, width, products, out);
    }
}

/// residual = b - A x and the diagonal of A, in one pass over the pairs.
HWY_INLINE void start_gradients(const RowEquations& equations, std::size_t width, const float* x,
                                float* residual, float* diagonal) {
    for (std::size_t k = 0; k < width; ++k) {
        diagonal[k] = equations.prior[k] + equations.ridge;
        residual[k] = -diagonal[k] * x[k];
    }
    float products[kPairsAtOnce];
    for (std::size_t begin = 0; begin < equations.columns.size(); begin += kPairsAtOnce) {
        const std::size_t size = std::min(kPairsAtOnce, equations.columns.size() - begin);
        const PairRows rows(equations, begin, 0);
        const float* const weights = equations.weights.data() + begin;
        row_products(rows, size, width, x, products);
        for (std::size_t i = 0; i < size; ++i) {
            products[i] = weights[i] * (1 - products[i]) + equations.target_offset;
        }
        add_weighted_rows(rows, size, width, products, residual);
        add_weighted_squares(rows, size, width, weights, diagonal);
    }
}

void solve_row_by_gradients(const RowEquations& equations, std::size_t num_steps, Scratch& scratch,
                            float* solution) {
    const std::size_t width = scratch.width;
    float* const residual = scratch.vector(0);
    float* const inverse_diagonal = scratch.vector(1);
    float* const direction = scratch.vector(2);
    float* const image = scratch.vector(3);
    start_gradients(equations, width, solution, residual, inverse_diagonal);
    float size = 0;  // residual' diagonal^-1 residual
    for (std::size_t k = 0; k < width; ++k) {
        inverse_diagonal[k] = 1 / inverse_diagonal[k];
        direction[k] = residual[k] * inverse_diagonal[k];
    }
    size = inner_product(residual, direction, width);
    constexpr float kSolved = 1e-20F;
    for (std::size_t step = 0; step < num_steps && size > kSolved; ++step) {
        apply(equations, direction, width, image);
        const float curvature = inner_product(direction, image, width);
        if (!(curvature > 0)) return;
        const float length = size / curvature;
        add_scaled(length, direction, width, solution);
        add_scaled(-length, image, width, residual);
        const float before = size;
        size = inner_product_of_three(residual, residual, inverse_diagonal, width);
        next_direction(size / before, residual, inverse_diagonal, width, direction);
    }
}

void solve_row_by_blocks(const RowEquations& equations, std::size_t block_size, Scratch& scratch,
                         float* solution) {
    const std::size_t num_pairs = equations.columns.size();
    const float* const prior = equations.prior.data();
    float* const step = scratch.vector(0);
    scratch.predicted.resize(std::max(scratch.predicted.size(), num_pairs));
    float* const predicted = scratch.predicted.data();
    row_products(PairRows(equations, 0, 0), num_pairs, scratch.width, solution, predicted);
    for (std::size_t first = 0; first < scratch.width; first += block_size) {
        const std::size_t width = std::min(block_size, scratch.width - first);
        set_diagonal(prior + first, equations.ridge, width, scratch.normal.data());
        for (std::size_t k = 0; k < width; ++k) {
            step[k] = -(prior[first + k] + equations.ridge) * solution[first + k];
        }
        if (equations.coupling != nullptr) {
            const FactorRows& coupling = *equations.coupling;
            for (std::size_t k = 0; k < coupling.num_rows(); ++k) {
                add_scaled(-solution[k], coupling.data() + k * coupling.stride() + first, width,
                           step);
            }
        }
        const auto missing = [&](std::size_t i) {
            return equations.weights[i] * (1 - predicted[i]) + equations.target_offset;
        };
        for (std::size_t begin = 0; begin < num_pairs; begin += Scratch::kPanelDepth) {
            const std::size_t size = std::min(Scratch::kPanelDepth, num_pairs - begin);
            add_pairs(equations, first, width, begin, size, missing, scratch, step);
        }
        Cholesky cholesky(scratch.normal.data(), width, scratch.cholesky.data());
        cholesky.factorize();
        cholesky.solve(step);
        add_scaled(1, step, width, solution + first);
        if (first + width == scratch.width) break;
        float changes[kPairsAtOnce];
        for (std::size_t begin = 0; begin < num_pairs; begin += kPairsAtOnce) {
            const std::size_t size = std::min(kPairsAtOnce, num_pairs - begin);
            row_products(PairRows(equations, begin, first), size, width, step, changes);
            for (std::size_t i = 0; i < size; ++i) predicted[begin + i] += changes[i];
        }
    }
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // ATTUNE_MATH_NORMAL_EQUATIONS_INL_HPP_
