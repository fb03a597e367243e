#include "math/simd_targets.hpp"
// The order of these matters: what follows is compiled once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/factor_products.cpp"
#include <hwy/foreach_target.h>
// Keeps the order.
#include "math/tiles-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::HWY_NAMESPACE {

void add_row_squares(const float* rows, std::size_t num_rows, std::size_t width, float* normal) {
    add_squares(rows, num_rows, width, normal);
}

/// Multiplies kTileRows rows at once; `scratch` holds as many.
void multiply_block(float* rows, std::size_t num_rows, std::size_t width, const float* matrix,
                    float* scratch) {
    for (std::size_t begin = 0; begin < num_rows; begin += kTileRows) {
        const std::size_t size = std::min(kTileRows, num_rows - begin);
        float* const block = rows + begin * width;
        float* const in = scratch;
        float* const out = scratch + kTileRows * width;
        std::copy_n(block, size * width, in);
        std::fill_n(in + size * width, (kTileRows - size) * width, 0.0F);
        std::fill_n(out, kTileRows * width, 0.0F);
        update_rows<TileSign::kPlus>(width, {in, 1, width}, {matrix, width}, out, width, width);
        std::copy_n(out, size * width, block);
    }
}

}  // namespace attune::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <Eigen/Eigenvalues>
#include <vector>

#include "math/factor_products.hpp"

namespace attune {

HWY_EXPORT(add_row_squares);
HWY_EXPORT(multiply_block);

namespace {

constexpr std::size_t kRowsPerBlock = 1024;
/// Each takes a matrix, so their number is bounded; in order, so that threads only share them out.
constexpr std::size_t kBlocksAtOnce = 16;
constexpr std::size_t kMostTileRows = 8;

/// Adds the upper triangle of the part, whose rows are `width` apart.
void add_upper(const AlignedVector<float>& part, std::size_t width, Eigen::MatrixXd& sum) {
    for (Eigen::Index row = 0; row < sum.rows(); ++row) {
        const float* const values = part.data() + static_cast<std::size_t>(row) * width;
        for (Eigen::Index column = row; column < sum.cols(); ++column) {
            sum(row, column) += static_cast<double>(values[column]);
        }
    }
}

}  // namespace

Eigen::MatrixXd gramian(const FactorRows& factors, ThreadPool& pool) {
    const std::size_t width = factors.stride();
    const std::size_t num_blocks = (factors.num_rows() + kRowsPerBlock - 1) / kRowsPerBlock;
    std::vector<AlignedVector<float>> parts(std::min(kBlocksAtOnce, num_blocks));
    for (auto& part : parts) part.resize(width * width);
    const auto rank = static_cast<Eigen::Index>(factors.num_factors());
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(rank, rank);
    for (std::size_t wave = 0; wave < num_blocks; wave += kBlocksAtOnce) {
        const std::size_t size = std::min(kBlocksAtOnce, num_blocks - wave);
        pool.parallel_for(size, 1, [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t at = begin; at < end; ++at) {
                const std::size_t first = (wave + at) * kRowsPerBlock;
                std::fill(parts[at].begin(), parts[at].end(), 0.0F);
                HWY_DYNAMIC_DISPATCH(add_row_squares)
                (factors.data() + first * width,
                 std::min(kRowsPerBlock, factors.num_rows() - first), width, parts[at].data());
            }
        });
        for (std::size_t at = 0; at < size; ++at) add_upper(parts[at], width, sum);
    }
    return sum.selfadjointView<Eigen::Upper>();
}

void multiply_rows(FactorRows& factors, const Eigen::MatrixXd& matrix, ThreadPool& pool) {
    const std::size_t width = factors.stride();
    AlignedVector<float> padded(width * width);
    for (std::size_t row = 0; row < factors.num_factors(); ++row) {
        for (std::size_t column = 0; column < factors.num_factors(); ++column) {
            padded[row * width + column] = static_cast<float>(
                matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)));
        }
    }
    std::vector<AlignedVector<float>> scratch(pool.num_threads());
    for (auto& memory : scratch) memory.resize(2 * kMostTileRows * width);
    pool.parallel_for(factors.num_rows(), kRowsPerBlock,
                      [&](std::size_t begin, std::size_t end, std::size_t thread) {
                          HWY_DYNAMIC_DISPATCH(multiply_block)
                          (factors.data() + begin * width, end - begin, width, padded.data(),
                           scratch[thread].data());
                      });
}

PrincipalAxes principal_axes(const Eigen::MatrixXd& gramian) {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gramian);
    return {solver.eigenvalues().cwiseMax(0.0), solver.eigenvectors()};
}

PrincipalAxes principal_axes_of_blocks(const Eigen::MatrixXd& gramian, std::size_t block_size) {
    const Eigen::Index rank = gramian.rows();
    PrincipalAxes all{Eigen::VectorXd(rank), Eigen::MatrixXd::Zero(rank, rank)};
    const auto width = static_cast<Eigen::Index>(block_size);
    for (Eigen::Index first = 0; first < rank; first += width) {
        const Eigen::Index size = std::min(width, rank - first);
        const PrincipalAxes of_block = principal_axes(gramian.block(first, first, size, size));
        all.curvatures.segment(first, size) = of_block.curvatures;
        all.axes.block(first, first, size, size) = of_block.axes;
    }
    return all;
}

}  // namespace attune
#endif  // HWY_ONCE
