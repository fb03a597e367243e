#pragma once

#include <cstddef>
#include <cstdint>

#include "collaborative/report.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "models/item_search.hpp"

namespace attune {

struct SearchBenchOptions {
    std::size_t num_factors = 64;
    std::size_t k = 20;
    std::uint64_t seed = 1;    ///< of the even factors
    ItemSearchOptions search;  ///< both ways are taken; these say which one a model would take
};

/// Prints how long one thread takes for the best `k` products of one customer by looking at all
/// and by the graph, how many products looking at all reads, and which share of the exact lists the
/// graph finds: medians and means over up to 1,000 customers spread over all. Once with factors
/// "fitted" to the weights, once with "even" ones, where looking at all cannot end early.
/// @param weights  num_customers x num_products
void bench_search(const CsrMatrix& weights, const SearchBenchOptions& options, ThreadPool& pool,
                  const Report& report);

}  // namespace attune
