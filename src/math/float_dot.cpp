#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/float_dot.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include <hwy/contrib/dot/dot-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

float dot_of_floats(const float* a, const float* b, std::size_t size) {
    const hwy::HWY_NAMESPACE::ScalableTag<float> d;
    return hwy::HWY_NAMESPACE::Dot::Compute<0>(d, a, b, size);
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "math/float_dot.hpp"

namespace attune {

HWY_EXPORT(dot_of_floats);

float float_dot(const float* a, const float* b, std::size_t size) {
    return HWY_DYNAMIC_DISPATCH(dot_of_floats)(a, b, size);
}

}  // namespace attune
#endif  // HWY_ONCE
