#include "collaborative/top_k_bench.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string_view>
#include <vector>

#include "collaborative/als_bench.hpp"
#include "collaborative/made_factors.hpp"
#include "math/packed_items.hpp"

namespace attune {
namespace {

constexpr std::size_t kEvenProducts[] = {20'108, 40'981};
constexpr std::size_t kNumSingleCustomers = 2'000;

using Lists = std::vector<std::vector<Scored<float>>>;

Status write_lists(const std::filesystem::path& file, const Lists& lists, std::size_t k) {
    std::ofstream stream(file, std::ios::binary);
    for (const auto& list : lists) {
        std::vector<std::int32_t> items(k, -1);
        for (std::size_t i = 0; i < list.size(); ++i) {
            items[i] = static_cast<std::int32_t>(list[i].index);
        }
        stream.write(reinterpret_cast<const char*>(items.data()),
                     static_cast<std::streamsize>(k * sizeof(std::int32_t)));
    }
    stream.flush();
    if (!stream) return fail(ErrorCode::kUnavailable, "{}: cannot be written", file.string());
    return {};
}

Lists bench_all(std::string_view kind, const CsrMatrix& held, const AlsFactors& factors,
                const TopKBenchOptions& options, ThreadPool& pool, const Report& report) {
    const Stopwatch packing;
    const PackedItems items(factors.products);
    const double pack_seconds = packing.seconds();
    Lists lists;
    Work work{2.0 * static_cast<double>(options.num_factors) * static_cast<double>(held.num_rows) *
                  static_cast<double>(held.num_columns),
              std::numeric_limits<double>::infinity(), 0};
    for (std::size_t repeat = 0; repeat < options.repeats; ++repeat) {
        const Stopwatch watch;
        lists = items.top_k_of_all(factors.customers, options.k, &held, {}, pool);
        if (const double seconds = watch.seconds(); seconds < work.seconds) {
            work.seconds = seconds;
            work.cpu_seconds = watch.cpu_seconds();
        }
    }
    const auto num_lists = static_cast<double>(lists.size());
    nlohmann::json figures{{"kind", kind},
                           {"factors", options.num_factors},
                           {"k", options.k},
                           {"products", held.num_columns},
                           {"repeats", options.repeats},
                           {"pack_seconds", pack_seconds},
                           {"seconds", work.seconds},
                           {"cpu_seconds", work.cpu_seconds},
                           {"customers_per_s", num_lists / work.seconds},
                           {"cpu_customers_per_s", num_lists / work.cpu_seconds *
                                                       static_cast<double>(pool.num_threads())}};
    add_arithmetic(figures, work, pool.num_threads(), options.limits);
    report.print("top_k_all", figures);
    return lists;
}

/// Median seconds for the list of one customer, on one thread.
double time_one(const FactorRows& customers, const PackedItems& items, std::size_t k) {
    std::vector<double> seconds;
    for (std::size_t row = 0; row < std::min(customers.num_rows(), kNumSingleCustomers); ++row) {
        const Stopwatch watch;
        const auto best = items.top_k(customers.row(row), k);
        seconds.push_back(watch.seconds());
        if (best.size() != k) must(Status(fail(ErrorCode::kInternal, "a short list")));
    }
    return median(seconds);
}

void bench_one(std::string_view kind, const AlsFactors& factors, const TopKBenchOptions& options,
               ThreadPool& pool, const Report& report) {
    const double seconds = time_one(factors.customers, PackedItems(factors.products), options.k);
    // The first pass reads a byte of each factor and a scale of each product; what comes after it
    // reads the floats of some dozens of products.
    const std::size_t bytes =
        factors.products.num_rows() * (factors.products.stride() + sizeof(float));
    const double rate = static_cast<double>(bytes) / seconds * 1e-9;
    nlohmann::json figures{{"kind", kind},
                           {"factors", options.num_factors},
                           {"k", options.k},
                           {"products", factors.products.num_rows()},
                           {"microseconds", seconds * 1e6},
                           {"gb_per_s", rate}};
    if (options.limits.fma_gflops > 0) {
        const double limit = MachineLimits(pool).cache_gb_per_s(bytes, 1);
        figures["read_gb_per_s"] = limit;
        figures["read_share"] = rate / limit;
        const std::size_t all_floats =
            factors.products.num_rows() * options.num_factors * sizeof(float);
        figures["all_floats_read_microseconds"] = 1e-3 * static_cast<double>(all_floats) /
                                                  MachineLimits(pool).cache_gb_per_s(all_floats, 1);
    }
    report.print("top_k_one", figures);
}

}  // namespace

void bench_top_k(const CsrMatrix& held, const TopKBenchOptions& options, ThreadPool& pool,
                 const Report& report) {
    const AlsFactors fitted = fitted_factors(held, options.num_factors, pool);
    if (!options.factors_file.empty()) must(write_factors(options.factors_file, fitted));
    const Lists lists = bench_all("fitted", held, fitted, options, pool, report);
    if (!options.lists_file.empty()) must(write_lists(options.lists_file, lists, options.k));
    bench_one("fitted", fitted, options, pool, report);
    const AlsFactors even{even_factors(held.num_rows, options.num_factors, options.seed),
                          even_factors(held.num_columns, options.num_factors, options.seed + 1)};
    bench_all("even", held, even, options, pool, report);
    for (const std::size_t products : kEvenProducts) {
        bench_one("even",
                  {even_factors(kNumSingleCustomers, options.num_factors, options.seed),
                   even_factors(products, options.num_factors, options.seed + 1)},
                  options, pool, report);
    }
}

}  // namespace attune
