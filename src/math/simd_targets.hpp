#pragma once

// Included first by every source with Highway kernels: which instruction sets they are compiled
// for, one of which is chosen at run time. AVX-512, AVX2 and plain C++ on x86; what is left out
// costs compile time and no processor of the last ten years lacks AVX2.

#define HWY_BROKEN_EMU128 1  // the portable kernels work number by number
// All others of x86 by their bits: releases of Highway know more and more of them, such as SSE2, in
// whose place the portable kernels would be left out, and variants of AVX-512.
#define HWY_DISABLED_TARGETS \
    (((1LL << (HWY_HIGHEST_TARGET_BIT_X86 + 1)) - 1) & ~(HWY_AVX3 | HWY_AVX2))

#if defined(__clang__)
#define ATTUNE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ATTUNE_UNROLL _Pragma("GCC unroll 16")
#endif
