#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "core/thread_pool.hpp"
#include "math/csr.hpp"
#include "math/factor_rows.hpp"
#include "math/normal_equations.hpp"

namespace attune {

/// What a pair with weight w > 0 adds to the objective beside the a (x.y)^2 of every pair, a being
/// `unobserved_weight`. With a = 1 and w = alpha r, kConfidence is the objective of Hu et al.
enum class AlsLoss : std::uint8_t {
    kTwoWeights,  ///< w (1 - x.y)^2
    kConfidence,  ///< (a + w) (1 - x.y)^2 - a (x.y)^2
};

/// "two_weights", "confidence".
std::string_view als_loss_name(AlsLoss loss);
/// @errors kInvalidArgument: none of the names
Result<AlsLoss> parse_als_loss(std::string_view name);

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

/// How a row's equations are solved in each half sweep.
enum class AlsMethod : std::uint8_t {
    kCholesky,            ///< exactly
    kConjugateGradients,  ///< a few steps from the row's present factors
    kSubspace,            ///< iALS++: block by block of the row's factors
};

/// "cholesky", "cg", "subspace".
std::string_view als_method_name(AlsMethod method);
/// @errors kInvalidArgument: none of the names
Result<AlsMethod> parse_als_method(std::string_view name);

struct AlsSolverOptions {
    AlsObjective objective;
    AlsMethod method = AlsMethod::kCholesky;
    std::size_t num_factors = 64;
    std::size_t num_sweeps = 8;
    std::size_t num_cg_steps = 3;
    std::size_t block_size = 64;     ///< of kSubspace; rounded up to a multiple of 16
    double initial_deviation = 0.1;  ///< of a factor row's length; must not be 0
    std::uint64_t seed = 1;
    bool track_objective = false;  ///< solve_als computes it after each sweep
};

struct AlsFactors {
    FactorRows customers;
    FactorRows products;
    std::vector<double> objectives{};  ///< after each sweep of solve_als, where they are tracked

    friend bool operator==(const AlsFactors&, const AlsFactors&) = default;
};

/// Alternating least squares for implicit feedback, a sweep at a time.
///
/// Before each half sweep all factors are turned so that the fixed side's Gramian is diagonal,
/// which changes no inner product: the Gramian then costs nothing in conjugate gradients, and the
/// exact solver can take the smaller one of a row's two systems.
///
/// @lifetime borrows the weights and the pool
/// @threads  one fit at a time per pool; the factors do not depend on the number of threads
/// @cost     a sweep, with d factors: kCholesky O(nnz d^2 + (customers + products) d^3) at most,
///           kConjugateGradients O(nnz d steps), kSubspace O(nnz d block); and O((customers +
///           products) d^2 + d^3) each
/// @source   Hu, Koren, Volinsky, ICDM 2008; Rendle, Krichene, Zhang, Koren, RecSys 2022 for the
///           scaling of the regularization and the weight of unobserved pairs; for the methods see
///           RowSolver
class AlsSolver {
 public:
    /// @param weights  num_customers x num_products, values > 0
    /// @errors kInvalidArgument: options out of range; fewer than 2 customers or products; more
    ///         factors than either; a weight that is not finite and above 0
    static Result<AlsSolver> create(const CsrMatrix& weights, const AlsSolverOptions& options,
                                    ThreadPool& pool);

    /// Solves all customers, then all products. Tells `progress` what is done from `done_before`
    /// on.
    /// @errors kCancelled; kInvalidArgument: factors overflowed
    Status sweep(Progress& progress, std::size_t done_before = 0);

    [[nodiscard]] const AlsFactors& factors() const { return factors_; }
    [[nodiscard]] AlsFactors take() { return std::move(factors_); }

 private:
    AlsSolver(const CsrMatrix& weights, const AlsSolverOptions& options, ThreadPool& pool);

    Status half_sweep(const CsrMatrix& weights, FactorRows& others, FactorRows& solved,
                      Progress& progress, std::size_t done_before);

    const CsrMatrix* weights_;
    CsrMatrix by_product_;
    AlsSolverOptions options_;
    ThreadPool* pool_;
    std::vector<RowSolver> solvers_;
    AlsFactors factors_;
};

/// All sweeps.
/// @errors those of AlsSolver
/// @cost   num_sweeps times a sweep, and als_objective where it is tracked
Result<AlsFactors> solve_als(const CsrMatrix& weights, const AlsSolverOptions& options,
                             ThreadPool& pool, Progress& progress);

/// The quantity that no half sweep raises.
/// @cost O(nnz rank + (customers + products) rank^2)
double als_objective(const CsrMatrix& weights, const AlsFactors& factors,
                     const AlsObjective& objective, ThreadPool& pool);

/// @errors kInvalidArgument: names the option, what it is and what it may be
Status validate(const AlsObjective& objective);
Status validate(const AlsSolverOptions& options);

}  // namespace attune
