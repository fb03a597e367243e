// As for the kernels that are compared with these.
#include "math/simd_targets.hpp"
// Reads what the line before defines.
#include "collaborative/machine_limits.hpp"

#include <algorithm>
#include <vector>

#include "collaborative/native_sgemm.hpp"
#include "collaborative/report.hpp"
#include "math/aligned.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "collaborative/machine_limits.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace attune {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;

/// Twelve chains hide the latency of an addition on two ports; an array of them would not stay in
/// registers with GCC 12. Returns the number of operations.
double multiply_add(std::size_t num_rounds, float* sink) {
    const Lanes d;
    const Vector factor = hn::Set(d, 0.999F);
    const Vector term = hn::Set(d, *sink);
    Vector a = hn::Iota(d, 0), b = hn::Iota(d, 1), c = hn::Iota(d, 2), e = hn::Iota(d, 3);
    Vector f = hn::Iota(d, 4), g = hn::Iota(d, 5), h = hn::Iota(d, 6), i = hn::Iota(d, 7);
    Vector j = hn::Iota(d, 8), k = hn::Iota(d, 9), l = hn::Iota(d, 10), m = hn::Iota(d, 11);
    for (std::size_t round = 0; round < num_rounds; ++round) {
        a = hn::MulAdd(a, factor, term);
        b = hn::MulAdd(b, factor, term);
        c = hn::MulAdd(c, factor, term);
        e = hn::MulAdd(e, factor, term);
        f = hn::MulAdd(f, factor, term);
        g = hn::MulAdd(g, factor, term);
        h = hn::MulAdd(h, factor, term);
        i = hn::MulAdd(i, factor, term);
        j = hn::MulAdd(j, factor, term);
        k = hn::MulAdd(k, factor, term);
        l = hn::MulAdd(l, factor, term);
        m = hn::MulAdd(m, factor, term);
    }
    const Vector sum = hn::Add(
        hn::Add(hn::Add(a, b), hn::Add(c, e)),
        hn::Add(hn::Add(hn::Add(f, g), hn::Add(h, i)), hn::Add(hn::Add(j, k), hn::Add(l, m))));
    *sink = hn::GetLane(hn::SumOfLanes(d, sum));
    return static_cast<double>(num_rounds) * 12 * 2 * static_cast<double>(hn::Lanes(d));
}

/// Sums `size` floats. @pre `from` begins a cache line, and size is a multiple of 8 vectors
float read(const float* HWY_RESTRICT from, std::size_t size) {
    const Lanes d;
    const std::size_t n = hn::Lanes(d);
    Vector a = hn::Zero(d), b = a, c = a, e = a, f = a, g = a, h = a, i = a;
    for (std::size_t at = 0; at < size; at += 8 * n) {
        a = hn::Add(a, hn::Load(d, from + at));
        b = hn::Add(b, hn::Load(d, from + at + n));
        c = hn::Add(c, hn::Load(d, from + at + 2 * n));
        e = hn::Add(e, hn::Load(d, from + at + 3 * n));
        f = hn::Add(f, hn::Load(d, from + at + 4 * n));
        g = hn::Add(g, hn::Load(d, from + at + 5 * n));
        h = hn::Add(h, hn::Load(d, from + at + 6 * n));
        i = hn::Add(i, hn::Load(d, from + at + 7 * n));
    }
    const Vector sum =
        hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, e)), hn::Add(hn::Add(f, g), hn::Add(h, i)));
    return hn::GetLane(hn::SumOfLanes(d, sum));
}

std::int64_t target() {
    return HWY_TARGET;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace attune
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune {
namespace {

HWY_EXPORT(multiply_add);
HWY_EXPORT(read);
HWY_EXPORT(target);

constexpr std::size_t kNumTries = 100;
constexpr std::size_t kFloatsPerRound = 8 * 64;  ///< a multiple of any target's 8 vectors

/// Runs `work(part)` for `num_threads` parts, one a thread, and returns the seconds it took by the
/// clock. Processor time will not do: tries are so short that what the system books of them may be
/// far too little, and the best of many tries would be such a one.
template <typename Work>
double timed(ThreadPool& pool, std::size_t num_threads, const Work& work) {
    const Stopwatch watch;
    pool.parallel_for(num_threads, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t part = begin; part < end; ++part) work(part);
    });
    return watch.seconds();
}

/// 1e9 things a second, `amount` being done in each try; the best of all tries.
template <typename Work>
double best_rate(ThreadPool& pool, std::size_t num_threads, double amount, const Work& work) {
    double best = 0;
    for (std::size_t round = 0; round < kNumTries; ++round) {
        best = std::max(best, amount / timed(pool, num_threads, work) * 1e-9);
    }
    return best;
}

}  // namespace

