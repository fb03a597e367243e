#pragma once

// Included first by every source with Highway kernels: which instruction sets they are compiled
// for, one of which is chosen at run time. AVX-512, AVX2 and plain C++ on x86; what is left out
// costs compile time and no processor of the last ten years lacks AVX2.

#define HWY_BROKEN_EMU128 1  // the portable kernels work number by number
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)

#if defined(__clang__)
#define ATTUNE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ATTUNE_UNROLL _Pragma("GCC unroll 16")
#endif
