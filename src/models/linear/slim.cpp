#include "models/linear/slim.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "math/top_k.hpp"
#include "models/check_option.hpp"
#include "models/linear/item_weights.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

constexpr std::string_view kName = "slim";
// Products differ a hundredfold in their work.
constexpr LoopSizes kProducts{.block = 256, .chunk = 4};

using Column = std::vector<Scored<double>>;  ///< sources and weights

Status check(const SlimSolverOptions& options) {
    ATTUNE_TRY(check_option(kName, "l1", options.l1, 0, 1e9));
    ATTUNE_TRY(check_option(kName, "l2", options.l2, 1e-9, 1e9));
    ATTUNE_TRY(check_option(kName, "max_sweeps", static_cast<double>(options.max_sweeps), 1, 1e6));
    ATTUNE_TRY(check_option(kName, "tolerance", options.tolerance, 1e-12, 1));
    return check_option(kName, "max_memory_mib", static_cast<double>(options.max_memory_mib), 1,
                        1e9);
}

class Solver {
 public:
    Solver(const ItemRegression& regression, const SlimSolverOptions& options, ThreadPool& pool,
           Progress& progress)
        : regression_(regression), options_(options), pool_(pool), progress_(progress) {}

    Result<CsrMatrix> run() {
        const std::size_t size = regression_.size();
        ATTUNE_TRY(count_pairs());
        ATTUNE_TRY(make_gram());
        std::vector<Column> columns(size);
        ATTUNE_TRY(for_blocks(
            pool_, progress_, size, 2 * size,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t j = begin; j < end; ++j) columns[j] = solve(j);
            },
            kProducts));
        CsrMatrix matrix;
        matrix.num_rows = size;
        matrix.num_columns = size;
        for (const Column& column : columns) {
            for (const auto& [index, weight] : column) {
                matrix.columns.push_back(index);
                matrix.values.push_back(static_cast<float>(weight));
            }
            matrix.offsets.push_back(matrix.columns.size());
        }
        return matrix;
    }

 private:
    /// Sizes the rows of G.
    Status count_pairs() {
        const std::size_t size = regression_.size();
        gram_.num_rows = size;
        gram_.num_columns = size;
        gram_.offsets.assign(size + 1, 0);
        std::vector<std::vector<std::uint32_t>> seen(pool_.num_threads(),
                                                     std::vector<std::uint32_t>(size, kNone));
        ATTUNE_TRY(for_blocks(
            pool_, progress_, size, 0,
            [&](std::size_t begin, std::size_t end, std::size_t thread) {
                for (std::size_t i = begin; i < end; ++i) {
                    gram_.offsets[i + 1] = num_co_occurring(i, seen[thread]);
                }
            },
            kProducts));
        for (std::size_t i = 0; i < size; ++i) gram_.offsets[i + 1] += gram_.offsets[i];
        constexpr double kMib = 1 << 20;
        const double mib = static_cast<double>(gram_.offsets.back()) *
                           (sizeof(float) + sizeof(std::uint32_t)) / kMib;
        if (mib > static_cast<double>(options_.max_memory_mib)) {
            return fail(ErrorCode::kInvalidArgument,
                        "slim: the co-occurrences of {} products take {:.0f} MiB, and "
                        "slim.max_memory_mib allows {}; raise it or train another recommender",
                        size, mib, options_.max_memory_mib);
        }
        gram_.columns.resize(gram_.offsets.back());
        gram_.values.resize(gram_.offsets.back());
        return {};
    }

    [[nodiscard]] std::size_t num_co_occurring(std::size_t product,
                                               std::vector<std::uint32_t>& seen) const {
        std::size_t count = 0;
        for (const std::uint32_t u : regression_.input_columns.row_columns(product)) {
            for (const std::uint32_t other : regression_.inputs.row_columns(u)) {
                if (seen[other] == product) continue;
                seen[other] = static_cast<std::uint32_t>(product);
                ++count;
            }
        }
        return count;
    }

    Status make_gram() {
        const std::size_t size = regression_.size();
        std::vector<std::vector<double>> sums(pool_.num_threads(), std::vector<double>(size));
        return for_blocks(
            pool_, progress_, size, size,
            [&](std::size_t begin, std::size_t end, std::size_t thread) {
                std::vector<std::uint32_t> seen(size, kNone);
                for (std::size_t i = begin; i < end; ++i) fill_row(i, seen, sums[thread]);
            },
            kProducts);
    }

    void fill_row(std::size_t product, std::vector<std::uint32_t>& seen,
                  std::vector<double>& sums) {
        std::size_t at = gram_.offsets[product];
        for (const std::uint32_t u : regression_.input_columns.row_columns(product)) {
            for (const std::uint32_t other : regression_.inputs.row_columns(u)) {
                if (seen[other] == product) continue;
                seen[other] = static_cast<std::uint32_t>(product);
                gram_.columns[at++] = other;
            }
        }
        std::sort(gram_.columns.begin() + static_cast<std::ptrdiff_t>(gram_.offsets[product]),
                  gram_.columns.begin() + static_cast<std::ptrdiff_t>(at));
        regression_.add_products(regression_.input_columns, product, sums);
        for (at = gram_.offsets[product]; at < gram_.offsets[product + 1]; ++at) {
            gram_.values[at] = static_cast<float>(sums[gram_.columns[at]]);
            sums[gram_.columns[at]] = 0;
        }
    }

    /// The weights of one target by coordinate descent. `left` is R_j - G w.
    [[nodiscard]] Column solve(std::size_t target) const {
        std::vector<double> left(regression_.size());
        regression_.add_products(regression_.target_columns, target, left);
        Column column;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (i != target && left[i] > options_.l1) {
                column.push_back({static_cast<std::uint32_t>(i), 0});
            }
        }
        for (std::size_t sweep = 0; sweep < options_.max_sweeps; ++sweep) {
            double largest = 0;
            for (auto& [source, weight] : column) {
                const double change = best_change(source, weight, left[source]);
                if (change == 0) continue;
                weight += change;
                largest = std::max(largest, std::abs(change));
                const auto others = gram_.row_columns(source);
                const auto values = gram_.row_values(source);
                for (std::size_t k = 0; k < others.size(); ++k) {
                    left[others[k]] -= change * values[k];
                }
            }
            if (largest <= options_.tolerance) break;
        }
        return strongest(column);
    }

    [[nodiscard]] double best_change(std::uint32_t source, double weight, double left) const {
        const auto others = gram_.row_columns(source);
        const auto own = std::lower_bound(others.begin(), others.end(), source);
        const double curvature =
            gram_.row_values(source)[static_cast<std::size_t>(own - others.begin())];
        const double best =
            std::max(0.0, left + curvature * weight - options_.l1) / (curvature + options_.l2);
        return best - weight;
    }

    [[nodiscard]] Column strongest(const Column& column) const {
        TopK<double> best(options_.max_weights == 0 ? column.size() : options_.max_weights);
        for (const auto& [source, weight] : column) {
            if (static_cast<float>(weight) > 0) best.offer(source, weight);
        }
        Column kept = best.take();
        std::sort(kept.begin(), kept.end(),
                  [](const auto& a, const auto& b) { return a.index < b.index; });
        return kept;
    }

    static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

    const ItemRegression& regression_;
    const SlimSolverOptions& options_;
    ThreadPool& pool_;
    Progress& progress_;
    CsrMatrix gram_;
};

}  // namespace

