#include "collaborative/fold_in_bench.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include "collaborative/made_factors.hpp"
#include "math/factor_products.hpp"
#include "models/fold_in.hpp"

namespace attune {
namespace {

constexpr std::size_t kMostCustomers = 2'000;
constexpr std::size_t kShortHistory = 20;

FoldInParameters fitted_parameters(const CsrMatrix& weights, std::size_t num_factors,
                                   ThreadPool& pool) {
    FactorRows products = fitted_factors(weights, num_factors, pool).products;
    const PrincipalAxes turned = principal_axes(gramian(products, pool));
    multiply_rows(products, turned.axes, pool);
    FoldInParameters parameters;
    parameters.objective.unobserved_weight = 0.1;
    parameters.num_factors = num_factors;
    parameters.num_trained = weights.num_columns;
    parameters.curvatures.assign(turned.curvatures.begin(), turned.curvatures.end());
    for (std::size_t row = 0; row < products.num_rows(); ++row) {
        const auto own = products.row(row);
        parameters.products.insert(parameters.products.end(), own.begin(), own.end());
    }
    return parameters;
}

auto product_of(const FoldInParameters& parameters, const ProductStrength& entry) {
    return Eigen::Map<const Eigen::VectorXf>(parameters.product(entry.product),
                                             static_cast<Eigen::Index>(parameters.num_factors))
        .cast<double>();
}

/// |A x - b| / |b|, term by term as the equations are written.
double residual(const FoldInParameters& parameters, const FoldIn& fold_in,
                const std::vector<ProductStrength>& history) {
    const Eigen::Map<const Eigen::VectorXd> curvatures(
        parameters.curvatures.data(), static_cast<Eigen::Index>(parameters.num_factors));
    const Eigen::VectorXd& x = fold_in.factors();
    Eigen::VectorXd left = parameters.objective.unobserved_weight * curvatures.cwiseProduct(x) +
                           parameters.regularization(history.size()) * x;
    Eigen::VectorXd right = Eigen::VectorXd::Zero(x.size());
    for (const ProductStrength& entry : history) {
        const Eigen::VectorXd y = product_of(parameters, entry);
        left += fold_in.weight(entry.strength) * y.dot(x) * y;
        right += fold_in.target(entry.strength) * y;
    }
    return (left - right).norm() / right.norm();
}

void bench_histories(std::string_view kind, std::size_t most, const CsrMatrix& weights,
                     const FoldInParameters& parameters, const Report& report) {
    std::vector<double> microseconds;
    std::vector<double> sizes;
    double worst = 0;
    const std::size_t step = (weights.num_rows + kMostCustomers - 1) / kMostCustomers;
    for (std::size_t row = 0; row < weights.num_rows; row += step) {
        const auto columns = weights.row_columns(row);
        std::vector<ProductStrength> history;
        for (const std::uint32_t column : columns.first(std::min(most, columns.size()))) {
            history.push_back({ProductIndex(column), 1, {}});
        }
        const Stopwatch watch;
        const FoldIn fold_in(parameters, history);
        microseconds.push_back(1e6 * watch.seconds());
        sizes.push_back(static_cast<double>(history.size()));
        worst = std::max(worst, residual(parameters, fold_in, history));
    }
    report.print("fold_in", {{"kind", kind},
                             {"factors", parameters.num_factors},
                             {"customers", sizes.size()},
                             {"median_history", median(sizes)},
                             {"microseconds", median(microseconds)},
                             {"p99_microseconds", quantile(microseconds, 0.99)},
                             {"residual", worst}});
}

}  // namespace

void bench_fold_in(const CsrMatrix& weights, std::size_t num_factors, ThreadPool& pool,
                   const Report& report) {
    const FoldInParameters parameters = fitted_parameters(weights, num_factors, pool);
    bench_histories("whole", std::numeric_limits<std::size_t>::max(), weights, parameters, report);
    bench_histories("short", kShortHistory, weights, parameters, report);
}

}  // namespace attune
