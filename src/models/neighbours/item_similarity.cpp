#include "models/neighbours/item_similarity.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "core/assert.hpp"
#include "math/dense.hpp"
#include "models/neighbours/pair_scores.hpp"
#include "models/neighbours/product_sides.hpp"
#include "models/neighbours/row_multiplier.hpp"

namespace attune {
namespace {

enum class Sign : std::uint8_t { kPositive, kAny };

Status check_matrix(const CsrMatrix& matrix, Sign sign) {
    const auto bad = [](std::string_view what) {
        return fail(ErrorCode::kInvalidArgument, "similarities: {}", what);
    };
    if (matrix.num_rows == 0 || matrix.num_columns == 0 || matrix.columns.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "similarities: the matrix is empty: {} customers, {} products, {} entries",
                    matrix.num_rows, matrix.num_columns, matrix.columns.size());
    }
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    if (matrix.num_rows > kMost || matrix.num_columns > kMost) {
        return bad("more than 4294967295 customers or products");
    }
    if (matrix.offsets.size() != matrix.num_rows + 1 || matrix.offsets.front() != 0 ||
        matrix.offsets.back() != matrix.columns.size() ||
        matrix.values.size() != matrix.columns.size() ||
        !std::is_sorted(matrix.offsets.begin(), matrix.offsets.end())) {
        return bad("the arrays of the matrix do not fit each other");
    }
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        const auto columns = matrix.row_columns(row);
        if (columns.empty()) continue;
        if (columns.back() >= matrix.num_columns ||
            std::adjacent_find(columns.begin(), columns.end(), std::greater_equal<>()) !=
                columns.end()) {
            return fail(ErrorCode::kInvalidArgument,
                        "similarities: the products of customer {} are not ascending below {}", row,
                        matrix.num_columns);
        }
    }
    for (const float value : matrix.values) {
        if (std::isfinite(value) && (sign == Sign::kAny || value > 0)) continue;
        return fail(ErrorCode::kInvalidArgument, "similarities: {} is not a {} number", value,
                    sign == Sign::kAny ? "finite" : "positive, finite");
    }
    return {};
}

std::vector<double> column_sums(const CsrMatrix& matrix) {
    std::vector<double> sums(matrix.num_columns);
    for (std::size_t at = 0; at < matrix.num_nonzero(); ++at) {
        sums[matrix.columns[at]] += matrix.values[at];
    }
    return sums;
}

std::vector<double> column_squares(const CsrMatrix& matrix) {
    std::vector<double> squares(matrix.num_columns);
    for (std::size_t at = 0; at < matrix.num_nonzero(); ++at) {
        const double value = matrix.values[at];
        squares[matrix.columns[at]] += value * value;
    }
    return squares;
}

/// `value(product)` by rank, and 0 up to a whole block.
template <typename Value, typename Function>
std::vector<Value> by_rank(const PopularityOrder& order, const Function& value) {
    std::vector<Value> values(padded_to_block(order.products.size()));
    for (std::size_t rank = 0; rank < order.products.size(); ++rank) {
        values[rank] = static_cast<Value>(value(order.products[rank]));
    }
    return values;
}

double inverse_root(double value) {
    return value > 0 ? 1 / std::sqrt(value) : 0;
}

/// Runs the kernel with ranks as narrow as they can be.
template <typename Sum, typename Scorer>
Result<CsrMatrix> best_pairs(const CsrMatrix& counts, const PopularityOrder& order,
                             const std::vector<Sum>& sources, std::vector<float> targets,
                             const Scorer& scorer, std::size_t num_neighbours, ThreadPool& pool,
                             Progress& progress) {
    constexpr std::size_t kNarrow = std::size_t{std::numeric_limits<std::uint16_t>::max()} + 1;
    if (counts.num_columns <= kNarrow) {
        const ProductSides<Sum, std::uint16_t> sides(counts, order, sources, std::move(targets));
        return best_of_rows(sides, order, scorer, num_neighbours, pool, progress);
    }
    const ProductSides<Sum, std::uint32_t> sides(counts, order, sources, std::move(targets));
    return best_of_rows(sides, order, scorer, num_neighbours, pool, progress);
}

Result<CsrMatrix> weighted_cosines(const CsrMatrix& counts, const std::vector<float>& freshness,
                                   const ItemSimilarityOptions& options, ThreadPool& pool,
                                   Progress& progress) {
    CsrMatrix weighted = weighted_counts(counts, options);
    std::vector<double> sources(counts.num_nonzero());
    std::vector<double> norms(counts.num_columns);
    for (std::size_t u = 0; u < counts.num_rows; ++u) {
        const auto has = static_cast<double>(counts.row_columns(u).size());
        const double factor = has > 0 ? std::pow(has, -options.customer_exponent) : 0;
        for (std::size_t at = counts.offsets[u]; at < counts.offsets[u + 1]; ++at) {
            const double value = weighted.values[at];
            sources[at] = value * factor;
            norms[counts.columns[at]] += value * value * factor;
        }
    }
    for (std::size_t at = 0; at < freshness.size(); ++at) weighted.values[at] *= freshness[at];
    const PopularityOrder order = popularity_order(counts);
    const auto power = [&](double exponent) {
        return by_rank<double>(order, [&](std::uint32_t product) {
            return norms[product] > 0 ? std::pow(norms[product], -exponent) : 0;
        });
    };
    const ScaledScore<double> scorer{power(options.source_exponent),
                                     power(options.target_exponent)};
    ATTUNE_ASSIGN(CsrMatrix best,
                  best_pairs<double>(counts, order, sources, std::move(weighted.values), scorer,
                                     options.num_neighbours, pool, progress));
    if (!all_finite(best.values)) {
        return fail(ErrorCode::kInvalidArgument,
                    "similarities: counts as large as these give sums that are no numbers");
    }
    return best;
}

