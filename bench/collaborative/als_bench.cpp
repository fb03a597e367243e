#include "collaborative/als_bench.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <vector>

namespace attune {
namespace {

using Clock = std::chrono::steady_clock;

/// Notes how long each sweep took, by the rows that are done.
class SweepTimer final : public Progress {
 public:
    explicit SweepTimer(std::size_t rows_per_sweep) : rows_per_sweep_(rows_per_sweep) {}

    void begin(std::string_view, std::uint64_t) override { last_ = Clock::now(); }
    void advance(std::uint64_t done) override {
        if (done % rows_per_sweep_ != 0) return;
        seconds_.push_back(seconds_since(last_));
        last_ = Clock::now();
    }
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return false; }

    [[nodiscard]] const std::vector<double>& seconds() const { return seconds_; }

 private:
    std::size_t rows_per_sweep_;
    Clock::time_point last_;
    std::vector<double> seconds_;
};

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Operations of one sweep, 0 when the method has no formula.
double sweep_operations(const CsrMatrix& weights, const AlsBenchOptions& options) {
    const auto entries = static_cast<double>(weights.num_nonzero());
    const auto rows = static_cast<double>(weights.num_rows + weights.num_columns);
    const auto d = static_cast<double>(options.solver.num_factors);
    if (options.method == "cholesky") {
        return 2 * entries * d * (d + 1) + rows * (d * d * d / 3 + 3 * d * d) + 4 * entries * d;
    }
    return 0;
}

}  // namespace

void bench_als(const CsrMatrix& weights, const AlsBenchOptions& options, ThreadPool& pool,
               const Report& report) {
    NullProgress silent;
    std::vector<double> objectives;
    if (options.every_objective) {
        AlsSolverOptions fewer = options.solver;
        for (fewer.num_sweeps = 1; fewer.num_sweeps < options.solver.num_sweeps;
             ++fewer.num_sweeps) {
            const AlsFactors factors = must(solve_als(weights, fewer, pool, silent));
            objectives.push_back(als_objective(weights, factors, fewer.objective));
        }
    }
    SweepTimer timer(weights.num_rows + weights.num_columns);
    const AlsFactors factors = must(solve_als(weights, options.solver, pool, timer));
    objectives.push_back(als_objective(weights, factors, options.solver.objective));

    const double seconds = median(timer.seconds());
    nlohmann::json figures{{"method", options.method},
                           {"factors", options.solver.num_factors},
                           {"sweeps", options.solver.num_sweeps},
                           {"sweep_seconds", timer.seconds()},
                           {"median_sweep_seconds", seconds},
                           {"objectives", objectives}};
    const double gflops = sweep_operations(weights, options) / seconds * 1e-9;
    if (gflops > 0) figures["gflops"] = gflops;
    if (gflops > 0 && options.fma_gflops > 0) figures["fma_share"] = gflops / options.fma_gflops;
    report.print("als", figures);
    if (!options.factors_file.empty()) must(write_factors(options.factors_file, factors));
}

Status write_factors(const std::filesystem::path& file, const AlsFactors& factors) {
    std::ofstream stream(file, std::ios::binary);
    stream << "ATTUNEM1";
    const auto write = [&](const auto* values, Eigen::Index count) {
        stream.write(reinterpret_cast<const char*>(values),
                     count * static_cast<std::streamsize>(sizeof(*values)));
    };
    const std::int64_t sizes[] = {factors.customers.rows(), factors.products.rows(),
                                  factors.products.cols()};
    write(sizes, 3);
    write(factors.customers.data(), factors.customers.size());
    write(factors.products.data(), factors.products.size());
    stream.flush();
    if (!stream) return fail(ErrorCode::kUnavailable, "{}: cannot be written", file.string());
    return {};
}

}  // namespace attune
