#include "models/item_similarity.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/assert.hpp"
#include "math/top_k.hpp"
#include "models/parallel.hpp"

namespace attune {
namespace {

using Neighbours = std::vector<Scored<double>>;

std::vector<double> column_sums(const CsrMatrix& matrix) {
    std::vector<double> sums(matrix.num_columns);
    for (std::size_t at = 0; at < matrix.num_nonzero(); ++at) {
        sums[matrix.columns[at]] += matrix.values[at];
    }
    return sums;
}

double inverse_document_frequency(const CsrMatrix& counts, std::size_t customer) {
    const auto num_products = static_cast<double>(counts.num_columns);
    const auto has = static_cast<double>(counts.row_columns(customer).size());
    return std::max(0.0, std::log(num_products) - std::log1p(has));
}

/// What the similarity of every pair is computed from.
struct Sides {
    CsrMatrix sources;                    ///< num_products x num_customers
    CsrMatrix targets;                    ///< num_customers x num_products
    std::vector<double> customer_factor;  ///< n_u^-c
    std::vector<double> source_factor;    ///< d_i^-a
    std::vector<double> target_factor;    ///< d_j^-b
};

Sides make_sides(const CsrMatrix& counts, const std::vector<float>& freshness,
                 const ItemSimilarityOptions& options) {
    Sides sides;
    sides.targets = weighted_counts(counts, options);
    sides.sources = transpose(sides.targets);
    for (std::size_t u = 0; u < counts.num_rows; ++u) {
        const auto has = static_cast<double>(counts.row_columns(u).size());
        sides.customer_factor.push_back(has > 0 ? std::pow(has, -options.customer_exponent) : 0);
    }
    for (std::size_t i = 0; i < sides.sources.num_rows; ++i) {
        double norm = 0;
        const auto customers = sides.sources.row_columns(i);
        const auto values = sides.sources.row_values(i);
        for (std::size_t at = 0; at < customers.size(); ++at) {
            const double value = values[at];
            norm += value * value * sides.customer_factor[customers[at]];
        }
        sides.source_factor.push_back(norm > 0 ? std::pow(norm, -options.source_exponent) : 0);
        sides.target_factor.push_back(norm > 0 ? std::pow(norm, -options.target_exponent) : 0);
    }
    for (std::size_t at = 0; at < freshness.size(); ++at) sides.targets.values[at] *= freshness[at];
    return sides;
}

/// A row of sums by product that is cleared at the cost of what was touched.
class Accumulator {
 public:
    explicit Accumulator(std::size_t num_products) : sums_(num_products) {}

    void add(std::uint32_t product, double value) {
        if (sums_[product] == 0) touched_.push_back(product);
        sums_[product] += value;
    }

    /// Positive sums, scaled, except `self`'s; ascending order does not matter to TopK.
    Neighbours take_best(std::size_t self, const Sides& sides, std::size_t num_neighbours) {
        TopK<double> best(num_neighbours);
        for (const std::uint32_t product : touched_) {
            const double similarity =
                sums_[product] * sides.source_factor[self] * sides.target_factor[product];
            sums_[product] = 0;
            // Stored as float: what vanishes there is no neighbour.
            if (product != self && static_cast<float>(similarity) > 0) {
                best.offer(product, similarity);
            }
        }
        touched_.clear();
        return best.take();
    }

 private:
    std::vector<double> sums_;
    std::vector<std::uint32_t> touched_;
};

Neighbours neighbours_of(std::size_t product, const Sides& sides, Accumulator& accumulator,
                         std::size_t num_neighbours) {
    const auto customers = sides.sources.row_columns(product);
    const auto values = sides.sources.row_values(product);
    for (std::size_t at = 0; at < customers.size(); ++at) {
        const double factor = values[at] * sides.customer_factor[customers[at]];
        const auto others = sides.targets.row_columns(customers[at]);
        const auto strengths = sides.targets.row_values(customers[at]);
        for (std::size_t k = 0; k < others.size(); ++k) {
            const double value = factor * strengths[k];
            if (value > 0) accumulator.add(others[k], value);
        }
    }
    return accumulator.take_best(product, sides, num_neighbours);
}

CsrMatrix to_matrix(std::vector<Neighbours> rows, std::size_t num_products) {
    CsrMatrix matrix;
    matrix.num_rows = num_products;
    matrix.num_columns = num_products;
    for (Neighbours& row : rows) {
        std::sort(row.begin(), row.end(),
                  [](const auto& a, const auto& b) { return a.index < b.index; });
        for (const auto& [index, score] : row) {
            matrix.columns.push_back(index);
            matrix.values.push_back(static_cast<float>(score));
        }
        matrix.offsets.push_back(matrix.columns.size());
    }
    return matrix;
}

}  // namespace

CsrMatrix weighted_counts(const CsrMatrix& counts, const ItemSimilarityOptions& options) {
    if (options.weighting == ItemWeighting::kNone) return counts;
    const std::vector<double> lengths = column_sums(counts);
    double total = 0;
    for (const double length : lengths) total += length;
    const double average_length =
        total / static_cast<double>(std::max<std::size_t>(1, lengths.size()));

    CsrMatrix weighted = counts;
    for (std::size_t u = 0; u < counts.num_rows; ++u) {
        const double idf = inverse_document_frequency(counts, u);
        for (std::size_t at = counts.offsets[u]; at < counts.offsets[u + 1]; ++at) {
            const double count = counts.values[at];
            double weight = std::sqrt(count);
            if (options.weighting == ItemWeighting::kBm25) {
                const double relative_length = lengths[counts.columns[at]] / average_length;
                const double norm = 1 - options.bm25_b + options.bm25_b * relative_length;
                weight = count * (options.bm25_k1 + 1) / (options.bm25_k1 * norm + count);
            }
            weighted.values[at] = static_cast<float>(weight * idf);
        }
    }
    return weighted;
}

Result<CsrMatrix> item_similarities(const CsrMatrix& counts, const std::vector<float>& freshness,
                                    const ItemSimilarityOptions& options, ThreadPool& pool,
                                    Progress& progress) {
    ATTUNE_ASSERT(freshness.empty() || freshness.size() == counts.num_nonzero());
    const Sides sides = make_sides(counts, freshness, options);
    std::vector<Neighbours> rows(counts.num_columns);
    std::vector<Accumulator> accumulators(pool.num_threads(), Accumulator(counts.num_columns));
    ATTUNE_TRY(for_blocks(pool, progress, rows.size(), 0,
                          [&](std::size_t begin, std::size_t end, std::size_t thread) {
                              for (std::size_t i = begin; i < end; ++i) {
                                  rows[i] = neighbours_of(i, sides, accumulators[thread],
                                                          options.num_neighbours);
                              }
                          }));
    return to_matrix(std::move(rows), counts.num_columns);
}

}  // namespace attune