/// Sums of products of the values, or numbers of common customers where all values are alike.
template <typename Scorer>
Result<CsrMatrix> best_by_values(const CsrMatrix& values, bool all_alike,
                                 const PopularityOrder& order, const Scorer& scorer,
                                 std::size_t num_neighbours, ThreadPool& pool, Progress& progress) {
    if (all_alike) {
        return best_pairs<std::uint32_t>(values, order, {}, {}, scorer, num_neighbours, pool,
                                         progress);
    }
    return best_pairs<float>(values, order, values.values, values.values, scorer, num_neighbours,
                             pool, progress);
}

bool are_alike(const std::vector<float>& values) {
    return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end();
}

/// Each column brought to length 1, so that sums of products stay within -1 and 1.
CsrMatrix with_unit_columns(CsrMatrix matrix) {
    const std::vector<double> squares = column_squares(matrix);
    for (std::size_t at = 0; at < matrix.num_nonzero(); ++at) {
        const double factor = inverse_root(squares[matrix.columns[at]]);
        matrix.values[at] = static_cast<float>(matrix.values[at] * factor);
    }
    return matrix;
}

Result<CsrMatrix> cosines(const CsrMatrix& values, std::size_t num_neighbours, ThreadPool& pool,
                          Progress& progress) {
    const PopularityOrder order = popularity_order(values);
    ScaledScore<float> scorer;
    if (are_alike(values.values)) {
        scorer.sources = by_rank<float>(order, [&](std::uint32_t product) {
            return inverse_root(order.counts[order.ranks[product]]);
        });
        scorer.targets = scorer.sources;
        return best_by_values(values, true, order, scorer, num_neighbours, pool, progress);
    }
    scorer.sources = by_rank<float>(order, [](std::uint32_t) { return 1; });
    scorer.targets = scorer.sources;
    return best_by_values(with_unit_columns(values), false, order, scorer, num_neighbours, pool,
                          progress);
}

Result<CsrMatrix> correlations(CsrMatrix counts, std::size_t num_neighbours, ThreadPool& pool,
                               Progress& progress) {
    const bool all_alike = are_alike(counts.values);
    if (all_alike) {
        counts.values.assign(counts.values.size(), 1);
    } else {
        counts = with_unit_columns(std::move(counts));
    }
    const PopularityOrder order = popularity_order(counts);
    const std::vector<double> sums = column_sums(counts);
    const std::vector<double> squares = column_squares(counts);
    const auto num_customers = static_cast<double>(counts.num_rows);
    PearsonScore scorer;
    scorer.num_customers = static_cast<float>(num_customers);
    scorer.sums = by_rank<float>(order, [&](std::uint32_t product) { return sums[product]; });
    scorer.inverse_deviations = by_rank<float>(order, [&](std::uint32_t product) {
        const double square = squares[product];
        const double deviation = square - sums[product] * sums[product] / num_customers;
        // What rounding leaves of a product that all customers have alike is no deviation.
        constexpr double kRounding = 1e-6;
        return deviation > kRounding * square ? inverse_root(deviation) : 0;
    });
    return best_by_values(counts, all_alike, order, scorer, num_neighbours, pool, progress);
}

Result<CsrMatrix> inner_products(const CsrMatrix& values, std::size_t num_neighbours,
                                 ThreadPool& pool, Progress& progress) {
    const PopularityOrder order = popularity_order(values);
    ScaledScore<float> scorer;
    scorer.sources = by_rank<float>(order, [](std::uint32_t) { return 1; });
    scorer.targets = scorer.sources;
    return best_pairs<float>(values, order, values.values, values.values, scorer, num_neighbours,
                             pool, progress);
}

