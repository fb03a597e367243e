#include "collaborative/top_k_bench.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "collaborative/als_bench.hpp"
#include "core/random.hpp"
#include "math/top_k.hpp"

namespace attune {
namespace {

constexpr std::size_t kOneCustomerProducts[] = {20'108, 40'981};
constexpr std::size_t kNumSingleCustomers = 2'000;

/// Rows of random directions whose lengths differ as those of popular and rare products do.
FactorMatrix random_factors(std::size_t num_rows, std::size_t rank, std::uint64_t seed) {
    Random random(seed);
    FactorMatrix factors(static_cast<Eigen::Index>(num_rows), static_cast<Eigen::Index>(rank));
    for (Eigen::Index row = 0; row < factors.rows(); ++row) {
        const double length = std::exp(0.5 * random.normal());
        for (Eigen::Index column = 0; column < factors.cols(); ++column) {
            factors(row, column) = static_cast<float>(length * random.normal());
        }
    }
    return factors;
}

using Best = std::vector<Scored<float>>;

Best best_of(std::span<float> scores, std::span<const std::uint32_t> held, std::size_t k) {
    for (const std::uint32_t product : held) {
        scores[product] = -std::numeric_limits<float>::infinity();
    }
    return top_k_if(std::span<const float>(scores), k, [](std::uint32_t) { return true; });
}

/// Seconds for the lists of all customers.
double time_all(const CsrMatrix& held, const AlsFactors& factors, std::size_t k, ThreadPool& pool) {
    constexpr std::size_t kBatch = 64;
    std::vector<Best> lists(held.num_rows);
    std::vector<FactorMatrix> scratch(
        pool.num_threads(), FactorMatrix(kBatch, static_cast<Eigen::Index>(held.num_columns)));
    const auto start = std::chrono::steady_clock::now();
    pool.parallel_for(
        held.num_rows, kBatch, [&](std::size_t begin, std::size_t end, std::size_t thread) {
            const auto rows = static_cast<Eigen::Index>(end - begin);
            auto scores = scratch[thread].topRows(rows);
            scores.noalias() =
                factors.customers.middleRows(static_cast<Eigen::Index>(begin), rows) *
                factors.products.transpose();
            for (std::size_t row = begin; row < end; ++row) {
                float* first = scores.row(static_cast<Eigen::Index>(row - begin)).data();
                lists[row] = best_of({first, held.num_columns}, held.row_columns(row), k);
            }
        });
    return seconds_since(start);
}

/// Median seconds for the list of one customer, on one thread.
double time_one(const FactorMatrix& customers, const FactorMatrix& products, std::size_t k) {
    Eigen::VectorXf scores(products.rows());
    std::vector<double> seconds;
    for (Eigen::Index row = 0; row < customers.rows(); ++row) {
        const auto start = std::chrono::steady_clock::now();
        scores.noalias() = products * customers.row(row).transpose();
        const Best best = best_of({scores.data(), static_cast<std::size_t>(scores.size())}, {}, k);
        seconds.push_back(seconds_since(start));
        if (best.size() != k) must(Status(fail(ErrorCode::kInternal, "a short list")));
    }
    const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
}

void bench_one(std::size_t num_products, const TopKBenchOptions& options, ThreadPool& pool,
               const Report& report) {
    const FactorMatrix customers =
        random_factors(kNumSingleCustomers, options.num_factors, options.seed);
    const FactorMatrix products =
        random_factors(num_products, options.num_factors, options.seed + 1);
    const double seconds = time_one(customers, products, options.k);
    const auto bytes = static_cast<double>(products.size()) * sizeof(float);
    const double rate = bytes / seconds * 1e-9;
    nlohmann::json figures{{"factors", options.num_factors},
                           {"k", options.k},
                           {"products", num_products},
                           {"microseconds", seconds * 1e6},
                           {"gb_per_s", rate}};
    if (options.with_limits) {
        figures["read_share"] =
            rate / MachineLimits(pool).cache_gb_per_s(static_cast<std::size_t>(bytes), 1);
    }
    report.print("top_k_one", figures);
}

}  // namespace

void bench_top_k(const CsrMatrix& held, const TopKBenchOptions& options, ThreadPool& pool,
                 const Report& report) {
    const AlsFactors factors{
        random_factors(held.num_rows, options.num_factors, options.seed),
        random_factors(held.num_columns, options.num_factors, options.seed + 1)};
    if (!options.factors_file.empty()) must(write_factors(options.factors_file, factors));
    const double seconds = time_all(held, factors, options.k, pool);
    const double operations = 2.0 * static_cast<double>(options.num_factors) *
                              static_cast<double>(held.num_rows) *
                              static_cast<double>(held.num_columns);
    const double gflops = operations / seconds * 1e-9;
    nlohmann::json figures{{"factors", options.num_factors},
                           {"k", options.k},
                           {"products", held.num_columns},
                           {"customers_per_s", static_cast<double>(held.num_rows) / seconds},
                           {"seconds", seconds},
                           {"gflops", gflops}};
    if (options.with_limits) figures["fma_share"] = gflops / MachineLimits(pool).fma_gflops();
    report.print("top_k_all", figures);
    for (const std::size_t products : kOneCustomerProducts) {
        bench_one(products, options, pool, report);
    }
}

}  // namespace attune
