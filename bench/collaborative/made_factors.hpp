#pragma once

#include <cstddef>
#include <cstdint>

#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "models/als_solver.hpp"

namespace attune {

/// Factors fitted by three sweeps of conjugate gradients, for benchmarks of what is done with them.
AlsFactors fitted_factors(const CsrMatrix& weights, std::size_t num_factors, ThreadPool& pool);

/// Rows of random directions and length 1: no search can pass any over.
FactorRows even_factors(std::size_t num_rows, std::size_t num_factors, std::uint64_t seed);

}  // namespace attune
