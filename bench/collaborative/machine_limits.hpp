#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/thread_pool.hpp"

namespace attune {

/// Operations a second, in 1e9; zeros are unknown.
struct ArithmeticLimits {
    double fma_gflops = 0;
    double sgemm_gflops = 0;
};

/// What a measurement did and how long it took.
struct Work {
    double operations = 0;
    double seconds = 0;
    double cpu_seconds = 0;  ///< of all threads together
};

/// Adds to what is printed the rate and its shares of the limits; and the same with the processor
/// time shared out over the threads in place of the time that passed, which holds on a machine that
/// does other things too, but leaves out how long threads wait for each other.
void add_arithmetic(nlohmann::json& figures, const Work& work, std::size_t num_threads,
                    const ArithmeticLimits& limits);

/// What the machine can do at best, which the kernels' speed is compared with. Each rate is the
/// best of many tries of a few milliseconds by the clock: what else runs on the machine only takes
/// away, and some of so many tries are left alone.
class MachineLimits {
 public:
    explicit MachineLimits(ThreadPool& pool) : pool_(&pool) {}

    /// Fused multiply-adds of float32 in registers, two operations each, on all threads.
    [[nodiscard]] double fma_gflops() const;
    /// A matrix product of float32 by Eigen, compiled for this processor, one on each thread.
    [[nodiscard]] double sgemm_gflops() const;
    /// Reading 1 GiB piece by piece, each thread its part.
    [[nodiscard]] double memory_gb_per_s() const;
    /// Reading a buffer of `num_bytes` again and again, all of it by each of `num_threads`.
    /// @pre num_threads <= those of the pool
    [[nodiscard]] double cache_gb_per_s(std::size_t num_bytes, std::size_t num_threads) const;

    /// The instructions that the loops above were dispatched to, such as "AVX3".
    [[nodiscard]] static std::string simd_target();

 private:
    ThreadPool* pool_;
};

}  // namespace attune
