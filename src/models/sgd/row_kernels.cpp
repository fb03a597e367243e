#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/sgd/row_kernels.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include <hwy/highway.h>

#include <cmath>

#include "models/sgd/row_kernels.hpp"

#undef ATTUNE_MAY_RACE
#define ATTUNE_MAY_RACE __attribute__((no_sanitize("thread")))

HWY_BEFORE_NAMESPACE();
namespace attune::sgd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

ATTUNE_MAY_RACE float dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b,
                          std::size_t size) {
    const Floats tag;
    auto sum = hn::Zero(tag);
    for (std::size_t i = 0; i < size; i += hn::Lanes(tag)) {
        sum = hn::MulAdd(hn::Load(tag, a + i), hn::Load(tag, b + i), sum);
    }
    return hn::GetLane(hn::SumOfLanes(tag, sum));
}

ATTUNE_MAY_RACE float margin(const float* HWY_RESTRICT customer, const float* HWY_RESTRICT liked,
                             const float* HWY_RESTRICT other, std::size_t size) {
    const Floats tag;
    auto sum = hn::Zero(tag);
    for (std::size_t i = 0; i < size; i += hn::Lanes(tag)) {
        const auto difference = hn::Sub(hn::Load(tag, liked + i), hn::Load(tag, other + i));
        sum = hn::MulAdd(hn::Load(tag, customer + i), difference, sum);
    }
    return hn::GetLane(hn::SumOfLanes(tag, sum));
}

ATTUNE_MAY_RACE void step(float* HWY_RESTRICT customer, float* HWY_RESTRICT liked,
                          float* HWY_RESTRICT other, std::size_t size, float pull, float shrink) {
    const Floats tag;
    const auto pulls = hn::Set(tag, pull);
    const auto kept = hn::Set(tag, 1 - shrink);
    for (std::size_t i = 0; i < size; i += hn::Lanes(tag)) {
        const auto u = hn::Load(tag, customer + i);
        const auto a = hn::Load(tag, liked + i);
        const auto b = hn::Load(tag, other + i);
        const auto moved = hn::Mul(pulls, u);
        hn::Store(hn::MulAdd(pulls, hn::Sub(a, b), hn::Mul(kept, u)), tag, customer + i);
        hn::Store(hn::MulAdd(kept, a, moved), tag, liked + i);
        hn::Store(hn::MulSub(kept, b, moved), tag, other + i);
    }
}

ATTUNE_MAY_RACE void scale(float* row, std::size_t size, float factor) {
    const Floats tag;
    for (std::size_t i = 0; i < size; i += hn::Lanes(tag)) {
        hn::Store(hn::Mul(hn::Set(tag, factor), hn::Load(tag, row + i)), tag, row + i);
    }
}

}  // namespace
}  // namespace attune::sgd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune::sgd {
namespace {

HWY_EXPORT(dot);
HWY_EXPORT(margin);
HWY_EXPORT(step);
HWY_EXPORT(scale);

}  // namespace

float row_dot(const float* a, const float* b, std::size_t size) {
    return HWY_DYNAMIC_DISPATCH(dot)(a, b, size);
}

float row_margin(const float* customer, const float* liked, const float* other, std::size_t size) {
    return HWY_DYNAMIC_DISPATCH(margin)(customer, liked, other, size);
}

void pair_step(float* customer, float* liked, float* other, std::size_t size, float pull,
               float shrink) {
    HWY_DYNAMIC_DISPATCH(step)(customer, liked, other, size, pull, shrink);
}

void cut_row(float* row, std::size_t size, float bound) {
    const float square = row_dot(row, row, size);
    if (square <= bound * bound) return;
    HWY_DYNAMIC_DISPATCH(scale)(row, size, bound / std::sqrt(square));
}

}  // namespace attune::sgd
#endif