void add_arithmetic(nlohmann::json& figures, const Work& work, std::size_t num_threads,
                    const ArithmeticLimits& limits) {
    const auto add = [&](const std::string& prefix, double seconds) {
        const double gflops = work.operations / seconds * 1e-9;
        figures[prefix + "gflops"] = gflops;
        if (limits.fma_gflops > 0) figures[prefix + "fma_share"] = gflops / limits.fma_gflops;
        if (limits.sgemm_gflops > 0) figures[prefix + "sgemm_share"] = gflops / limits.sgemm_gflops;
    };
    add("", work.seconds);
    add("cpu_", work.cpu_seconds / static_cast<double>(num_threads));
}

double MachineLimits::fma_gflops() const {
    constexpr std::size_t kRounds = 2'000'000;
    const std::size_t threads = pool_->num_threads();
    float probe = 1;
    const double each = HWY_DYNAMIC_DISPATCH(multiply_add)(1, &probe) * kRounds;
    return best_rate(*pool_, threads, each * static_cast<double>(threads), [&](std::size_t) {
        volatile float seed = 1.0F;
        float sink = seed;
        HWY_DYNAMIC_DISPATCH(multiply_add)(kRounds, &sink);
        seed = sink;
    });
}

double MachineLimits::sgemm_gflops() const {
    constexpr std::size_t kSize = 768;
    const std::size_t threads = pool_->num_threads();
    const std::vector<float> left(kSize * kSize, 0.5F);
    const std::vector<float> right(kSize * kSize, 0.25F);
    std::vector<std::vector<float>> products(threads, std::vector<float>(kSize * kSize));
    const double each = 2.0 * kSize * kSize * kSize;
    return best_rate(*pool_, threads, each * static_cast<double>(threads), [&](std::size_t thread) {
        native_sgemm(left.data(), right.data(), kSize, products[thread].data());
    });
}

double MachineLimits::memory_gb_per_s() const {
    constexpr std::size_t kFloats = std::size_t{1} << 28;
    constexpr std::size_t kPieces = 16;
    const std::size_t threads = pool_->num_threads();
    const AlignedVector<float> buffer(kFloats, 1.0F);
    const std::size_t each = kFloats / kPieces / threads / kFloatsPerRound * kFloatsPerRound;
    const double bytes = static_cast<double>(each * threads * sizeof(float));
    double best = 0;
    // Each try reads another piece, so that no cache holds what it reads.
    for (std::size_t round = 0; round < kNumTries; ++round) {
        const float* piece = buffer.data() + round % kPieces * (kFloats / kPieces);
        const double seconds = timed(*pool_, threads, [&](std::size_t part) {
            volatile float sum = HWY_DYNAMIC_DISPATCH(read)(piece + part * each, each);
            static_cast<void>(sum);
        });
        best = std::max(best, bytes / seconds * 1e-9);
    }
    return best;
}

double MachineLimits::cache_gb_per_s(std::size_t num_bytes, std::size_t num_threads) const {
    constexpr double kBytesPerTry = 2e8;
    const std::size_t floats = num_bytes / sizeof(float) / kFloatsPerRound * kFloatsPerRound;
    const AlignedVector<float> buffer(floats, 1.0F);
    const auto pass = static_cast<double>(floats * sizeof(float));
    const auto passes = static_cast<std::size_t>(kBytesPerTry / pass) + 1;
    const double bytes = pass * static_cast<double>(passes * num_threads);
    return best_rate(*pool_, num_threads, bytes, [&](std::size_t) {
        for (std::size_t i = 0; i < passes; ++i) {
            volatile float sum = HWY_DYNAMIC_DISPATCH(read)(buffer.data(), floats);
            static_cast<void>(sum);
        }
    });
}

std::string MachineLimits::simd_target() {
    return hwy::TargetName(HWY_DYNAMIC_DISPATCH(target)());
}

}  // namespace attune
#endif  // HWY_ONCE
