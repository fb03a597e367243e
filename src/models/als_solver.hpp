#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"

namespace attune {

/// What a pair with weight w > 0 adds to the objective beside the a (x.y)^2 of every pair, a being
/// `unobserved_weight`. With a = 1 and w = alpha r, kConfidence is the objective of Hu et al.
enum class AlsLoss : std::uint8_t {
    kTwoWeights,  ///< w (1 - x.y)^2
    kConfidence,  ///< (a + w) (1 - x.y)^2 - a (x.y)^2
};

/// How strongly factors are drawn to zero: a row with n observed pairs out of N gets
/// `regularization` x (n + unobserved_weight N)^`regularization_exponent`.
struct AlsObjective {
    AlsLoss loss = AlsLoss::kTwoWeights;
    double unobserved_weight = 0.4;
    double regularization = 0.003;
    double regularization_exponent = 1;

    [[nodiscard]] double row_regularization(std::size_t num_observed, std::size_t num_pairs) const;
    /// What a pair of weight w adds to the right-hand side of its row's equations.
    [[nodiscard]] double target_weight(double weight) const {
        return loss == AlsLoss::kConfidence ? unobserved_weight + weight : weight;
    }
};

struct AlsSolverOptions {
    AlsObjective objective;
    std::size_t num_factors = 64;
    std::size_t num_sweeps = 8;
    double initial_deviation = 0.1;  ///< of a factor row's length; must not be 0
    std::uint64_t seed = 1;
};

/// One row per customer or product.
using FactorMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct AlsFactors {
    FactorMatrix customers;
    FactorMatrix products;
};

/// Fits implicit-feedback factors by alternating least squares, each row solved exactly.
///
/// @param weights  num_customers x num_products, values > 0
/// @return         factors that do not depend on the number of threads
/// @errors kInvalidArgument: options out of range; kCancelled
/// @threads one fit at a time per pool
/// @cost   O(nnz rank^2 + (customers + products) rank^3) a sweep
/// @source Hu, Koren, Volinsky, ICDM 2008; Rendle, Krichene, Zhang, Koren, RecSys 2022 for the
///         scaling of the regularization and the weight of unobserved pairs
Result<AlsFactors> solve_als(const CsrMatrix& weights, const AlsSolverOptions& options,
                             ThreadPool& pool, Progress& progress);

/// The quantity that no half sweep raises.
/// @cost O(nnz rank + (customers + products) rank^2)
double als_objective(const CsrMatrix& weights, const AlsFactors& factors,
                     const AlsObjective& objective);

/// factors^T factors, summed in an order that does not depend on the number of threads.
Eigen::MatrixXd gramian(const FactorMatrix& factors, ThreadPool& pool);

/// @errors kInvalidArgument: names the option, what it is and what it may be
Status validate(const AlsObjective& objective);
Status validate(const AlsSolverOptions& options);

}  // namespace attune
