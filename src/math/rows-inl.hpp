// Sums and inner products over the rows of a system's pairs. Included once for each instruction
// set.

#if defined(ATTUNE_MATH_ROWS_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_MATH_ROWS_INL_HPP_
#undef ATTUNE_MATH_ROWS_INL_HPP_
#else
#define ATTUNE_MATH_ROWS_INL_HPP_
#endif

#include <hwy/cache_control.h>

#include "math/normal_equations.hpp"
#include "math/tiles-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

inline constexpr std::size_t kPrefetchDistance = 8;
/// Pairs whose rows stay in the nearest cache between two passes over them.
inline constexpr std::size_t kPairsAtOnce = 64;

/// The factors of a system's pairs from the pair `begin` and the factor `first` on.
class PairRows {
 public:
    HWY_INLINE PairRows(const RowEquations& equations, std::size_t begin, std::size_t first)
        : columns_(equations.columns.data() + begin),
          size_(equations.columns.size() - begin),
          rows_(equations.others.data() + first),
          stride_(equations.others.stride()) {}

    [[nodiscard]] HWY_INLINE const float* at(std::size_t pair) const {
        return rows_ + columns_[pair] * stride_;
    }
    HWY_INLINE void prefetch(std::size_t pair, std::size_t width) const {
        if (pair >= size_) return;
        const float* const row = at(pair);
        for (std::size_t k = 0; k < width; k += FactorRows::kMultiple) hwy::Prefetch(row + k);
    }

 private:
    const std::uint32_t* columns_;
    std::size_t size_;
    const float* rows_;
    std::size_t stride_;
};

HWY_INLINE float total(Vector vector) {
    return hn::GetLane(hn::SumOfLanes(Floats(), vector));
}

HWY_INLINE float inner_product(const float* a, const float* b, std::size_t width) {
    const Floats d;
    Vector sum = hn::Zero(d);
    for (std::size_t k = 0; k < width; k += kLanes) {
        sum = hn::MulAdd(hn::Load(d, a + k), hn::Load(d, b + k), sum);
    }
    return total(sum);
}

HWY_INLINE float inner_product_of_three(const float* a, const float* b, const float* c,
                                        std::size_t width) {
    const Floats d;
    Vector sum = hn::Zero(d);
    for (std::size_t k = 0; k < width; k += kLanes) {
        const Vector product = hn::Mul(hn::Load(d, a + k), hn::Load(d, b + k));
        sum = hn::MulAdd(product, hn::Load(d, c + k), sum);
    }
    return total(sum);
}

/// target += factor x vector
HWY_INLINE void add_scaled(float factor, const float* vector, std::size_t width, float* target) {
    const Floats d;
    for (std::size_t k = 0; k < width; k += kLanes) {
        const Vector sum =
            hn::MulAdd(hn::Set(d, factor), hn::Load(d, vector + k), hn::Load(d, target + k));
        hn::Store(sum, d, target + k);
    }
}

/// direction = scale x residual + factor x direction
HWY_INLINE void next_direction(float factor, const float* residual, const float* scale,
                               std::size_t width, float* direction) {
    const Floats d;
    for (std::size_t k = 0; k < width; k += kLanes) {
        const Vector scaled = hn::Mul(hn::Load(d, residual + k), hn::Load(d, scale + k));
        hn::Store(hn::MulAdd(hn::Set(d, factor), hn::Load(d, direction + k), scaled), d,
                  direction + k);
    }
}

/// products[i] = row i times the vector, four rows at a time.
HWY_INLINE void row_products(const PairRows& rows, std::size_t size, std::size_t width,
                             const float* vector, float* products) {
    const Floats d;
    constexpr std::size_t kAtOnce = 4;
    std::size_t i = 0;
    for (; i + kAtOnce <= size; i += kAtOnce) {
        RawVector sums[kAtOnce];
        const float* begins[kAtOnce];
        ATTUNE_UNROLL
        for (std::size_t j = 0; j < kAtOnce; ++j) {
            rows.prefetch(i + j + kPrefetchDistance, width);
            begins[j] = rows.at(i + j);
            sums[j] = hn::Zero(d).raw;
        }
        for (std::size_t k = 0; k < width; k += kLanes) {
            const Vector part = hn::Load(d, vector + k);
            ATTUNE_UNROLL
            for (std::size_t j = 0; j < kAtOnce; ++j) {
                sums[j] = hn::MulAdd(part, hn::Load(d, begins[j] + k), wrap(sums[j])).raw;
            }
        }
        ATTUNE_UNROLL
        for (std::size_t j = 0; j < kAtOnce; ++j) products[i + j] = total(wrap(sums[j]));
    }
    for (; i < size; ++i) products[i] = inner_product(rows.at(i), vector, width);
}

/// kVectors vectors from the factor k on: target += sum_i combine(coefficient i, row i).
template <std::size_t kVectors, bool kSquared>
HWY_INLINE void add_part(const PairRows& rows, std::size_t size, const float* coefficients,
                         std::size_t k, float* target) {
    const Floats d;
    RawVector sums[kVectors];
    ATTUNE_UNROLL
    for (std::size_t v = 0; v < kVectors; ++v) {
        sums[v] = hn::Load(d, target + k + v * kLanes).raw;
    }
    for (std::size_t i = 0; i < size; ++i) {
        const Vector coefficient = hn::Set(d, coefficients[i]);
        const float* const row = rows.at(i) + k;
        ATTUNE_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            const Vector value = hn::Load(d, row + v * kLanes);
            const Vector factor = kSquared ? hn::Mul(coefficient, value) : coefficient;
            sums[v] = hn::MulAdd(factor, value, wrap(sums[v])).raw;
        }
    }
    ATTUNE_UNROLL
    for (std::size_t v = 0; v < kVectors; ++v) {
        hn::Store(wrap(sums[v]), d, target + k + v * kLanes);
    }
}

template <bool kSquared>
HWY_INLINE void add_parts(const PairRows& rows, std::size_t size, std::size_t width,
                          const float* coefficients, float* target) {
    constexpr std::size_t kAtOnce = 4;
    std::size_t k = 0;
    for (; k + kAtOnce * kLanes <= width; k += kAtOnce * kLanes) {
        add_part<kAtOnce, kSquared>(rows, size, coefficients, k, target);
    }
    for (; k < width; k += kLanes) add_part<1, kSquared>(rows, size, coefficients, k, target);
}

/// target += sum_i coefficients[i] row i
HWY_INLINE void add_weighted_rows(const PairRows& rows, std::size_t size, std::size_t width,
                                  const float* coefficients, float* target) {
    add_parts<false>(rows, size, width, coefficients, target);
}

/// target += sum_i coefficients[i] (row i)^2, number by number
HWY_INLINE void add_weighted_squares(const PairRows& rows, std::size_t size, std::size_t width,
                                     const float* coefficients, float* target) {
    add_parts<true>(rows, size, width, coefficients, target);
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // ATTUNE_MATH_ROWS_INL_HPP_