Result<CsrMatrix> solve_slim(const ItemRegression& regression, const SlimSolverOptions& options,
                             ThreadPool& pool, Progress& progress) {
    ATTUNE_TRY(check(options));
    const ProgressStage stage(progress, kName, 3 * regression.size());
    ATTUNE_ASSIGN(CsrMatrix weights, Solver(regression, options, pool, progress).run());
    return weights;
}

Result<std::unique_ptr<Recommender>> fit_slim(const TrainingData& data, const SlimOptions& options,
                                              ThreadPool& pool, Progress& progress) {
    ATTUNE_ASSIGN(const ItemRegression regression,
                  make_item_regression(kName, data, options.regression));
    ATTUNE_ASSIGN(const CsrMatrix by_target,
                  solve_slim(regression, options.solver, pool, progress));
    ItemWeights parameters;
    parameters.history = options.regression.history;
    parameters.max_evidence = options.max_evidence;
    parameters.weights = weights_from_source(regression, by_target, data.num_products());
    return make_item_weights(kName, data, std::move(parameters));
}

Result<std::unique_ptr<Recommender>> load_slim(BinaryReader& reader,
                                               std::shared_ptr<const Catalogue> catalogue) {
    return load_item_weights(kName, reader, std::move(catalogue));
}

}  // namespace attune
