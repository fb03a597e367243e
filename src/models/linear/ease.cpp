#include "models/linear/ease.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "math/top_k.hpp"
#include "models/check_option.hpp"
#include "models/linear/cholesky.hpp"
#include "models/linear/item_weights.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "ease";
// Columns that are solved together; the blocks are the same on any number of threads.
constexpr LoopSizes kColumns{.block = 512, .chunk = 64};

using Eigen::Index;
using Column = std::vector<Scored<double>>;  ///< sources and weights

Status check(const EaseOptions& options) {
    ATTUNE_TRY(check_option(kName, "regularization", options.regularization, 1e-9, 1e9));
    return check_option(kName, "max_products", static_cast<double>(options.max_products), 1, 1e5);
}

/// The problem in one precision.
template <typename T>
class Solver {
 public:
    Solver(const ItemRegression& regression, const EaseOptions& options, ThreadPool& pool,
           Progress& progress)
        : regression_(regression),
          options_(options),
          pool_(pool),
          progress_(progress),
          size_(static_cast<Index>(regression.size())) {}

    /// Row j: the weights with which j's score is summed.
    Result<CsrMatrix> weights_by_target() {
        const std::size_t size = regression_.size();
        ATTUNE_TRY(make_gram());
        if (const Status factored = cholesky_in_place(gram_, pool_, progress_); !factored) {
            if (factored.error().code == ErrorCode::kCancelled) {
                return tl::unexpected(factored.error());
            }
            return fail(ErrorCode::kInvalidArgument,
                        "ease: regularization {} is too small for this data; give more",
                        options_.regularization);
        }
        std::vector<Column> columns(size);
        ATTUNE_TRY(for_blocks(
            pool_, progress_, size, size,
            [&](std::size_t begin, std::size_t end, std::size_t) { solve(begin, end, columns); },
            kColumns));
        return to_matrix(std::move(columns));
    }

 private:
    /// The lower triangle of X'WX + lambda I.
    Status make_gram() {
        const std::size_t size = regression_.size();
        gram_.resize(size_, size_);
        std::vector<std::vector<double>> sums(pool_.num_threads(), std::vector<double>(size));
        return for_blocks(
            pool_, progress_, size, 0,
            [&](std::size_t begin, std::size_t end, std::size_t thread) {
                for (std::size_t j = begin; j < end; ++j) {
                    std::fill(sums[thread].begin(), sums[thread].end(), 0.0);
                    regression_.add_products(regression_.input_columns, j, sums[thread]);
                    sums[thread][j] += options_.regularization;
                    for (std::size_t i = j; i < size; ++i) {
                        gram_(static_cast<Index>(i), static_cast<Index>(j)) =
                            static_cast<T>(sums[thread][i]);
                    }
                }
            },
            kColumns);
    }

    /// Columns [begin, end) of the weights.
    void solve(std::size_t begin, std::size_t end, std::vector<Column>& columns) const {
        const auto first = static_cast<Index>(begin);
        const auto count = static_cast<Index>(end - begin);
        const auto lower = gram_.template triangularView<Eigen::Lower>();
        DenseMatrix<T> inverse = DenseMatrix<T>::Zero(size_, count);
        inverse.middleRows(first, count).setIdentity();
        // What stands above the identity stays zero.
        auto nonzero = inverse.bottomRows(size_ - first);
        gram_.bottomRightCorner(size_ - first, size_ - first)
            .template triangularView<Eigen::Lower>()
            .solveInPlace(nonzero);
        lower.transpose().solveInPlace(inverse);

        DenseMatrix<T> weights(size_, count);
        std::vector<double> sums(regression_.size());
        for (Index k = 0; k < count; ++k) {
            std::fill(sums.begin(), sums.end(), 0.0);
            regression_.add_products(regression_.target_columns,
                                     begin + static_cast<std::size_t>(k), sums);
            weights.col(k) = Eigen::Map<const Eigen::VectorXd>(sums.data(), size_).cast<T>();
        }
        lower.solveInPlace(weights);
        lower.transpose().solveInPlace(weights);
        for (Index k = 0; k < count; ++k) {
            const T own = weights(first + k, k) / inverse(first + k, k);
            weights.col(k) -= own * inverse.col(k);
            columns[begin + static_cast<std::size_t>(k)] = strongest(weights.col(k), first + k);
        }
    }

    template <typename Weights>
    [[nodiscard]] Column strongest(const Weights& weights, Index self) const {
        const std::size_t most =
            options_.max_weights == 0 ? regression_.size() : options_.max_weights;
        TopK<double> best(most);
        for (Index i = 0; i < size_; ++i) {
            const double size = std::abs(static_cast<double>(weights[i]));
            if (i != self && static_cast<float>(size) > 0) {
                best.offer(static_cast<std::uint32_t>(i), size);
            }
        }
        Column column = best.take();
        std::sort(column.begin(), column.end(),
                  [](const auto& a, const auto& b) { return a.index < b.index; });
        for (auto& [index, weight] : column) weight = static_cast<double>(weights[index]);
        return column;
    }

    [[nodiscard]] static CsrMatrix to_matrix(std::vector<Column> columns) {
        CsrMatrix matrix;
        matrix.num_rows = columns.size();
        matrix.num_columns = columns.size();
        for (Column& column : columns) {
            for (const auto& [index, weight] : column) {
                matrix.columns.push_back(index);
                matrix.values.push_back(static_cast<float>(weight));
            }
            matrix.offsets.push_back(matrix.columns.size());
            Column().swap(column);
        }
        return matrix;
    }

    const ItemRegression& regression_;
    const EaseOptions& options_;
    ThreadPool& pool_;
    Progress& progress_;
    Index size_;
    DenseMatrix<T> gram_;  ///< then its Cholesky factor
};

}  // namespace

Result<std::unique_ptr<Recommender>> fit_ease(const TrainingData& data, const EaseOptions& options,
                                              ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(check(options));
    ATTUNE_ASSIGN(const ItemRegression regression,
                  make_item_regression(kName, data, options.regression));
    if (regression.size() > options.max_products) {
        return fail(ErrorCode::kInvalidArgument,
                    "ease: {} products have events, and ease.max_products allows {}; the memory "
                    "grows with their square, so raise it with care or train another recommender",
                    regression.size(), options.max_products);
    }
    const ProgressStage stage(progress, kName, 2 * regression.size());
    const auto solve = [&]() -> Result<CsrMatrix> {
        if (options.precision == Precision::kDouble) {
            return Solver<double>(regression, options, pool, progress).weights_by_target();
        }
        return Solver<float>(regression, options, pool, progress).weights_by_target();
    };
    ATTUNE_ASSIGN(const CsrMatrix by_target, solve());
    ItemWeights parameters;
    parameters.history = options.regression.history;
    parameters.max_evidence = options.max_evidence;
    parameters.weights = weights_from_source(regression, by_target, data.num_products());
    return make_item_weights(kName, data, std::move(parameters));
}

Result<std::unique_ptr<Recommender>> load_ease(BinaryReader& reader,
                                               std::shared_ptr<const Catalogue> catalogue) {
    return load_item_weights(kName, reader, std::move(catalogue));
}

}  // namespace attune
