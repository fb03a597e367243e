#include "models/neighbours/item_similarity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"

namespace attune {
namespace {

CsrMatrix random_counts(std::size_t num_customers, std::size_t num_products) {
    Random random(21);
    std::vector<Triplet> triplets;
    for (std::uint32_t u = 0; u < num_customers; ++u) {
        for (std::uint32_t i = 0; i < num_products; ++i) {
            if (random.uniform() < 0.2) {
                triplets.push_back({u, i, static_cast<float>(1 + random.below(3))});
            }
        }
    }
    return csr_from_triplets(num_customers, num_products, std::move(triplets));
}

std::vector<std::vector<double>> dense(const CsrMatrix& matrix) {
    std::vector<std::vector<double>> rows(matrix.num_rows, std::vector<double>(matrix.num_columns));
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            rows[row][matrix.columns[at]] = matrix.values[at];
        }
    }
    return rows;
}

/// The formula of the header over all pairs, and the best of each row by a full sort.
std::vector<std::vector<double>> brute_force(const CsrMatrix& counts,
                                             const std::vector<float>& freshness,
                                             const ItemSimilarityOptions& options) {
    const CsrMatrix weighted = weighted_counts(counts, options);
    const auto source = dense(weighted);
    CsrMatrix faded = weighted;
    for (std::size_t at = 0; at < freshness.size(); ++at) faded.values[at] *= freshness[at];
    const auto target = dense(faded);
    const std::size_t num_products = counts.num_columns;
    const auto factor = [&](std::size_t u) {
        return std::pow(static_cast<double>(counts.row_columns(u).size()),
                        -options.customer_exponent);
    };
    std::vector<double> norms(num_products);
    for (std::size_t i = 0; i < num_products; ++i) {
        for (std::size_t u = 0; u < counts.num_rows; ++u) {
            if (source[u][i] > 0) norms[i] += source[u][i] * source[u][i] * factor(u);
        }
    }
    std::vector<std::vector<double>> similarities(num_products, std::vector<double>(num_products));
    for (std::size_t i = 0; i < num_products; ++i) {
        auto& row = similarities[i];
        for (std::size_t j = 0; j < num_products; ++j) {
            double sum = 0;
            for (std::size_t u = 0; u < counts.num_rows; ++u) {
                if (source[u][i] > 0) sum += source[u][i] * target[u][j] * factor(u);
            }
            if (i != j && sum > 0) {
                row[j] = sum / std::pow(norms[i], options.source_exponent) /
                         std::pow(norms[j], options.target_exponent);
            }
        }
        auto sorted = row;
        std::sort(sorted.rbegin(), sorted.rend());
        const double least = sorted[std::min(options.num_neighbours, num_products) - 1];
        for (double& value : row) {
            if (value < least) value = 0;
        }
    }
    return similarities;
}

CsrMatrix similarities(const CsrMatrix& counts, const std::vector<float>& freshness,
                       const ItemSimilarityOptions& options, std::size_t num_threads = 2) {
    ThreadPool pool(num_threads);
    NullProgress progress;
    auto result = item_similarities(counts, freshness, options, pool, progress);
    EXPECT_TRUE(result);
    return *std::move(result);
}

class Weightings : public testing::TestWithParam<ItemWeighting> {};

TEST_P(Weightings, AgreeWithTheFormulaOverAllPairs) {
    const CsrMatrix counts = random_counts(50, 30);
    ItemSimilarityOptions options;
    options.weighting = GetParam();
    options.num_neighbours = 7;
    Random random(2);
    std::vector<float> freshness(counts.num_nonzero());
    for (float& left : freshness) left = static_cast<float>(random.uniform());
    const auto found = dense(similarities(counts, freshness, options));
    const auto expected = brute_force(counts, freshness, options);
    for (std::size_t i = 0; i < 30; ++i) {
        for (std::size_t j = 0; j < 30; ++j) {
            EXPECT_NEAR(found[i][j], expected[i][j], 1e-6) << i << ", " << j;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Weightings,
                         testing::Values(ItemWeighting::kNone, ItemWeighting::kTfIdf,
                                         ItemWeighting::kBm25));

TEST(ItemSimilarity, ExponentsGiveTheCosine) {
    // Products 0 and 1 share one of two customers each.
    const CsrMatrix counts = csr_from_triplets(3, 2, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {2, 1, 1}});
    ItemSimilarityOptions cosine;
    cosine.customer_exponent = 0;
    cosine.source_exponent = 0.5;
    cosine.target_exponent = 0.5;
    EXPECT_FLOAT_EQ(similarities(counts, {}, cosine).values.at(0), 0.5F);
}

TEST(ItemSimilarity, KeepsTheLowerIndexOfEqualNeighbours) {
    const CsrMatrix counts = csr_from_triplets(1, 4, {{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {0, 3, 1}});
    ItemSimilarityOptions options;
    options.num_neighbours = 2;
    const CsrMatrix found = similarities(counts, {}, options);
    EXPECT_THAT(found.row_columns(0), testing::ElementsAre(1, 2));
    EXPECT_THAT(found.row_columns(3), testing::ElementsAre(0, 1));
}

TEST(ItemSimilarity, NumberOfThreadsChangesNoBit) {
    const CsrMatrix counts = random_counts(80, 150);
    EXPECT_EQ(similarities(counts, {}, {}, 1), similarities(counts, {}, {}, 4));
}

TEST(ItemSimilarity, Bm25WeightsByHand) {
    // Product 0 has length 3, product 1 length 1, product 2 none: the average is 4 / 3.
    const CsrMatrix counts = csr_from_triplets(2, 3, {{0, 0, 2}, {1, 0, 1}, {1, 1, 1}});
    ItemSimilarityOptions options;
    options.weighting = ItemWeighting::kBm25;
    const CsrMatrix weighted = weighted_counts(counts, options);
    const double idf = std::log(3) - std::log1p(1);
    const double norm = 0.25 + 0.75 * 3 / (4.0 / 3);
    EXPECT_NEAR(weighted.values[0], 2 * 2.2 / (1.2 * norm + 2) * idf, 1e-6);
    // A customer with two of three products has log 3 - log 3.
    EXPECT_NEAR(weighted.values[1], 0, 1e-9);
    options.weighting = ItemWeighting::kTfIdf;
    EXPECT_NEAR(weighted_counts(counts, options).values[0], std::sqrt(2) * idf, 1e-6);
}

}  // namespace
}  // namespace attune
