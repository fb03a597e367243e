#include "models/linear/truncated_svd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <cmath>
#include <limits>

#include "core/random.hpp"

namespace attune {
namespace {

CsrMatrix random_matrix(std::size_t num_rows, std::size_t num_columns, double density) {
    Random random(5);
    std::vector<Triplet> triplets;
    for (std::uint32_t row = 0; row < num_rows; ++row) {
        for (std::uint32_t column = 0; column < num_columns; ++column) {
            if (random.uniform() < density) {
                triplets.push_back({row, column, static_cast<float>(random.normal())});
            }
        }
    }
    return csr_from_triplets(num_rows, num_columns, std::move(triplets));
}

Eigen::MatrixXd dense(const CsrMatrix& matrix) {
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(matrix.num_rows),
                                                   static_cast<Eigen::Index>(matrix.num_columns));
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            result(static_cast<Eigen::Index>(row), matrix.columns[at]) = matrix.values[at];
        }
    }
    return result;
}

Result<TruncatedSvd> decompose(const CsrMatrix& matrix, const TruncatedSvdOptions& options,
                               std::size_t num_threads = 2) {
    ThreadPool pool(num_threads);
    NullProgress progress;
    return truncated_svd(matrix, options, pool, progress);
}

template <typename Matrix>
void expect_orthonormal(const Matrix& matrix) {
    const Eigen::MatrixXd gram = matrix.transpose() * matrix;
    EXPECT_LT((gram - Eigen::MatrixXd::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff(),
              1e-12);
}

TEST(TruncatedSvd, FindsWhatJacobiFinds) {
    for (const auto& [rows, columns] : {std::pair{90UL, 40UL}, std::pair{40UL, 90UL}}) {
        const CsrMatrix matrix = random_matrix(rows, columns, 0.3);
        const Eigen::MatrixXd whole = dense(matrix);
        const Eigen::JacobiSVD<Eigen::MatrixXd> wanted(whole,
                                                       Eigen::ComputeThinU | Eigen::ComputeThinV);
        constexpr Eigen::Index kRank = 6;
        const auto svd = decompose(matrix, {kRank, 20, 12, 3});
        ASSERT_TRUE(svd);
        expect_orthonormal(svd->u);
        expect_orthonormal(svd->v);
        for (Eigen::Index k = 0; k < kRank; ++k) {
            EXPECT_NEAR(svd->s[k], wanted.singularValues()[k], 1e-6);
            EXPECT_NEAR(std::abs(svd->u.col(k).dot(wanted.matrixU().col(k))), 1, 1e-5);
            EXPECT_NEAR(std::abs(svd->v.col(k).dot(wanted.matrixV().col(k))), 1, 1e-5);
        }
        const Eigen::MatrixXd best = wanted.matrixU().leftCols(kRank) *
                                     wanted.singularValues().head(kRank).asDiagonal() *
                                     wanted.matrixV().leftCols(kRank).transpose();
        const Eigen::MatrixXd found = svd->u * svd->s.asDiagonal() * svd->v.transpose();
        EXPECT_LT((found - best).norm(), 1e-5 * best.norm());
    }
}

TEST(TruncatedSvd, OfFullRankGivesTheMatrixBack) {
    const CsrMatrix matrix = random_matrix(12, 9, 0.5);
    const auto svd = decompose(matrix, {9, 10, 1, 1});
    ASSERT_TRUE(svd);
    const Eigen::MatrixXd found = svd->u * svd->s.asDiagonal() * svd->v.transpose();
    EXPECT_LT((found - dense(matrix)).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(TruncatedSvd, OfLowRankHasZerosAndStaysOrthonormal) {
    // Two different rows, many times over: rank 2.
    std::vector<Triplet> triplets;
    for (std::uint32_t row = 0; row < 3000; ++row) {
        triplets.push_back({row, row % 2, 1});
        triplets.push_back({row, 7, 2});
    }
    const auto svd = decompose(csr_from_triplets(3000, 10, triplets), {5, 5, 4, 1});
    ASSERT_TRUE(svd);
    expect_orthonormal(svd->u);
    expect_orthonormal(svd->v);
    // X'X of the three columns: eigenvalues 1500 and 1500 (1 + 8).
    EXPECT_NEAR(svd->s[0], std::sqrt(1500.0 * 9), 1e-9);
    EXPECT_NEAR(svd->s[1], std::sqrt(1500.0), 1e-9);
    EXPECT_NEAR(svd->s[2], 0, 1e-9);
    const auto nothing = decompose(csr_from_triplets(20, 10, {}), {3, 2, 2, 1});
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->s, Eigen::VectorXd::Zero(3));
    EXPECT_TRUE(nothing->v.allFinite());
}

TEST(TruncatedSvd, NeitherThreadsNorRunsChangeABit) {
    const CsrMatrix matrix = random_matrix(5000, 60, 0.1);
    const auto alone = decompose(matrix, {8, 10, 3, 4}, 1);
    const auto together = decompose(matrix, {8, 10, 3, 4}, 4);
    ASSERT_TRUE(alone && together);
    EXPECT_EQ(alone->u, together->u);
    EXPECT_EQ(alone->s, together->s);
    EXPECT_EQ(alone->v, together->v);
    for (Eigen::Index k = 0; k < 8; ++k) EXPECT_GT(together->v.col(k).maxCoeff(), 0);
}

TEST(TruncatedSvd, RefusesWhatHasNone) {
    const auto message = [](const CsrMatrix& matrix, std::size_t rank) {
        const auto svd = decompose(matrix, {rank, 10, 2, 1});
        EXPECT_FALSE(svd);
        EXPECT_EQ(svd.error().code, ErrorCode::kInvalidArgument);
        return svd.error().message;
    };
    EXPECT_THAT(message(random_matrix(8, 5, 1), 6),
                testing::HasSubstr("rank is 6; a matrix of 8 x 5 has 1 to 5"));
    EXPECT_THAT(message(random_matrix(8, 5, 1), 0), testing::HasSubstr("rank is 0"));
    EXPECT_THAT(message(csr_from_triplets(0, 0, {}), 1), testing::HasSubstr("0 x 0"));
    CsrMatrix spoilt = random_matrix(8, 5, 1);
    spoilt.values[3] = std::nanf("");
    EXPECT_THAT(message(spoilt, 2), testing::HasSubstr("not finite"));
}

TEST(TallQr, GivesQAndR) {
    Random random(9);
    ThreadPool pool(3);
    for (const Eigen::Index rows : {7, 1024, 2047, 2048, 5000}) {
        RowMajorMatrix matrix(rows, 7);
        for (double& value : matrix.reshaped()) value = random.normal();
        const RowMajorMatrix before = matrix;
        const Eigen::MatrixXd triangle = tall_qr(matrix, pool);
        expect_orthonormal(matrix);
        EXPECT_LT((matrix * triangle - before).cwiseAbs().maxCoeff(), 1e-12 * std::sqrt(rows));
        EXPECT_TRUE(triangle.isUpperTriangular());
    }
}

}  // namespace
}  // namespace attune
