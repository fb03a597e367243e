#include "models/linear/cholesky.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <utility>
#include <vector>

namespace attune {
namespace {

using Eigen::Index;

constexpr Index kTile = 192;

struct Span {
    Index begin = 0;
    Index size = 0;
};

/// [begin, end) in tiles.
std::vector<Span> tiles(Index begin, Index end) {
    std::vector<Span> spans;
    for (Index at = begin; at < end; at += kTile) spans.push_back({at, std::min(kTile, end - at)});
    return spans;
}

/// Solves the blocks below a factored one for their part of L.
template <typename T>
void solve_below(DenseMatrix<T>& matrix, Span column, const std::vector<Span>& below,
                 ThreadPool& pool) {
    const auto factored = matrix.block(column.begin, column.begin, column.size, column.size);
    pool.parallel_for(below.size(), 1, [&](std::size_t first, std::size_t last, std::size_t) {
        for (std::size_t tile = first; tile < last; ++tile) {
            auto block =
                matrix.block(below[tile].begin, column.begin, below[tile].size, column.size);
            factored.template triangularView<Eigen::Lower>()
                .transpose()
                .template solveInPlace<Eigen::OnTheRight>(block);
        }
    });
}

/// Takes the product of the solved blocks from what is right of them.
template <typename T>
void update_rest(DenseMatrix<T>& matrix, Span column, const std::vector<Span>& below,
                 ThreadPool& pool) {
    std::vector<std::pair<Span, Span>> blocks;
    for (std::size_t c = 0; c < below.size(); ++c) {
        for (std::size_t r = c; r < below.size(); ++r) blocks.emplace_back(below[r], below[c]);
    }
    pool.parallel_for(blocks.size(), 1, [&](std::size_t first, std::size_t last, std::size_t) {
        for (std::size_t at = first; at < last; ++at) {
            const auto& [rows, columns] = blocks[at];
            matrix.block(rows.begin, columns.begin, rows.size, columns.size).noalias() -=
                matrix.block(rows.begin, column.begin, rows.size, column.size) *
                matrix.block(columns.begin, column.begin, columns.size, column.size).transpose();
        }
    });
}

}  // namespace

template <typename T>
Status cholesky_in_place(DenseMatrix<T>& matrix, ThreadPool& pool, Progress& progress) {
    const std::vector<Span> all = tiles(0, matrix.rows());
    for (std::size_t t = 0; t < all.size(); ++t) {
        if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the training was stopped");
        const Span column = all[t];
        Eigen::Ref<DenseMatrix<T>> diagonal =
            matrix.block(column.begin, column.begin, column.size, column.size);
        const Eigen::LLT<Eigen::Ref<DenseMatrix<T>>> factored(diagonal);
        // A NaN passes Eigen's test of the pivots.
        if (factored.info() != Eigen::Success || !diagonal.diagonal().allFinite()) {
            return fail(ErrorCode::kInvalidArgument, "the matrix is not positive definite");
        }
        const std::vector<Span> below(all.begin() + static_cast<std::ptrdiff_t>(t) + 1, all.end());
        solve_below(matrix, column, below, pool);
        update_rest(matrix, column, below, pool);
    }
    return {};
}

template Status cholesky_in_place(DenseMatrix<float>&, ThreadPool&, Progress&);
template Status cholesky_in_place(DenseMatrix<double>&, ThreadPool&, Progress&);

}  // namespace attune
