#pragma once

#include <filesystem>

#include "collaborative/machine_limits.hpp"
#include "collaborative/report.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "models/als_solver.hpp"

namespace attune {

struct AlsBenchOptions {
    AlsSolverOptions solver;
    std::filesystem::path initial_factors_file;  ///< where those before the first sweep go
    std::filesystem::path factors_file;          ///< where those after the last go; empty: nowhere
    ArithmeticLimits limits;                     ///< zeros are unknown
};

/// Prints seconds of each sweep, the objective after each, and operations a second with their share
/// of the limits.
///
/// A sweep by Cholesky counts as 2 nnz d (d + 1) + (U + I) (d^3 / 3 + 3 d^2) + 4 nnz d operations,
/// one with s steps of conjugate gradients as (s + 1) (8 nnz d + 2 (U + I) d^2), whatever a solver
/// spares; one over subspaces has no count.
void bench_als(const CsrMatrix& weights, const AlsBenchOptions& options, ThreadPool& pool,
               const Report& report);

/// Writes "ATTUNEM1", then customers, products and rank as int64, the customers' factors and the
/// products' as float32, by rows.
/// @errors kUnavailable: names the file
Status write_factors(const std::filesystem::path& file, const AlsFactors& factors);

}  // namespace attune
