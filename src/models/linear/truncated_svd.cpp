#include "models/linear/truncated_svd.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <vector>

#include "core/assert.hpp"
#include "core/random.hpp"
#include "math/dense.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

using Eigen::Index;

/// The matrix times a block of vectors.
RowMajorMatrix multiply(const CsrMatrix& matrix, const RowMajorMatrix& block, ThreadPool& pool) {
    constexpr std::size_t kChunk = 64;
    RowMajorMatrix product =
        RowMajorMatrix::Zero(static_cast<Index>(matrix.num_rows), block.cols());
    pool.parallel_for(matrix.num_rows, kChunk,
                      [&](std::size_t begin, std::size_t end, std::size_t) {
                          for (std::size_t row = begin; row < end; ++row) {
                              const auto columns = matrix.row_columns(row);
                              const auto values = matrix.row_values(row);
                              auto sum = product.row(static_cast<Index>(row));
                              for (std::size_t k = 0; k < columns.size(); ++k) {
                                  sum += static_cast<double>(values[k]) * block.row(columns[k]);
                              }
                          }
                      });
    return product;
}

/// Multiplies in turn with a matrix and its transpose, and counts the turns.
class PowerIteration {
 public:
    PowerIteration(const CsrMatrix& matrix, const TruncatedSvdOptions& options, ThreadPool& pool,
                   Progress& progress)
        : matrix_(matrix),
          transposed_(transpose(matrix)),
          options_(options),
          pool_(pool),
          progress_(progress) {}

    Result<TruncatedSvd> run() {
        const ProgressStage stage(progress_, "svd", 2 * options_.power_iterations + 2);
        RowMajorMatrix columns = random_block();
        RowMajorMatrix rows;
        Eigen::MatrixXd triangle;
        for (std::size_t i = 0; i <= options_.power_iterations; ++i) {
            ATTUNE_TRY(step(matrix_, columns, rows, triangle));
            ATTUNE_TRY(step(transposed_, rows, columns, triangle));
        }
        return within(rows, columns, triangle);
    }

 private:
    [[nodiscard]] RowMajorMatrix random_block() const {
        const std::size_t smaller = std::min(matrix_.num_rows, matrix_.num_columns);
        const std::size_t size = std::min(smaller, options_.rank + options_.oversampling);
        Random random(options_.seed);
        RowMajorMatrix block(matrix_.num_columns, size);
        for (double& value : block.reshaped<Eigen::RowMajor>()) value = random.normal();
        return block;
    }

    /// An orthonormal basis of what the matrix makes of the block.
    Status step(const CsrMatrix& matrix, const RowMajorMatrix& block, RowMajorMatrix& basis,
                Eigen::MatrixXd& triangle) {
        if (progress_.cancelled()) return fail(ErrorCode::kCancelled, "the training was stopped");
        basis = multiply(matrix, block, pool_);
        triangle = tall_qr(basis, pool_);
        progress_.advance(++num_done_);
        return {};
    }

    /// The decomposition of Q Q'A, given the basis Q = `rows` and A'Q = `columns` R.
    [[nodiscard]] TruncatedSvd within(const RowMajorMatrix& rows, const RowMajorMatrix& columns,
                                      const Eigen::MatrixXd& triangle) const {
        const Eigen::BDCSVD<Eigen::MatrixXd> small(triangle.transpose(),
                                                   Eigen::ComputeThinU | Eigen::ComputeThinV);
        const auto rank = static_cast<Index>(options_.rank);
        TruncatedSvd svd{rows * small.matrixU().leftCols(rank), small.singularValues().head(rank),
                         columns * small.matrixV().leftCols(rank)};
        for (Index k = 0; k < rank; ++k) {
            Index largest = 0;
            svd.v.col(k).cwiseAbs().maxCoeff(&largest);
            if (svd.v(largest, k) >= 0) continue;
            svd.v.col(k) *= -1;
            svd.u.col(k) *= -1;
        }
        return svd;
    }

    const CsrMatrix& matrix_;
    CsrMatrix transposed_;
    const TruncatedSvdOptions& options_;
    ThreadPool& pool_;
    Progress& progress_;
    std::size_t num_done_ = 0;
};

}  // namespace

Eigen::MatrixXd tall_qr(RowMajorMatrix& matrix, ThreadPool& pool) {
    constexpr Index kLeastRows = 1024;
    const Index size = matrix.cols();
    ATTUNE_ASSERT(matrix.rows() >= size);
    const Index rows_each = std::max(kLeastRows, 2 * size);
    // The last block takes the rest too, so that every one has more rows than columns.
    const Index num_blocks = std::max<Index>(1, matrix.rows() / rows_each);
    const auto rows_of = [&](Index block) {
        const Index first = block * rows_each;
        return matrix.middleRows(first,
                                 block + 1 == num_blocks ? matrix.rows() - first : rows_each);
    };
    Eigen::MatrixXd triangles = Eigen::MatrixXd::Zero(num_blocks * size, size);
    const auto factor = [&](auto&& target, auto&& triangle) {
        const Eigen::HouseholderQR<Eigen::MatrixXd> qr(target);
        triangle = qr.matrixQR().topRows(size).template triangularView<Eigen::Upper>();
        target = qr.householderQ() * Eigen::MatrixXd::Identity(target.rows(), size);
    };
    const auto for_each = [&](const auto& work) {
        pool.parallel_for(static_cast<std::size_t>(num_blocks), 1,
                          [&](std::size_t begin, std::size_t end, std::size_t) {
                              for (std::size_t b = begin; b < end; ++b) work(static_cast<Index>(b));
                          });
    };
    for_each([&](Index b) { factor(rows_of(b), triangles.middleRows(b * size, size)); });
    if (num_blocks == 1) return triangles;
    Eigen::MatrixXd triangle = Eigen::MatrixXd::Zero(size, size);
    factor(triangles.leftCols(size), triangle.leftCols(size));
    for_each([&](Index b) {
        const RowMajorMatrix turned = rows_of(b) * triangles.middleRows(b * size, size);
        rows_of(b) = turned;
    });
    return triangle;
}

Result<TruncatedSvd> truncated_svd(const CsrMatrix& matrix, const TruncatedSvdOptions& options,
                                   ThreadPool& pool, Progress& progress) {
    const std::size_t smaller = std::min(matrix.num_rows, matrix.num_columns);
    if (options.rank == 0 || options.rank > smaller) {
        return fail(ErrorCode::kInvalidArgument,
                    "svd: rank is {}; a matrix of {} x {} has 1 to {} singular values",
                    options.rank, matrix.num_rows, matrix.num_columns, smaller);
    }
    if (!all_finite(matrix.values)) {
        return fail(ErrorCode::kInvalidArgument, "svd: a value of the matrix is not finite");
    }
    return PowerIteration(matrix, options, pool, progress).run();
}

}  // namespace attune
