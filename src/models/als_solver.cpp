#include "models/als_solver.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/random.hpp"
#include "math/dense.hpp"
#include "math/factor_products.hpp"
#include "models/check_option.hpp"
#include "models/factor_start.hpp"
#include "models/feedback_checks.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "als";

constexpr std::array<std::pair<AlsMethod, std::string_view>, 3> kMethodNames{
    {{AlsMethod::kCholesky, "cholesky"},
     {AlsMethod::kConjugateGradients, "cg"},
     {AlsMethod::kSubspace, "subspace"}}};

FactorRows first_factors(std::size_t num_rows, const AlsSolverOptions& options,
                         std::uint64_t seed) {
    Random random(seed);
    return random_factors(num_rows, options.num_factors, options.initial_deviation, random);
}

/// Sums `term(row)` over all rows, in an order that does not depend on the number of threads.
template <typename Term>
double sum_over_rows(std::size_t num_rows, ThreadPool& pool, const Term& term) {
    constexpr std::size_t kRowsPerPart = 256;
    std::vector<double> parts((num_rows + kRowsPerPart - 1) / kRowsPerPart);
    pool.parallel_for(parts.size(), 1, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t part = begin; part < end; ++part) {
            const std::size_t last = std::min(num_rows, (part + 1) * kRowsPerPart);
            for (std::size_t row = part * kRowsPerPart; row < last; ++row) parts[part] += term(row);
        }
    });
    double sum = 0;
    for (const double part : parts) sum += part;
    return sum;
}

double regularized(const CsrMatrix& weights, const FactorRows& factors,
                   const AlsObjective& objective, ThreadPool& pool) {
    return sum_over_rows(weights.num_rows, pool, [&](std::size_t row) {
        const float* const factor = factors.row(row).data();
        return dot(factor, factor, factors.num_factors()) *
               objective.row_regularization(weights.row_columns(row).size(), weights.num_columns);
    });
}

/// `scale` times what a Gramian has between factors of different blocks, zeros within them.
FactorRows coupling_of_blocks(const Eigen::MatrixXd& gramian, std::size_t block_size,
                              double scale) {
    const auto rank = static_cast<std::size_t>(gramian.rows());
    FactorRows coupling(rank, rank);
    for (std::size_t i = 0; i < rank; ++i) {
        for (std::size_t k = 0; k < rank; ++k) {
            if (i / block_size == k / block_size) continue;
            const double value =
                gramian(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
            coupling.row(i)[k] = static_cast<float>(scale * value);
        }
    }
    return coupling;
}

}  // namespace

std::string_view als_method_name(AlsMethod method) {
    return kMethodNames.at(static_cast<std::size_t>(method)).second;
}

Result<AlsMethod> parse_als_method(std::string_view name) {
    for (const auto& [method, its_name] : kMethodNames) {
        if (its_name == name) return method;
    }
    return fail(ErrorCode::kInvalidArgument,
                "als: no method '{}'; there are cholesky, cg and subspace", name);
}

std::string_view als_loss_name(AlsLoss loss) {
    return loss == AlsLoss::kConfidence ? "confidence" : "two_weights";
}

Result<AlsLoss> parse_als_loss(std::string_view name) {
    for (const AlsLoss loss : {AlsLoss::kTwoWeights, AlsLoss::kConfidence}) {
        if (als_loss_name(loss) == name) return loss;
    }
    return fail(ErrorCode::kInvalidArgument,
                "als: no loss '{}'; there are two_weights and confidence", name);
}

double AlsObjective::row_regularization(std::size_t num_observed, std::size_t num_pairs) const {
    const double size =
        static_cast<double>(num_observed) + unobserved_weight * static_cast<double>(num_pairs);
    return regularization * std::pow(size, regularization_exponent);
}

AlsSolver::AlsSolver(const CsrMatrix& weights, const AlsSolverOptions& options, ThreadPool& pool)
    : weights_(&weights),
      by_product_(transpose(weights)),
      options_(options),
      pool_(&pool),
      solvers_(pool.num_threads(), RowSolver(options.num_factors)) {
    factors_.products = first_factors(weights.num_columns, options, options.seed);
    // Exact solutions do not look at where they start from.
    factors_.customers = options.method == AlsMethod::kCholesky
                             ? FactorRows(weights.num_rows, options.num_factors)
                             : first_factors(weights.num_rows, options, options.seed + 1);
}

Result<AlsSolver> AlsSolver::create(const CsrMatrix& weights, const AlsSolverOptions& options,
                                    ThreadPool& pool) {
    ATTUNE_TRY(validate(options));
    ATTUNE_TRY(check_feedback(weights, kName));
    ATTUNE_TRY(check_rank(options.num_factors, weights, kName));
    return AlsSolver(weights, options, pool);
}

