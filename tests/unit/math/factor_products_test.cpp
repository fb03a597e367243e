#include "math/factor_products.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/random.hpp"
#include "support/every_target.hpp"
#include "support/factor_matrix.hpp"

namespace attune {
namespace {

FactorRows made_factors(std::size_t num_rows, std::size_t num_factors) {
    Random random(4);
    FactorRows factors(num_rows, num_factors);
    for (std::size_t row = 0; row < num_rows; ++row) {
        for (float& value : factors.row(row)) value = static_cast<float>(random.normal());
    }
    return factors;
}

TEST(Gramian, IsTheProductOfTheMatrixWithItself) {
    on_every_target([] {
        for (const std::size_t rank : {1UL, 5UL, 16UL, 33UL}) {
            const FactorRows factors = made_factors(2500, rank);
            ThreadPool pool(3);
            const Eigen::MatrixXd exact = as_matrix(factors).transpose() * as_matrix(factors);
            EXPECT_LT((gramian(factors, pool) - exact).cwiseAbs().maxCoeff(), 2e-3);
        }
    });
}

TEST(Gramian, OfNoRowsIsZero) {
    ThreadPool pool(2);
    EXPECT_TRUE(gramian(FactorRows(0, 3), pool).isZero(0));
}

TEST(Gramian, OfManyBlocksDoesNotDependOnTheThreads) {
    const FactorRows factors = made_factors(20'000, 5);  // 20 blocks, 16 at once
    const Eigen::MatrixXd exact = as_matrix(factors).transpose() * as_matrix(factors);
    ThreadPool alone(1);
    ThreadPool many(3);
    const Eigen::MatrixXd found = gramian(factors, alone);
    EXPECT_LT((found - exact).cwiseAbs().maxCoeff(), 1e-2);
    EXPECT_EQ(found, gramian(factors, many));
}

std::size_t peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

TEST(Gramian, TakesNoMoreMemoryForMoreRows) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer's own memory grows with what is touched";
#endif
    // 49 blocks, whose matrices together have 27 MiB; 16 of them have 9.
    const FactorRows factors(50'000, 384);
    ThreadPool pool(2);
    const std::size_t before = peak_mib();
    EXPECT_TRUE(gramian(factors, pool).isZero(0));
    EXPECT_LT(peak_mib() - before, 18U);
}

TEST(MultiplyRows, IsTheMatrixProduct) {
    on_every_target([] {
        for (const std::size_t num_rows : {1UL, 7UL, 8UL, 1500UL}) {
            FactorRows factors = made_factors(num_rows, 21);
            const Eigen::MatrixXd matrix = as_matrix(made_factors(21, 21));
            const Eigen::MatrixXd exact = as_matrix(factors) * matrix;
            ThreadPool pool(2);
            multiply_rows(factors, matrix, pool);
            EXPECT_LT((as_matrix(factors) - exact).cwiseAbs().maxCoeff(), 1e-4);
            for (std::size_t row = 0; row < num_rows; ++row) {
                for (std::size_t k = 21; k < factors.stride(); ++k) {
                    EXPECT_EQ(factors.row(row).data()[k], 0);
                }
            }
        }
    });
}

TEST(PrincipalAxes, MakeTheGramianDiagonal) {
    FactorRows factors = made_factors(200, 12);
    ThreadPool pool(2);
    const PrincipalAxes turned = principal_axes(gramian(factors, pool));
    multiply_rows(factors, turned.axes, pool);
    const Eigen::MatrixXd diagonal = gramian(factors, pool);
    EXPECT_LT((diagonal - Eigen::MatrixXd(turned.curvatures.asDiagonal())).cwiseAbs().maxCoeff(),
              1e-2);
    EXPECT_GE(turned.curvatures.minCoeff(), 0);
}

}  // namespace
}  // namespace attune
