#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/random.hpp"
#include "math/normal_equations.hpp"
#include "support/every_target.hpp"

namespace attune {
namespace {

/// A row with `num_pairs` pairs among rows of made factors.
struct Scene {
    FactorRows others;
    std::vector<float> prior;
    std::vector<std::uint32_t> columns;
    std::vector<float> weights;
    float offset = 0;
    FactorRows coupling;

    Scene(std::size_t num_pairs, std::size_t num_factors, float target_offset)
        : others(num_pairs + 20, num_factors), prior(others.stride()), offset(target_offset) {
        Random random(num_pairs * 1000 + num_factors);
        for (std::size_t row = 0; row < others.num_rows(); ++row) {
            for (float& value : others.row(row)) value = static_cast<float>(random.normal());
        }
        for (std::size_t k = 0; k < num_factors; ++k) {
            prior[k] = static_cast<float>(5 * random.uniform());
        }
        columns.resize(num_pairs);
        std::iota(columns.begin(), columns.end(), 7U);
        for (std::size_t i = 0; i < num_pairs; ++i) {
            weights.push_back(static_cast<float>(0.1 + random.uniform()));
        }
    }

    /// Lets the prior have something between blocks, little enough to stay positive definite.
    void couple(std::size_t block_size) {
        const std::size_t rank = others.num_factors();
        coupling = FactorRows(rank, rank);
        Random random(3);
        for (std::size_t i = 0; i < rank; ++i) {
            for (std::size_t k = 0; k < i; ++k) {
                if (i / block_size == k / block_size) continue;
                coupling.row(i)[k] = coupling.row(k)[i] =
                    0.01F * static_cast<float>(random.normal());
            }
        }
    }

    [[nodiscard]] RowEquations equations() const {
        return {others,
                prior,
                0.5F,
                columns,
                weights,
                offset,
                coupling.num_rows() > 0 ? &coupling : nullptr};
    }

    [[nodiscard]] Eigen::VectorXd other(std::size_t pair) const {
        const auto row = others.row(columns[pair]);
        return Eigen::Map<const Eigen::VectorXf>(row.data(), static_cast<Eigen::Index>(row.size()))
            .cast<double>();
    }

    [[nodiscard]] Eigen::MatrixXd matrix() const {
        const auto rank = static_cast<Eigen::Index>(others.num_factors());
        Eigen::MatrixXd sum = Eigen::MatrixXd::Identity(rank, rank) * 0.5;
        for (Eigen::Index k = 0; k < rank; ++k) sum(k, k) += prior[static_cast<std::size_t>(k)];
        for (std::size_t i = 0; i < coupling.num_rows(); ++i) {
            for (std::size_t k = 0; k < coupling.num_rows(); ++k) {
                sum(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) +=
                    static_cast<double>(coupling.row(i)[k]);
            }
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            sum += static_cast<double>(weights[i]) * other(i) * other(i).transpose();
        }
        return sum;
    }

    [[nodiscard]] Eigen::VectorXd right_side() const {
        Eigen::VectorXd sum =
            Eigen::VectorXd::Zero(static_cast<Eigen::Index>(others.num_factors()));
        for (std::size_t i = 0; i < columns.size(); ++i) {
            sum += static_cast<double>(weights[i] + offset) * other(i);
        }
        return sum;
    }

    [[nodiscard]] Eigen::VectorXd exact() const { return matrix().ldlt().solve(right_side()); }

