#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/coarse_items.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include "math/tiles-inl.hpp"
// Keeps the order.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "math/coarse_items.hpp"
#include "math/near_best_items.hpp"

#ifndef ATTUNE_MATH_COARSE_CUSTOMER
#define ATTUNE_MATH_COARSE_CUSTOMER
namespace attune {

/// A customer u as t p.
struct CoarseCustomer {
    AlignedVector<std::int16_t> values;  ///< p, as many as an item has factors
    float step = 0;                      ///< t
    float norm = 0;                      ///< |u|
    float error = 0;                     ///< |u - t p|

    /// By how much a score may differ from that of the floats, at most.
    [[nodiscard]] float bound(float item_norm, float item_error) const {
        // Sums of floats in any order: Higham, Accuracy and Stability of Numerical Algorithms, 3.1.
        const float rounding = static_cast<float>(values.size() + 8) * 0x1p-24F;
        // No score is larger. Where twice that is infinite the bound is, for the scores may be.
        const float largest = 2 * (norm + error) * (item_norm + item_error);
        return norm * item_error + error * (item_norm + item_error) + rounding * largest +
               static_cast<float>(values.size()) * std::numeric_limits<float>::min();
    }
};

}  // namespace attune
#endif

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

inline constexpr std::size_t kTileItems = kTileVectors * kLanes;
static_assert(ItemPanels::kItems % kTileItems == 0);

using Ints = hn::RebindToSigned<Floats>;
using IntVector = hn::Vec<Ints>;
using RawInts = decltype(IntVector::raw);

/// Two factors of kLanes customers and items multiplied and added to the sums: how a pair's two
/// products are shared out between them is the processor's choice.
/// @param factors  two of the customer
/// @param values   two of each item
HWY_INLINE void add_pair(std::int32_t factors, const std::int8_t* values, RawInts& sum,
                         RawInts& other) {
    const Ints d;
#if HWY_TARGET == HWY_SCALAR
    std::int16_t pair[2];
    std::memcpy(pair, &factors, sizeof(pair));
    sum = hn::Add(IntVector{sum}, hn::Set(d, pair[0] * values[0] + pair[1] * values[1])).raw;
    (void)other;
#else
    const hn::Repartition<std::int16_t, Floats> words;
    const hn::Rebind<std::int8_t, decltype(words)> bytes;
    IntVector other_vector{other};
    sum = hn::ReorderWidenMulAccumulate(d, hn::BitCast(words, hn::Set(d, factors)),
                                        hn::PromoteTo(words, hn::Load(bytes, values)),
                                        IntVector{sum}, other_vector)
              .raw;
    other = other_vector.raw;
#endif
}

