#include "models/als_solver.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/random.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

/// The equations of one row, and the memory they are solved in.
class RowSolver {
 public:
    explicit RowSolver(Eigen::Index rank)
        : normal_(rank, rank), scaled_(rank, kBatch), target_(rank) {}

    /// Writes the minimizer over one row to `solution`, given the other side's factors.
    /// @param prior  unobserved_weight x the other side's Gramian
    void solve(const CsrMatrix& weights, std::size_t row, const FactorMatrix& others,
               const Eigen::MatrixXf& prior, const AlsObjective& objective,
               FactorMatrix::RowXpr solution) {
        const auto columns = weights.row_columns(row);
        if (columns.empty()) {
            solution.setZero();
            return;
        }
        const auto values = weights.row_values(row);
        normal_.triangularView<Eigen::Lower>() = prior;
        normal_.diagonal().array() +=
            static_cast<float>(objective.row_regularization(columns.size(), weights.num_columns));
        target_.setZero();
        for (std::size_t begin = 0; begin < columns.size(); begin += kBatch) {
            const std::size_t size = std::min<std::size_t>(kBatch, columns.size() - begin);
            add(columns.subspan(begin, size), values.subspan(begin, size), others, objective);
        }
        Eigen::LLT<Eigen::Ref<Eigen::MatrixXf>> cholesky(normal_);
        cholesky.solveInPlace(target_);
        solution = target_.transpose();
    }

 private:
    static constexpr Eigen::Index kBatch = 64;

    void add(std::span<const std::uint32_t> columns, std::span<const float> values,
             const FactorMatrix& others, const AlsObjective& objective) {
        for (std::size_t k = 0; k < columns.size(); ++k) {
            const auto other = others.row(columns[k]).transpose();
            scaled_.col(static_cast<Eigen::Index>(k)) = std::sqrt(values[k]) * other;
            target_ += static_cast<float>(objective.target_weight(values[k])) * other;
        }
        const auto used = scaled_.leftCols(static_cast<Eigen::Index>(columns.size()));
        normal_.selfadjointView<Eigen::Lower>().rankUpdate(used);
    }

    Eigen::MatrixXf normal_;  ///< the lower triangle
    Eigen::MatrixXf scaled_;  ///< one column per observed pair
    Eigen::VectorXf target_;
};

FactorMatrix random_factors(std::size_t num_rows, const AlsSolverOptions& options) {
    Random random(options.seed);
    const double deviation =
        options.initial_deviation / std::sqrt(static_cast<double>(options.num_factors));
    FactorMatrix factors(num_rows, options.num_factors);
    for (float& value : factors.reshaped<Eigen::RowMajor>()) {
        value = static_cast<float>(deviation * random.normal());
    }
    return factors;
}

/// Minimizes over all rows of `solved` with `others` fixed.
Status half_sweep(const CsrMatrix& weights, const FactorMatrix& others,
                  const AlsObjective& objective, std::vector<RowSolver>& solvers, ThreadPool& pool,
                  Progress& progress, std::size_t done_before, FactorMatrix& solved) {
    const Eigen::MatrixXf prior =
        (objective.unobserved_weight * gramian(others, pool)).cast<float>();
    return for_blocks(pool, progress, weights.num_rows, done_before,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          for (std::size_t row = begin; row < end; ++row) {
                              solvers[thread].solve(weights, row, others, prior, objective,
                                                    solved.row(static_cast<Eigen::Index>(row)));
                          }
                      });
}

double regularized(const CsrMatrix& weights, const FactorMatrix& factors,
                   const AlsObjective& objective) {
    double sum = 0;
    for (std::size_t row = 0; row < weights.num_rows; ++row) {
        const auto factor = factors.row(static_cast<Eigen::Index>(row)).cast<double>();
        sum += factor.squaredNorm() *
               objective.row_regularization(weights.row_columns(row).size(), weights.num_columns);
    }
    return sum;
}

Status check_range(std::string_view name, double value, double minimum, double maximum) {
    if (value >= minimum && value <= maximum) return {};
    return fail(ErrorCode::kInvalidArgument, "als: {} is {}; it may be {} to {}", name, value,
                minimum, maximum);
}

}  // namespace

double AlsObjective::row_regularization(std::size_t num_observed, std::size_t num_pairs) const {
    const double size =
        static_cast<double>(num_observed) + unobserved_weight * static_cast<double>(num_pairs);
    return regularization * std::pow(size, regularization_exponent);
}

