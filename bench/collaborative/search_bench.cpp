#include "collaborative/search_bench.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "collaborative/made_factors.hpp"

namespace attune {
namespace {

constexpr std::size_t kMostCustomers = 1'000;

FactorRows spread_rows(const FactorRows& customers) {
    const std::size_t step = (customers.num_rows() + kMostCustomers - 1) / kMostCustomers;
    FactorRows sample((customers.num_rows() + step - 1) / step, customers.num_factors());
    for (std::size_t row = 0; row < sample.num_rows(); ++row) {
        const auto from = customers.row(row * step);
        std::copy(from.begin(), from.end(), sample.row(row).begin());
    }
    return sample;
}

double median_microseconds(const ItemSearch& search, const FactorRows& customers, std::size_t k) {
    std::vector<double> microseconds;
    for (std::size_t row = 0; row < customers.num_rows(); ++row) {
        const Stopwatch watch;
        const auto best = search.top_k(customers.row(row), k);
        microseconds.push_back(1e6 * watch.seconds());
        if (best.size() != k) must(Status(fail(ErrorCode::kInternal, "a short list")));
    }
    return median(microseconds);
}

double mean_read(const FactorRows& items, const FactorRows& customers, std::size_t k) {
    const PackedItems packed(items);
    double sum = 0;
    for (std::size_t row = 0; row < customers.num_rows(); ++row) {
        sum += static_cast<double>(packed.num_read(customers.row(row), k));
    }
    return sum / static_cast<double>(customers.num_rows());
}

void bench_factors(std::string_view kind, const AlsFactors& factors,
                   const SearchBenchOptions& options, ThreadPool& pool, const Report& report) {
    const FactorRows customers = spread_rows(factors.customers);
    const std::size_t num_products = factors.products.num_rows();
    NullProgress silent;
    ItemSearchOptions search = options.search;
    const bool chosen = !must(ItemSearch::create(factors.products, search, silent)).is_exact();
    search.exact_up_to = num_products;
    const double exact = median_microseconds(
        must(ItemSearch::create(factors.products, search, silent)), customers, options.k);
    search.exact_up_to = 1;
    const Stopwatch building;
    const ItemSearch graph = must(ItemSearch::create(factors.products, search, silent));
    const double build_seconds = building.seconds();
    const double approximate = median_microseconds(graph, customers, options.k);
    report.print("search",
                 {{"kind", kind},
                  {"factors", options.num_factors},
                  {"k", options.k},
                  {"products", num_products},
                  {"links", search.links},
                  {"build_effort", search.build_effort},
                  {"effort", search.effort},
                  {"graph_chosen", chosen},
                  {"exact_reads", mean_read(factors.products, customers, options.k)},
                  {"exact_microseconds", exact},
                  {"graph_build_seconds", build_seconds},
                  {"graph_microseconds", approximate},
                  {"graph_times_as_fast", exact / approximate},
                  {"graph_recall", graph.recall(customers, options.k, pool).value_or(0)}});
}

}  // namespace

void bench_search(const CsrMatrix& weights, const SearchBenchOptions& options, ThreadPool& pool,
                  const Report& report) {
    bench_factors("fitted", fitted_factors(weights, options.num_factors, pool), options, pool,
                  report);
    bench_factors("even",
                  {even_factors(weights.num_rows, options.num_factors, options.seed),
                   even_factors(weights.num_columns, options.num_factors, options.seed + 1)},
                  options, pool, report);
}

}  // namespace attune
