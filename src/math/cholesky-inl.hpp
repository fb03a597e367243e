// Cholesky factorization of small matrices, panel by panel. Included once for each instruction set.

#if defined(ATTUNE_MATH_CHOLESKY_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_MATH_CHOLESKY_INL_HPP_
#undef ATTUNE_MATH_CHOLESKY_INL_HPP_
#else
#define ATTUNE_MATH_CHOLESKY_INL_HPP_
#endif

#include "math/tiles-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

/// M = U'U of a symmetric positive definite matrix, in place in its upper triangle, and the
/// solution of M x = b.
///
/// A panel is kLanes rows. Its square on the diagonal is D^(1/2) L with L unit upper triangular,
/// which is kept beside the matrix as L - I, by rows and by columns, with D^(-1/2): so the chain of
/// dependent steps has one division each and no square root, and both substitutions run along rows.
class Cholesky {
 public:
    /// @param matrix   width x width, the upper triangle; overwritten
    /// @param scratch  at least 2 width kLanes + width + kLanes floats
    HWY_INLINE Cholesky(float* matrix, std::size_t width, float* scratch)
        : matrix_(matrix),
          width_(width),
          by_rows_(scratch),
          by_columns_(scratch + width * kLanes),
          inverse_roots_(scratch + 2 * width * kLanes),
          sums_(inverse_roots_ + width) {}

    HWY_INLINE void factorize() {
        for (std::size_t panel = 0; panel < width_; panel += kLanes) {
            subtract_before(panel);
            factorize_square(panel);
            for (std::size_t column = panel + kLanes; column < width_; column += kLanes) {
                solve_column(panel, column);
            }
        }
    }

    /// Writes the solution over b.
    HWY_INLINE void solve(float* b) {
        for (std::size_t panel = 0; panel < width_; panel += kLanes) forward(panel, b);
        for (std::size_t panel = width_; panel > 0; panel -= kLanes) backward(panel - kLanes, b);
    }

 private:
    [[nodiscard]] HWY_INLINE float* row(std::size_t index) { return matrix_ + index * width_; }

    /// Takes what the rows above contribute from the panel's rows.
    HWY_INLINE void subtract_before(std::size_t panel) {
        if (panel == 0) return;
        constexpr std::size_t kRows = std::min(kTileRows, kLanes);
        for (std::size_t r = panel; r < panel + kLanes; r += kRows) {
            const LeftFactor left{matrix_ + r, width_, 1};
            if constexpr (kRows == kTileRows) {
                update_rows<TileSign::kMinus>(panel, left, {matrix_ + panel, width_},
                                              row(r) + panel, width_, width_ - panel);
            } else {
                for (std::size_t c = panel; c < width_; c += kLanes) {
                    update_tile<kRows, 1, TileSign::kMinus>(panel, left, {matrix_ + c, width_},
                                                            row(r) + c, width_);
                }
            }
        }
    }

    HWY_INLINE static Vector everywhere(Vector vector, std::size_t lane) {
#if HWY_TARGET == HWY_SCALAR
        (void)lane;
        return vector;
#else
        const hn::RebindToSigned<Floats> integers;
        const auto index = hn::Set(integers, static_cast<int>(lane));
        return hn::TableLookupLanes(vector, hn::IndicesFromVec(Floats(), index));
#endif
    }

    HWY_INLINE void factorize_square(std::size_t panel) {
        const Floats d;
        const Vector one = hn::Set(d, 1.0F);
        RawVector rows[kLanes];
        ATTUNE_UNROLL
        for (std::size_t r = 0; r < kLanes; ++r) rows[r] = hn::Load(d, row(panel + r) + panel).raw;
        float* const unit = by_rows_ + panel * kLanes;
        Vector pivots = one;
        ATTUNE_UNROLL
        for (std::size_t r = 0; r < kLanes; ++r) {
            const Vector pivot = everywhere(wrap(rows[r]), r);
            const Vector scaled = hn::Mul(wrap(rows[r]), hn::Div(one, pivot));
            const auto until = hn::FirstN(d, r + 1);
            pivots = hn::IfThenElse(hn::FirstN(d, r), pivots, pivot);
            hn::Store(hn::IfThenZeroElse(until, scaled), d, unit + r * kLanes);
            ATTUNE_UNROLL
            for (std::size_t s = r + 1; s < kLanes; ++s) {
                rows[s] = hn::NegMulAdd(everywhere(scaled, s), wrap(rows[r]), wrap(rows[s])).raw;
            }
        }
        hn::Store(hn::Div(one, hn::Sqrt(pivots)), d, inverse_roots_ + panel);
        turn_square(panel);
    }