Status AlsSolver::half_sweep(const CsrMatrix& weights, FactorRows& others, FactorRows& solved,
                             Progress& progress, std::size_t done_before) {
    const Eigen::MatrixXd squares = gramian(others, *pool_);
    // Turning factors within a block leaves the subspaces of iALS++ as they are.
    const bool by_blocks = options_.method == AlsMethod::kSubspace;
    const std::size_t block_size = FactorRows::filled_up(options_.block_size);
    const PrincipalAxes turned =
        by_blocks ? principal_axes_of_blocks(squares, block_size) : principal_axes(squares);
    multiply_rows(others, turned.axes, *pool_);
    if (options_.method != AlsMethod::kCholesky) multiply_rows(solved, turned.axes, *pool_);
    const AlsObjective& objective = options_.objective;
    std::vector<float> prior(others.stride());
    for (std::size_t k = 0; k < others.num_factors(); ++k) {
        prior[k] = static_cast<float>(objective.unobserved_weight *
                                      turned.curvatures[static_cast<Eigen::Index>(k)]);
    }
    FactorRows coupling;
    if (by_blocks && block_size < others.num_factors()) {
        coupling = coupling_of_blocks(turned.axes.transpose() * squares * turned.axes, block_size,
                                      objective.unobserved_weight);
    }
    const auto solve = [&](std::size_t row, RowSolver& solver) {
        float* const solution = solved.data() + row * solved.stride();
        const auto columns = weights.row_columns(row);
        if (columns.empty()) {
            std::fill_n(solution, solved.stride(), 0.0F);
            return;
        }
        const RowEquations equations{
            others,
            prior,
            static_cast<float>(objective.row_regularization(columns.size(), weights.num_columns)),
            columns,
            weights.row_values(row),
            static_cast<float>(objective.target_weight(0)),
            coupling.num_rows() > 0 ? &coupling : nullptr};
        switch (options_.method) {
            case AlsMethod::kCholesky:
                return solver.solve(equations, solution);
            case AlsMethod::kConjugateGradients:
                return solver.conjugate_gradients(equations, options_.num_cg_steps, solution);
            case AlsMethod::kSubspace:
                return solver.solve_blocks(equations, options_.block_size, solution);
        }
    };
    return for_blocks(*pool_, progress, weights.num_rows, done_before,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          for (std::size_t row = begin; row < end; ++row) {
                              solve(row, solvers_[thread]);
                          }
                      });
}

Status AlsSolver::sweep(Progress& progress, std::size_t done_before) {
    ATTUNE_TRY(half_sweep(*weights_, factors_.products, factors_.customers, progress, done_before));
    ATTUNE_TRY(half_sweep(by_product_, factors_.customers, factors_.products, progress,
                          done_before + weights_->num_rows));
    if (!all_finite(factors_.products)) {
        return fail(ErrorCode::kInvalidArgument,
                    "als: the factors overflowed; regularize more than {}",
                    options_.objective.regularization);
    }
    return {};
}

Result<AlsFactors> solve_als(const CsrMatrix& weights, const AlsSolverOptions& options,
                             ThreadPool& pool, Progress& progress) {
    ATTUNE_ASSIGN(AlsSolver solver, AlsSolver::create(weights, options, pool));
    const std::size_t rows_per_sweep = weights.num_rows + weights.num_columns;
    const ProgressStage stage(progress, "als", options.num_sweeps * rows_per_sweep);
    std::vector<double> objectives;
    for (std::size_t sweep = 0; sweep < options.num_sweeps; ++sweep) {
        ATTUNE_TRY(solver.sweep(progress, sweep * rows_per_sweep));
        if (!options.track_objective) continue;
        objectives.push_back(als_objective(weights, solver.factors(), options.objective, pool));
    }
    AlsFactors factors = solver.take();
    factors.objectives = std::move(objectives);
    return factors;
}

double als_objective(const CsrMatrix& weights, const AlsFactors& factors,
                     const AlsObjective& objective, ThreadPool& pool) {
    const std::size_t rank = factors.products.num_factors();
    const double observed = sum_over_rows(weights.num_rows, pool, [&](std::size_t row) {
        const auto columns = weights.row_columns(row);
        const auto values = weights.row_values(row);
        const float* const customer = factors.customers.row(row).data();
        double sum = 0;
        for (std::size_t at = 0; at < columns.size(); ++at) {
            const double weight = values[at];
            const double predicted = dot(customer, factors.products.row(columns[at]).data(), rank);
            const double missing = 1 - predicted;
            sum += objective.target_weight(weight) * missing * missing;
            if (objective.loss == AlsLoss::kConfidence) {
                sum -= objective.unobserved_weight * predicted * predicted;
            }
        }
        return sum;
    });
    const double all_pairs =
        (gramian(factors.customers, pool).array() * gramian(factors.products, pool).array()).sum();
    return observed + objective.unobserved_weight * all_pairs +
           regularized(weights, factors.customers, objective, pool) +
           regularized(transpose(weights), factors.products, objective, pool);
}

Status validate(const AlsObjective& objective) {
    ATTUNE_TRY(check_option(kName, "unobserved_weight", objective.unobserved_weight, 0, 1e6));
    ATTUNE_TRY(check_option(kName, "regularization", objective.regularization, 1e-9, 1e9));
    ATTUNE_TRY(
        check_option(kName, "regularization_exponent", objective.regularization_exponent, 0, 2));
    return {};
}

Status validate(const AlsSolverOptions& options) {
    ATTUNE_TRY(validate(options.objective));
    ATTUNE_TRY(check_option(kName, "num_factors", static_cast<double>(options.num_factors), 1,
                            kMostFactors));
    ATTUNE_TRY(
        check_option(kName, "num_sweeps", static_cast<double>(options.num_sweeps), 1, 10'000));
    ATTUNE_TRY(
        check_option(kName, "num_cg_steps", static_cast<double>(options.num_cg_steps), 1, 1000));
    ATTUNE_TRY(check_option(kName, "block_size", static_cast<double>(options.block_size), 1, 2048));
    ATTUNE_TRY(check_option(kName, "initial_deviation", options.initial_deviation, 1e-6, 1e3));
    return {};
}

}  // namespace attune