    /// x'Ax - 2b'x
    [[nodiscard]] double objective(const Eigen::VectorXd& x) const {
        return x.dot(matrix() * x) - 2 * right_side().dot(x);
    }
};

Eigen::VectorXd as_vector(const AlignedVector<float>& solution, const Scene& scene) {
    return Eigen::Map<const Eigen::VectorXf>(solution.data(),
                                             static_cast<Eigen::Index>(scene.others.num_factors()))
        .cast<double>();
}

double distance(const AlignedVector<float>& solution, const Scene& scene) {
    const Eigen::VectorXd exact = scene.exact();
    return (as_vector(solution, scene) - exact).norm() / exact.norm();
}

void expect_filled_up_with_zeros(const AlignedVector<float>& solution, const Scene& scene) {
    for (std::size_t k = scene.others.num_factors(); k < solution.size(); ++k) {
        EXPECT_EQ(solution[k], 0) << k;
    }
}

TEST(RowSolver, SolvesExactlyWithFewerAndWithMorePairsThanFactors) {
    on_every_target([] {
        for (const std::size_t rank : {1UL, 8UL, 16UL, 20UL, 64UL, 130UL}) {
            RowSolver solver(rank);
            for (const std::size_t num_pairs : {1UL, 3UL, 16UL, 17UL, 40UL, 64UL, 65UL, 200UL}) {
                const Scene scene(num_pairs, rank, num_pairs % 2 == 0 ? 0.0F : 0.7F);
                AlignedVector<float> solution(scene.others.stride(), 3.0F);
                solver.solve(scene.equations(), solution.data());
                EXPECT_LT(distance(solution, scene), 2e-5) << num_pairs << " pairs, rank " << rank;
                expect_filled_up_with_zeros(solution, scene);
            }
        }
    });
}

TEST(RowSolver, ConjugateGradientsNeverRiseAndConverge) {
    on_every_target([] {
        for (const std::size_t num_pairs : {1UL, 5UL, 70UL, 300UL}) {
            const Scene scene(num_pairs, 24, 0.3F);
            RowSolver solver(24);
            AlignedVector<float> solution(scene.others.stride());
            solution[3] = 1;
            double before = scene.objective(as_vector(solution, scene));
            for (int round = 0; round < 12; ++round) {
                solver.conjugate_gradients(scene.equations(), 3, solution.data());
                const double after = scene.objective(as_vector(solution, scene));
                EXPECT_LE(after, before + 1e-5 * std::abs(before)) << num_pairs << " pairs";
                before = after;
            }
            EXPECT_LT(distance(solution, scene), 1e-3) << num_pairs << " pairs";
            expect_filled_up_with_zeros(solution, scene);
        }
    });
}

TEST(RowSolver, AsManyStepsAsFactorsAreExact) {
    on_every_target([] {
        const Scene scene(90, 10, 0);
        RowSolver solver(10);
        AlignedVector<float> solution(scene.others.stride());
        solver.conjugate_gradients(scene.equations(), 10, solution.data());
        EXPECT_LT(distance(solution, scene), 1e-4);
    });
}

TEST(RowSolver, OneBlockOfAllFactorsIsExact) {
    on_every_target([] {
        const Scene scene(90, 40, 0.2F);
        RowSolver solver(40);
        AlignedVector<float> solution(scene.others.stride());
        for (std::size_t k = 0; k < 40; ++k) solution[k] = 0.1F * static_cast<float>(k);
        solver.solve_blocks(scene.equations(), 40, solution.data());
        EXPECT_LT(distance(solution, scene), 5e-5);
    });
}

/// From zeros, round by round.
void expect_blocks_descend_to_the_solution(const Scene& scene) {
    RowSolver solver(scene.others.num_factors());
    AlignedVector<float> solution(scene.others.stride());
    double before = scene.objective(as_vector(solution, scene));
    for (int round = 0; round < 60; ++round) {
        solver.solve_blocks(scene.equations(), 16, solution.data());
        const double after = scene.objective(as_vector(solution, scene));
        EXPECT_LE(after, before + 1e-5 * std::abs(before));
        before = after;
    }
    EXPECT_LT(distance(solution, scene), 1e-3);
    expect_filled_up_with_zeros(solution, scene);
}

TEST(RowSolver, BlocksNeverRiseAndConverge) {
    on_every_target([] {
        for (const std::size_t num_pairs : {2UL, 70UL, 300UL}) {
            SCOPED_TRACE(num_pairs);
            expect_blocks_descend_to_the_solution(Scene(num_pairs, 40, 0));
        }
    });
}

TEST(RowSolver, BlocksThatThePriorCouplesConvergeToTheWholeSolution) {
    on_every_target([] {
        for (const std::size_t num_pairs : {3UL, 120UL}) {
            SCOPED_TRACE(num_pairs);
            Scene scene(num_pairs, 40, 0.1F);
            scene.couple(16);
            expect_blocks_descend_to_the_solution(scene);
        }
    });
}

}  // namespace
}  // namespace attune