/// The measures that look at who has a product, not at how much.
Result<CsrMatrix> by_common_customers(const CsrMatrix& counts, SimilarityMeasure measure,
                                      std::size_t num_neighbours, ThreadPool& pool,
                                      Progress& progress) {
    const PopularityOrder order = popularity_order(counts);
    const auto run = [&](const auto& scorer) {
        return best_pairs<std::uint32_t>(counts, order, {}, {}, scorer, num_neighbours, pool,
                                         progress);
    };
    const auto of_count = [&](const auto& function) {
        return by_rank<float>(order, [&](std::uint32_t product) {
            return function(static_cast<double>(order.counts[order.ranks[product]]));
        });
    };
    const auto num_customers = static_cast<double>(counts.num_rows);
    switch (measure) {
        case SimilarityMeasure::kJaccard:
            return run(JaccardScore{of_count([](double count) { return count; })});
        case SimilarityMeasure::kLift:
            // Products that nobody has are in no pair.
            return run(ScaledScore<float>{
                of_count([&](double count) { return num_customers / std::max(1.0, count); }),
                of_count([](double count) { return 1 / std::max(1.0, count); })});
        case SimilarityMeasure::kLogLikelihood: {
            LogLikelihoodScore scorer(counts.num_rows);
            scorer.counts.assign(order.counts.begin(), order.counts.end());
            return run(scorer);
        }
        default: {
            const auto one = [](double) { return 1; };
            return run(ScaledScore<float>{of_count(one), of_count(one)});
        }
    }
}

CsrMatrix no_pairs(const CsrMatrix& counts) {
    CsrMatrix none;
    none.num_rows = counts.num_columns;
    none.num_columns = counts.num_columns;
    none.offsets.assign(counts.num_columns + 1, 0);
    return none;
}

CsrMatrix weighted_by(const CsrMatrix& counts, ItemSimilarityOptions options,
                      ItemWeighting weighting) {
    options.weighting = weighting;
    return weighted_counts(counts, options);
}

}  // namespace

double inverse_document_frequency(std::size_t num_documents, double num_with_term) {
    return std::max(0.0, std::log(static_cast<double>(num_documents)) - std::log1p(num_with_term));
}

double bm25_weight(double count, double relative_length, double k1, double b) {
    return count * (k1 + 1) / (k1 * (1 - b + b * relative_length) + count);
}

CsrMatrix weighted_counts(const CsrMatrix& counts, const ItemSimilarityOptions& options) {
    if (options.weighting == ItemWeighting::kNone) return counts;
    const std::vector<double> lengths = column_sums(counts);
    double total = 0;
    for (const double length : lengths) total += length;
    const double average_length =
        total / static_cast<double>(std::max<std::size_t>(1, lengths.size()));

    CsrMatrix weighted = counts;
    for (std::size_t u = 0; u < counts.num_rows; ++u) {
        const double idf = inverse_document_frequency(
            counts.num_columns, static_cast<double>(counts.row_columns(u).size()));
        for (std::size_t at = counts.offsets[u]; at < counts.offsets[u + 1]; ++at) {
            const double count = counts.values[at];
            double weight = std::sqrt(count);
            if (options.weighting == ItemWeighting::kBm25) {
                const double relative_length = lengths[counts.columns[at]] / average_length;
                weight = bm25_weight(count, relative_length, options.bm25_k1, options.bm25_b);
            }
            weighted.values[at] = static_cast<float>(weight * idf);
        }
    }
    return weighted;
}

Result<CsrMatrix> item_similarities(const CsrMatrix& counts, const ItemSimilarityOptions& options,
                                    ThreadPool& pool, Progress& progress) {
    return item_similarities(counts, {}, options, pool, progress);
}

Result<CsrMatrix> item_similarities(const CsrMatrix& counts, const std::vector<float>& freshness,
                                    const ItemSimilarityOptions& options, ThreadPool& pool,
                                    Progress& progress) {
    ATTUNE_TRY(validate(options, "similarities"));
    ATTUNE_TRY(check_matrix(counts, Sign::kPositive));
    ATTUNE_ASSERT(freshness.empty() || freshness.size() == counts.num_nonzero());
    const std::size_t k = options.num_neighbours;
    switch (options.measure) {
        case SimilarityMeasure::kWeightedCosine:
            return weighted_cosines(counts, freshness, options, pool, progress);
        case SimilarityMeasure::kCosine:
            return cosines(counts, k, pool, progress);
        case SimilarityMeasure::kPearson:
            return correlations(counts, k, pool, progress);
        case SimilarityMeasure::kTfIdf: {
            const CsrMatrix weighted = weighted_by(counts, options, ItemWeighting::kTfIdf);
            return column_cosines(weighted, k, pool, progress);
        }
        case SimilarityMeasure::kBm25:
            return inner_products(weighted_by(counts, options, ItemWeighting::kBm25), k, pool,
                                  progress);
        case SimilarityMeasure::kJaccard:
        case SimilarityMeasure::kCooccurrence:
        case SimilarityMeasure::kLift:
        case SimilarityMeasure::kLogLikelihood:
            break;
    }
    return by_common_customers(counts, options.measure, k, pool, progress);
}

Status check_values(const CsrMatrix& values) {
    return check_matrix(values, Sign::kAny);
}

Result<CsrMatrix> column_cosines(const CsrMatrix& values, std::size_t num_neighbours,
                                 ThreadPool& pool, Progress& progress) {
    ItemSimilarityOptions options;
    options.num_neighbours = num_neighbours;
    ATTUNE_TRY(validate(options, "similarities"));
    ATTUNE_TRY(check_values(values));
    // All 0, no two of them are alike in any direction.
    if (values.values.front() == 0 && are_alike(values.values)) return no_pairs(values);
    return cosines(values, num_neighbours, pool, progress);
}

}  // namespace attune
