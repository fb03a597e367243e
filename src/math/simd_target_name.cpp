#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/simd_target_name.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

const char* own_name() {
    return hwy::TargetName(HWY_TARGET);
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "math/simd_target_name.hpp"

namespace attune {

HWY_EXPORT(own_name);

std::string_view simd_target_name() {
    return HWY_DYNAMIC_DISPATCH(own_name)();
}

}  // namespace attune
#endif  // HWY_ONCE
