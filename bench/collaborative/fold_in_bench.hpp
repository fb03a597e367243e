#pragma once

#include <cstddef>

#include "collaborative/report.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

/// Prints how long one thread takes to compute a customer's factors from their products alone, by
/// product factors fitted to the weights: median and 99th percentile over up to 2,000 customers
/// spread over all, once from all their products and once from the first 20 at most.
///
/// `residual` is the largest of what the equations are missed by, as a share of their right side.
/// @param weights  num_customers x num_products
void bench_fold_in(const CsrMatrix& weights, std::size_t num_factors, ThreadPool& pool,
                   const Report& report);

}  // namespace attune