/// Returns how many panels were read.
std::size_t search_coarse(const ItemPanels& panels, const CoarseItems::Panels& coarse,
                          const CoarseCustomer& customer, NearBestItems& best) {
    const Floats d;
    const Ints ints;
    const auto offer = [&](std::size_t position, float lower, float upper) {
        best.offer(panels.items[position], static_cast<std::uint32_t>(position), lower, upper);
    };
    for (std::size_t panel = 0; panel < panels.num_panels; ++panel) {
        if (panels.out_of_reach(panel, customer.norm, best.threshold())) return panel;
        const float bound = customer.bound(panels.norms[panel], coarse.errors[panel]);
        const std::size_t first = panel * ItemPanels::kItems;
        if (!std::isfinite(bound)) {
            constexpr float kAny = std::numeric_limits<float>::infinity();
            for (std::size_t i = 0; i < ItemPanels::kItems; ++i) offer(first + i, -kAny, kAny);
            continue;
        }
        for (std::size_t at = 0; at < ItemPanels::kItems; at += kTileItems) {
            RawInts sums[kTileVectors];
            RawInts others[kTileVectors];
            ATTUNE_UNROLL
            for (std::size_t v = 0; v < kTileVectors; ++v) {
                sums[v] = others[v] = hn::Zero(ints).raw;
            }
            const std::int8_t* values =
                coarse.values + panel * panels.stride * ItemPanels::kItems + 2 * at;
            for (std::size_t k = 0; k < panels.stride; k += 2, values += 2 * ItemPanels::kItems) {
                std::int32_t factors = 0;
                std::memcpy(&factors, customer.values.data() + k, sizeof(factors));
                ATTUNE_UNROLL
                for (std::size_t v = 0; v < kTileVectors; ++v) {
                    add_pair(factors, values + 2 * v * kLanes, sums[v], others[v]);
                }
            }
            ATTUNE_UNROLL
            for (std::size_t v = 0; v < kTileVectors; ++v) {
                const std::size_t position = first + at + v * kLanes;
                const Vector scales = hn::Load(d, coarse.scales + position);
                const Vector scores = hn::Mul(
                    hn::ConvertTo(
                        d, hn::RearrangeToOddPlusEven(IntVector{sums[v]}, IntVector{others[v]})),
                    hn::Mul(scales, hn::Set(d, customer.step)));
                const auto reached =
                    hn::Ge(hn::Add(scores, hn::Set(d, bound)), hn::Set(d, best.threshold()));
                if (hn::AllFalse(d, reached)) continue;
                for_each_lane(scores, reached, [&](std::size_t lane, float score) {
                    offer(position + lane, score - bound, score + bound);
                });
            }
        }
    }
    return panels.num_panels;
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>

#include "core/assert.hpp"
#include "math/dense.hpp"

namespace attune {

HWY_EXPORT(search_coarse);

namespace {

/// A vector v as s q.
struct Coarse {
    float step = 0;   ///< s
    float error = 0;  ///< |v - s q|, rounded up, so that bounds stay bounds
};

/// @param factor  factor(k) is number k of v
/// @param keep    keep(k, whole) is told number k of q, from -most to most, at most 2^15
template <typename Factor, typename Keep>
Coarse make_coarse(std::size_t size, double most, const Factor& factor, const Keep& keep) {
    float largest = 0;
    for (std::size_t k = 0; k < size; ++k) largest = std::max(largest, std::abs(factor(k)));
    Coarse coarse;
    coarse.step = static_cast<float>(largest / most);
    const double step = coarse.step;
    double squares = 0;
    for (std::size_t k = 0; k < size; ++k) {
        const double value = factor(k);
        // Rounded without the call that std::round is on processors that are not told to have it.
        const double in_steps = step > 0 ? std::clamp(value / step, -most, most) : 0;
        const auto whole = static_cast<std::int32_t>(in_steps + std::copysign(0.5, value));
        keep(k, whole);
        const double off = value - step * whole;
        squares += off * off;
    }
    coarse.error = std::nextafter(static_cast<float>(std::sqrt(squares)),
                                  std::numeric_limits<float>::infinity());
    return coarse;
}

CoarseCustomer coarse_customer(std::span<const float> factors, float norm) {
    CoarseCustomer customer;
    customer.values.resize(factors.size());
    // Sums of as many products stay below 2^31.
    const double most = std::min(
        32'767.0, std::floor(2'147'483'647.0 / (127.0 * static_cast<double>(factors.size()))));
    const Coarse coarse = make_coarse(
        factors.size(), most, [&](std::size_t k) { return factors[k]; },
        [&](std::size_t k, std::int32_t whole) {
            customer.values[k] = static_cast<std::int16_t>(whole);
        });
    customer.step = coarse.step;
    customer.norm = norm;
    customer.error = coarse.error;
    return customer;
}

}  // namespace

CoarseItems::CoarseItems(const ItemPanels& panels) {
    constexpr std::size_t kItems = ItemPanels::kItems;
    constexpr double kMost = 127;
    values_.resize(panels.num_panels * panels.stride * kItems);
    scales_.resize(panels.num_panels * kItems);
    errors_.resize(panels.num_panels);
    for (std::size_t panel = 0; panel < panels.num_panels; ++panel) {
        const std::size_t begin = panel * panels.stride * kItems;
        for (std::size_t i = 0; i < kItems; ++i) {
            const Coarse coarse = make_coarse(
                panels.stride, kMost,
                [&](std::size_t k) { return panels.values[begin + k * kItems + i]; },
                [&](std::size_t k, std::int32_t whole) {
                    values_[begin + (k / 2 * kItems + i) * 2 + k % 2] =
                        static_cast<std::int8_t>(whole);
                });
            scales_[panel * kItems + i] = coarse.step;
            errors_[panel] = std::max(errors_[panel], coarse.error);
        }
    }
}

std::size_t CoarseItems::search(const ItemPanels& panels, std::span<const float> customer,
                                float norm, NearBestItems& best) const {
    ATTUNE_ASSERT(customer.size() == panels.stride);
    const Panels coarse{values_.data(), scales_.data(), errors_.data()};
    return HWY_DYNAMIC_DISPATCH(search_coarse)(panels, coarse, coarse_customer(customer, norm),
                                               best);
}

}  // namespace attune
#endif  // HWY_ONCE
