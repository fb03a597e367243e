#pragma once

#include <gtest/gtest.h>

#include <string>

#include "math/simd_targets.hpp"
// Reads what the line before defines.
#include <hwy/targets.h>

#include "math/simd_target_name.hpp"

namespace attune {

/// Runs the body once with each instruction set that is compiled in and that this processor has.
template <typename Body>
void on_every_target(const Body& body) {
    const auto supported = hwy::SupportedTargets();
    for (const auto target : {HWY_AVX3, HWY_AVX2, HWY_SCALAR}) {
        if ((HWY_TARGETS & target) == 0) continue;
        if (target != HWY_SCALAR && (supported & target) == 0) continue;
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(target);
        const std::string name(simd_target_name());
        EXPECT_EQ(name, hwy::TargetName(target));
        SCOPED_TRACE(name);
        body();
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace attune