    HWY_INLINE void turn_square(std::size_t panel) {
        const float* const unit = by_rows_ + panel * kLanes;
        float* const turned = by_columns_ + panel * kLanes;
#if HWY_TARGET == HWY_SCALAR
        *turned = *unit;
#else
        const Floats d;
        ATTUNE_UNROLL
        for (std::size_t c = 0; c < kLanes; c += 4) {
            RawVector columns[4];
            load_turned([&](std::size_t r) { return unit + r * kLanes + c; }, columns);
            ATTUNE_UNROLL
            for (std::size_t j = 0; j < 4; ++j) {
                hn::Store(wrap(columns[j]), d, turned + (c + j) * kLanes);
            }
        }
#endif
    }

    /// The panel's rows of one vector of columns right of its square.
    HWY_INLINE void solve_column(std::size_t panel, std::size_t column) {
        const Floats d;
        const float* const unit = by_rows_ + panel * kLanes;
        RawVector rows[kLanes];
        ATTUNE_UNROLL
        for (std::size_t r = 0; r < kLanes; ++r) rows[r] = hn::Load(d, row(panel + r) + column).raw;
        ATTUNE_UNROLL
        for (std::size_t r = 0; r < kLanes; ++r) {
            ATTUNE_UNROLL
            for (std::size_t s = r + 1; s < kLanes; ++s) {
                rows[s] =
                    hn::NegMulAdd(hn::Set(d, unit[r * kLanes + s]), wrap(rows[r]), wrap(rows[s]))
                        .raw;
            }
        }
        ATTUNE_UNROLL
        for (std::size_t r = 0; r < kLanes; ++r) {
            const Vector root = hn::Set(d, inverse_roots_[panel + r]);
            hn::Store(hn::Mul(wrap(rows[r]), root), d, row(panel + r) + column);
        }
    }

    HWY_INLINE void forward(std::size_t panel, float* b) {
        const Floats d;
        const float* const unit = by_rows_ + panel * kLanes;
        Vector part = hn::Load(d, b + panel);
        ATTUNE_UNROLL
        for (std::size_t r = 0; r + 1 < kLanes; ++r) {
            part = hn::NegMulAdd(everywhere(part, r), hn::Load(d, unit + r * kLanes), part);
        }
        hn::Store(hn::Mul(part, hn::Load(d, inverse_roots_ + panel)), d, b + panel);
        for (std::size_t column = panel + kLanes; column < width_; column += kLanes) {
            Vector even = hn::Load(d, b + column);
            Vector odd = hn::Zero(d);
            ATTUNE_UNROLL
            for (std::size_t r = 0; r < kLanes; ++r) {
                const Vector factor = hn::Set(d, b[panel + r]);
                Vector& sum = r % 2 == 0 ? even : odd;
                sum = hn::NegMulAdd(factor, hn::Load(d, row(panel + r) + column), sum);
            }
            hn::Store(hn::Add(even, odd), d, b + column);
        }
    }

    HWY_INLINE void backward(std::size_t panel, float* b) {
        const Floats d;
        for (std::size_t r = 0; r < kLanes; ++r) {
            Vector sum = hn::Zero(d);
            for (std::size_t column = panel + kLanes; column < width_; column += kLanes) {
                sum =
                    hn::MulAdd(hn::Load(d, row(panel + r) + column), hn::Load(d, b + column), sum);
            }
            sums_[r] = hn::GetLane(hn::SumOfLanes(d, sum));
        }
        Vector part = hn::Mul(hn::Sub(hn::Load(d, b + panel), hn::Load(d, sums_)),
                              hn::Load(d, inverse_roots_ + panel));
        const float* const turned = by_columns_ + panel * kLanes;
        ATTUNE_UNROLL
        for (std::size_t c = kLanes - 1; c > 0; --c) {
            part = hn::NegMulAdd(everywhere(part, c), hn::Load(d, turned + c * kLanes), part);
        }
        hn::Store(part, d, b + panel);
    }

    float* matrix_;
    std::size_t width_;
    float* by_rows_;        ///< width x kLanes
    float* by_columns_;     ///< width x kLanes
    float* inverse_roots_;  ///< width
    float* sums_;           ///< kLanes
};

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // ATTUNE_MATH_CHOLESKY_INL_HPP_
