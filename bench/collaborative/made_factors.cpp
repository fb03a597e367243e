#include "collaborative/made_factors.hpp"

#include <cmath>

#include "collaborative/report.hpp"
#include "core/random.hpp"

namespace attune {

AlsFactors fitted_factors(const CsrMatrix& weights, std::size_t num_factors, ThreadPool& pool) {
    NullProgress silent;
    AlsSolverOptions solver;
    solver.method = AlsMethod::kConjugateGradients;
    solver.num_factors = num_factors;
    solver.num_sweeps = 3;
    solver.objective.unobserved_weight = 0.1;
    return must(solve_als(weights, solver, pool, silent));
}

FactorRows even_factors(std::size_t num_rows, std::size_t num_factors, std::uint64_t seed) {
    Random random(seed);
    FactorRows factors(num_rows, num_factors);
    for (std::size_t row = 0; row < num_rows; ++row) {
        double squares = 0;
        for (float& value : factors.row(row)) {
            value = static_cast<float>(random.normal());
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        for (float& value : factors.row(row)) value /= static_cast<float>(std::sqrt(squares));
    }
    return factors;
}

}  // namespace attune
