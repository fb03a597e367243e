// Products of small blocks of matrices, held in registers. Included once for each instruction set.

#if defined(ATTUNE_MATH_TILES_INL_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_MATH_TILES_INL_HPP_
#undef ATTUNE_MATH_TILES_INL_HPP_
#else
#define ATTUNE_MATH_TILES_INL_HPP_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;
// GCC keeps arrays of these in registers, but not arrays of the class around them.
using RawVector = decltype(Vector::raw);

inline constexpr std::size_t kLanes = hn::MaxLanes(Floats());
// As many sums as registers allow: 8 x 3 of 32, or 4 x 3 of 16.
inline constexpr std::size_t kTileRows = HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3 ? 8 : 4;
inline constexpr std::size_t kTileVectors = 3;

HWY_INLINE Vector wrap(RawVector raw) {
    return Vector{raw};
}

/// Calls `visit(lane, value)` for the lanes of the mask.
template <typename Mask, typename Visit>
HWY_INLINE void for_each_lane(Vector values, Mask lanes, const Visit& visit) {
    const Floats d;
    HWY_ALIGN float stored[kLanes];
    hn::Store(values, d, stored);
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, lanes, bytes);
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes, sizeof(bits));
    for (; bits != 0; bits &= bits - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
        visit(lane, stored[lane]);
    }
}

/// Where the numbers of the left factor stand: that of step k and row r at [k x step + r x row].
struct LeftFactor {
    const float* data;
    std::size_t step;
    std::size_t row;
};

/// And of the right factor: those of step k from [k x step] on.
struct RightFactor {
    const float* data;
    std::size_t step;
};

enum class TileSign { kPlus, kMinus };

/// sums[r][v] +- sum over k < depth of left(k, r) right(k, v).
template <std::size_t kRows, std::size_t kVectors, TileSign kSign = TileSign::kPlus>
HWY_INLINE void multiply_tile(std::size_t depth, LeftFactor left, RightFactor right,
                              RawVector (&sums)[kRows][kVectors]) {
    const Floats d;
    for (std::size_t k = 0; k < depth; ++k) {
        const float* const a = left.data + k * left.step;
        const float* const b = right.data + k * right.step;
        RawVector columns[kVectors];
        ATTUNE_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) columns[v] = hn::Load(d, b + v * kLanes).raw;
        ATTUNE_UNROLL
        for (std::size_t r = 0; r < kRows; ++r) {
            const Vector factor = hn::Set(d, a[r * left.row]);
            ATTUNE_UNROLL
            for (std::size_t v = 0; v < kVectors; ++v) {
                sums[r][v] = kSign == TileSign::kPlus
                                 ? hn::MulAdd(factor, wrap(columns[v]), wrap(sums[r][v])).raw
                                 : hn::NegMulAdd(factor, wrap(columns[v]), wrap(sums[r][v])).raw;
            }
        }
    }
}

/// The same with the sums in memory, rows `stride` apart.
template <std::size_t kRows, std::size_t kVectors, TileSign kSign>
HWY_INLINE void update_tile(std::size_t depth, LeftFactor left, RightFactor right, float* target,
                            std::size_t stride) {
    const Floats d;
    RawVector sums[kRows][kVectors];
    ATTUNE_UNROLL
    for (std::size_t r = 0; r < kRows; ++r) {
        ATTUNE_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            sums[r][v] = hn::Load(d, target + r * stride + v * kLanes).raw;
        }
    }
    multiply_tile<kRows, kVectors, kSign>(depth, left, right, sums);
    ATTUNE_UNROLL
    for (std::size_t r = 0; r < kRows; ++r) {
        ATTUNE_UNROLL
        for (std::size_t v = 0; v < kVectors; ++v) {
            hn::Store(wrap(sums[r][v]), d, target + r * stride + v * kLanes);
        }
    }
}

/// kTileRows rows of any number of whole vectors.
template <TileSign kSign>
HWY_INLINE void update_rows(std::size_t depth, LeftFactor left, RightFactor right, float* target,
                            std::size_t stride, std::size_t num_columns) {
    std::size_t column = 0;
    const auto at = [&](std::size_t c) { return RightFactor{right.data + c, right.step}; };
    for (; column + kTileVectors * kLanes <= num_columns; column += kTileVectors * kLanes) {
        update_tile<kTileRows, kTileVectors, kSign>(depth, left, at(column), target + column,
                                                    stride);
    }
    if (column + 2 * kLanes <= num_columns) {
        update_tile<kTileRows, 2, kSign>(depth, left, at(column), target + column, stride);
        column += 2 * kLanes;
    }
    if (column < num_columns) {
        update_tile<kTileRows, 1, kSign>(depth, left, at(column), target + column, stride);
    }
}

/// Adds panel' panel to the upper triangle of `normal`; what stands below the triangle is
/// undefined.
/// @param panel   depth x width, rows without gaps
/// @param normal  width x width
/// @pre width is a multiple of 16
HWY_INLINE void add_squares(const float* panel, std::size_t depth, std::size_t width,
                            float* normal) {
    for (std::size_t row = 0; row < width; row += kTileRows) {
        const std::size_t first = row / kLanes * kLanes;
        update_rows<TileSign::kPlus>(depth, {panel + row, width, 1}, {panel + first, width},
                                     normal + row * width + first, width, width - first);
    }
}

/// Four columns of kLanes rows, turned: columns[j] holds the number j of each row.
/// @param rows  where each row's four numbers begin
template <typename RowAt>
HWY_INLINE void load_turned(const RowAt& row_at, RawVector (&columns)[4]) {
#if HWY_TARGET == HWY_SCALAR
    for (std::size_t j = 0; j < 4; ++j) columns[j] = row_at(0)[j];
#else
    const Floats d;
    const hn::Repartition<double, Floats> pairs;
    RawVector loaded[4];
    ATTUNE_UNROLL
    for (std::size_t j = 0; j < 4; ++j) {
        // Each block of four lanes from a row of its own.
        Vector value = hn::LoadDup128(d, row_at(kLanes - 4 + j));
        ATTUNE_UNROLL
        for (std::size_t end = kLanes - 4; end > 0; end -= 4) {
            value =
                hn::IfThenElse(hn::FirstN(d, end), hn::LoadDup128(d, row_at(end - 4 + j)), value);
        }
        loaded[j] = value.raw;
    }
    const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(d, wrap(loaded[0]), wrap(loaded[1])));
    const auto high01 =
        hn::BitCast(pairs, hn::InterleaveUpper(d, wrap(loaded[0]), wrap(loaded[1])));
    const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(d, wrap(loaded[2]), wrap(loaded[3])));
    const auto high23 =
        hn::BitCast(pairs, hn::InterleaveUpper(d, wrap(loaded[2]), wrap(loaded[3])));
    columns[0] = hn::BitCast(d, hn::InterleaveLower(pairs, low01, low23)).raw;
    columns[1] = hn::BitCast(d, hn::InterleaveUpper(pairs, low01, low23)).raw;
    columns[2] = hn::BitCast(d, hn::InterleaveLower(pairs, high01, high23)).raw;
    columns[3] = hn::BitCast(d, hn::InterleaveUpper(pairs, high01, high23)).raw;
#endif
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // ATTUNE_MATH_TILES_INL_HPP_
