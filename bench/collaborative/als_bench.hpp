#pragma once

#include <filesystem>
#include <string>

#include "collaborative/report.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "models/als_solver.hpp"

namespace attune {

struct AlsBenchOptions {
    std::string method;
    AlsSolverOptions solver;
    /// Fits again with 1, 2, ... sweeps to know the objective after each, not only after the last.
    bool every_objective = false;
    std::filesystem::path factors_file;  ///< where the factors go; empty writes none
    double fma_gflops = 0;               ///< what the machine can do; 0 is unknown
};

/// Prints seconds a sweep, the objective, and operations a second with their share of the limit.
///
/// A sweep by Cholesky costs 2 nnz d (d + 1) + (U + I) (d^3 / 3 + 3 d^2) + 4 nnz d operations, one
/// with s steps of conjugate gradients (s + 1) (8 nnz d + 2 (U + I) d^2); other methods get none.
void bench_als(const CsrMatrix& weights, const AlsBenchOptions& options, ThreadPool& pool,
               const Report& report);

/// Writes "ATTUNEM1", then customers, products and rank as int64, the customers' factors and the
/// products' as float32, by rows.
/// @errors kUnavailable: names the file
Status write_factors(const std::filesystem::path& file, const AlsFactors& factors);

}  // namespace attune
