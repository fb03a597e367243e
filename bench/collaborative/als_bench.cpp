#include "collaborative/als_bench.hpp"

#include <fstream>
#include <vector>

namespace attune {
namespace {

/// Operations of one sweep, 0 when the method has no count.
double sweep_operations(const CsrMatrix& weights, const AlsSolverOptions& options) {
    const auto entries = static_cast<double>(weights.num_nonzero());
    const auto rows = static_cast<double>(weights.num_rows + weights.num_columns);
    const auto d = static_cast<double>(options.num_factors);
    const auto rounds = static_cast<double>(options.num_cg_steps + 1);
    switch (options.method) {
        case AlsMethod::kCholesky:
            return 2 * entries * d * (d + 1) + rows * (d * d * d / 3 + 3 * d * d) + 4 * entries * d;
        case AlsMethod::kConjugateGradients:
            return rounds * (8 * entries * d + 2 * rows * d * d);
        case AlsMethod::kSubspace:
            break;
    }
    return 0;
}

void write_rows(std::ofstream& stream, const FactorRows& factors) {
    for (std::size_t row = 0; row < factors.num_rows(); ++row) {
        const auto values = std::as_bytes(factors.row(row));
        stream.write(reinterpret_cast<const char*>(values.data()),
                     static_cast<std::streamsize>(values.size()));
    }
}

}  // namespace

void bench_als(const CsrMatrix& weights, const AlsBenchOptions& options, ThreadPool& pool,
               const Report& report) {
    NullProgress silent;
    const Stopwatch setup;
    AlsSolver solver = must(AlsSolver::create(weights, options.solver, pool));
    const double setup_seconds = setup.seconds();
    if (!options.initial_factors_file.empty()) {
        must(write_factors(options.initial_factors_file, solver.factors()));
    }
    std::vector<double> sweep_seconds;
    std::vector<double> cpu_seconds;
    std::vector<double> objectives;
    for (std::size_t sweep = 0; sweep < options.solver.num_sweeps; ++sweep) {
        const Stopwatch watch;
        must(solver.sweep(silent));
        sweep_seconds.push_back(watch.seconds());
        cpu_seconds.push_back(watch.cpu_seconds());
        objectives.push_back(
            als_objective(weights, solver.factors(), options.solver.objective, pool));
    }
    nlohmann::json figures{{"method", als_method_name(options.solver.method)},
                           {"factors", options.solver.num_factors},
                           {"sweeps", options.solver.num_sweeps},
                           {"setup_seconds", setup_seconds},
                           {"sweep_seconds", sweep_seconds},
                           {"sweep_cpu_seconds", cpu_seconds},
                           {"median_sweep_seconds", median(sweep_seconds)},
                           {"objectives", objectives}};
    const Work work{sweep_operations(weights, options.solver), median(sweep_seconds),
                    median(cpu_seconds)};
    if (work.operations > 0) add_arithmetic(figures, work, pool.num_threads(), options.limits);
    report.print("als", figures);
    if (!options.factors_file.empty()) must(write_factors(options.factors_file, solver.factors()));
}

Status write_factors(const std::filesystem::path& file, const AlsFactors& factors) {
    std::ofstream stream(file, std::ios::binary);
    const std::int64_t sizes[] = {static_cast<std::int64_t>(factors.customers.num_rows()),
                                  static_cast<std::int64_t>(factors.products.num_rows()),
                                  static_cast<std::int64_t>(factors.products.num_factors())};
    stream << "ATTUNEM1";
    stream.write(reinterpret_cast<const char*>(sizes), sizeof(sizes));
    write_rows(stream, factors.customers);
    write_rows(stream, factors.products);
    stream.flush();
    if (!stream) return fail(ErrorCode::kUnavailable, "{}: cannot be written", file.string());
    return {};
}

}  // namespace attune