Eigen::MatrixXd gramian(const FactorMatrix& factors, ThreadPool& pool) {
    constexpr std::size_t kRowsPerPart = 1024;
    const auto num_rows = static_cast<std::size_t>(factors.rows());
    const Eigen::Index rank = factors.cols();
    // Parts of a fixed size, added up in order: threads only share them out.
    std::vector<Eigen::MatrixXd> parts((num_rows + kRowsPerPart - 1) / kRowsPerPart);
    pool.parallel_for(parts.size(), 1, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t part = begin; part < end; ++part) {
            const std::size_t first = part * kRowsPerPart;
            const std::size_t size = std::min(kRowsPerPart, num_rows - first);
            const Eigen::MatrixXd rows =
                factors
                    .middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(size))
                    .transpose()
                    .cast<double>();
            parts[part] = Eigen::MatrixXd::Zero(rank, rank);
            parts[part].selfadjointView<Eigen::Lower>().rankUpdate(rows);
        }
    });
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(rank, rank);
    for (const Eigen::MatrixXd& part : parts) sum += part;
    return sum.selfadjointView<Eigen::Lower>();
}

Result<AlsFactors> solve_als(const CsrMatrix& weights, const AlsSolverOptions& options,
                             ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(validate(options));
    const CsrMatrix by_product = transpose(weights);
    const std::size_t rows_per_sweep = weights.num_rows + weights.num_columns;
    const auto rank = static_cast<Eigen::Index>(options.num_factors);
    std::vector<RowSolver> solvers(pool.num_threads(), RowSolver(rank));
    AlsFactors factors{FactorMatrix::Zero(static_cast<Eigen::Index>(weights.num_rows), rank),
                       random_factors(weights.num_columns, options)};
    progress.begin("als", options.num_sweeps * rows_per_sweep);
    for (std::size_t sweep = 0; sweep < options.num_sweeps; ++sweep) {
        const std::size_t done = sweep * rows_per_sweep;
        ATTUNE_TRY(half_sweep(weights, factors.products, options.objective, solvers, pool, progress,
                              done, factors.customers));
        ATTUNE_TRY(half_sweep(by_product, factors.customers, options.objective, solvers, pool,
                              progress, done + weights.num_rows, factors.products));
    }
    progress.end();
    if (!factors.products.allFinite()) {
        return fail(ErrorCode::kInvalidArgument,
                    "als: the factors overflowed; regularize more than {}",
                    options.objective.regularization);
    }
    return factors;
}

double als_objective(const CsrMatrix& weights, const AlsFactors& factors,
                     const AlsObjective& objective) {
    double sum = 0;
    for (std::size_t row = 0; row < weights.num_rows; ++row) {
        const auto columns = weights.row_columns(row);
        const auto values = weights.row_values(row);
        const Eigen::VectorXd customer =
            factors.customers.row(static_cast<Eigen::Index>(row)).cast<double>();
        for (std::size_t at = 0; at < columns.size(); ++at) {
            const double weight = values[at];
            const double predicted = factors.products.row(columns[at]).cast<double>().dot(customer);
            const double missing = 1 - predicted;
            sum += objective.target_weight(weight) * missing * missing;
            if (objective.loss == AlsLoss::kConfidence) {
                sum -= objective.unobserved_weight * predicted * predicted;
            }
        }
    }
    const Eigen::MatrixXd customers = factors.customers.cast<double>();
    const Eigen::MatrixXd products = factors.products.cast<double>();
    const double all_pairs =
        ((customers.transpose() * customers).array() * (products.transpose() * products).array())
            .sum();
    return sum + objective.unobserved_weight * all_pairs +
           regularized(weights, factors.customers, objective) +
           regularized(transpose(weights), factors.products, objective);
}

Status validate(const AlsObjective& objective) {
    ATTUNE_TRY(check_range("unobserved_weight", objective.unobserved_weight, 0, 1e6));
    ATTUNE_TRY(check_range("regularization", objective.regularization, 1e-9, 1e9));
    ATTUNE_TRY(check_range("regularization_exponent", objective.regularization_exponent, 0, 2));
    return {};
}

Status validate(const AlsSolverOptions& options) {
    ATTUNE_TRY(validate(options.objective));
    ATTUNE_TRY(check_range("num_factors", static_cast<double>(options.num_factors), 1, 2048));
    ATTUNE_TRY(check_range("num_sweeps", static_cast<double>(options.num_sweeps), 1, 10'000));
    ATTUNE_TRY(check_range("initial_deviation", options.initial_deviation, 1e-6, 1e3));
    return {};
}

}  // namespace attune
