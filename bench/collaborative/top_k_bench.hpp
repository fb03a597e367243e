#pragma once

#include <cstdint>
#include <filesystem>

#include "collaborative/machine_limits.hpp"
#include "collaborative/report.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

struct TopKBenchOptions {
    std::size_t num_factors = 64;
    std::size_t k = 20;
    std::uint64_t seed = 1;
    /// Lists of all customers are made as often, and the fastest time is printed: the limits beside
    /// it are the best of many tries too.
    std::size_t repeats = 1;
    std::filesystem::path factors_file;  ///< where the fitted factors go; empty writes none
    /// Where the lists by the fitted factors go, k int32 a customer, -1 beyond the last; or empty.
    std::filesystem::path lists_file;
    ArithmeticLimits limits;  ///< zeros are unknown, and reads are not measured either
};

/// Prints how many customers a second get their best `k` products of those they do not hold, on all
/// threads, and how long one customer takes on one thread.
///
/// Once with factors "fitted" to the data, as they are in use, and once with "even" ones, random
/// directions of one length, where no product can be passed over: only these tell how near the
/// kernels come to what the machine can do.
/// @param held  num_customers x num_products
void bench_top_k(const CsrMatrix& held, const TopKBenchOptions& options, ThreadPool& pool,
                 const Report& report);

}  // namespace attune
