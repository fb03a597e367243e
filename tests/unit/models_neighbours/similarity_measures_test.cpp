#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "models/neighbours/item_similarity.hpp"

namespace attune {
namespace {

using Dense = std::vector<std::vector<double>>;

enum class Values : std::uint8_t { kAlike, kDiffering };

/// Customers whose products are skewed to the low numbers, as histories are.
CsrMatrix skewed_counts(std::size_t num_customers, std::size_t num_products, double density,
                        Values values, std::uint64_t seed = 5) {
    Random random(seed);
    std::vector<Triplet> triplets;
    for (std::uint32_t u = 0; u < num_customers; ++u) {
        for (std::uint32_t i = 0; i < num_products; ++i) {
            const double popular = 1 / std::sqrt(1.0 + i);
            if (random.uniform() > density * popular) continue;
            const double value = values == Values::kAlike ? 2 : 0.25 + 4 * random.uniform();
            triplets.push_back({u, i, static_cast<float>(value)});
        }
    }
    return csr_from_triplets(num_customers, num_products, std::move(triplets));
}

Dense dense(const CsrMatrix& matrix) {
    Dense rows(matrix.num_rows, std::vector<double>(matrix.num_columns));
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            rows[row][matrix.columns[at]] = matrix.values[at];
        }
    }
    return rows;
}

/// Two columns of the counts, for formulas that are written down as in the papers.
struct Pair {
    const std::vector<double>& x;
    const std::vector<double>& y;

    template <typename Of>
    [[nodiscard]] double sum(const Of& of) const {
        double total = 0;
        for (std::size_t u = 0; u < x.size(); ++u) total += of(x[u], y[u]);
        return total;
    }
    [[nodiscard]] double both() const {
        return sum([](double a, double b) { return a > 0 && b > 0 ? 1.0 : 0.0; });
    }
    [[nodiscard]] double size() const { return static_cast<double>(x.size()); }
    [[nodiscard]] double num_x() const {
        return sum([](double a, double) { return a > 0 ? 1.0 : 0.0; });
    }
    [[nodiscard]] double num_y() const {
        return sum([](double, double b) { return b > 0 ? 1.0 : 0.0; });
    }
    [[nodiscard]] double inner() const {
        return sum([](double a, double b) { return a * b; });
    }
};

double cosine(const Pair& pair) {
    const double xx = pair.sum([](double a, double) { return a * a; });
    const double yy = pair.sum([](double, double b) { return b * b; });
    return xx > 0 && yy > 0 ? pair.inner() / std::sqrt(xx * yy) : 0;
}

double pearson(const Pair& pair) {
    const double mean_x = pair.sum([](double a, double) { return a; }) / pair.size();
    const double mean_y = pair.sum([](double, double b) { return b; }) / pair.size();
    const double xy = pair.sum([&](double a, double b) { return (a - mean_x) * (b - mean_y); });
    const double xx = pair.sum([&](double a, double) { return (a - mean_x) * (a - mean_x); });
    const double yy = pair.sum([&](double, double b) { return (b - mean_y) * (b - mean_y); });
    return xx > 1e-9 && yy > 1e-9 ? xy / std::sqrt(xx * yy) : 0;
}

/// G^2 as the sum over the table of observed x ln(observed / expected), twice.
double log_likelihood(const Pair& pair) {
    const double n = pair.size();
    const double both = pair.both();
    if (both * n <= pair.num_x() * pair.num_y()) return 0;
    const auto cell = [&](double observed, double row, double column) {
        return observed > 0 ? observed * std::log(observed * n / (row * column)) : 0.0;
    };
    const double x = pair.num_x();
    const double y = pair.num_y();
    return 2 * (cell(both, x, y) + cell(x - both, x, n - y) + cell(y - both, n - x, y) +
                cell(n - x - y + both, n - x, n - y));
}

double by_definition(SimilarityMeasure measure, const Pair& pair) {
    switch (measure) {
        case SimilarityMeasure::kPearson:
            return pearson(pair);
        case SimilarityMeasure::kJaccard:
            return pair.both() / (pair.num_x() + pair.num_y() - pair.both());
        case SimilarityMeasure::kBm25:
            return pair.inner();
        case SimilarityMeasure::kCooccurrence:
            return pair.both();
        case SimilarityMeasure::kLift:
            return pair.both() * pair.size() / (pair.num_x() * pair.num_y());
        case SimilarityMeasure::kLogLikelihood:
            return log_likelihood(pair);
        default:
            return cosine(pair);
    }
}

Dense brute_force(CsrMatrix counts, SimilarityMeasure measure) {
    ItemSimilarityOptions weighting;
    if (measure == SimilarityMeasure::kTfIdf) weighting.weighting = ItemWeighting::kTfIdf;
    if (measure == SimilarityMeasure::kBm25) weighting.weighting = ItemWeighting::kBm25;
    counts = weighted_counts(counts, weighting);
    const Dense columns = dense(transpose(counts));
    Dense all(columns.size(), std::vector<double>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        for (std::size_t j = 0; j < columns.size(); ++j) {
            const Pair pair{columns[i], columns[j]};
            // Only pairs with a customer in common are looked at.
            if (i != j && pair.both() > 0) all[i][j] = by_definition(measure, pair);
        }
    }
    return all;
}

CsrMatrix similarities(const CsrMatrix& counts, SimilarityMeasure measure, std::size_t k,
                       std::size_t num_threads = 2) {
    ThreadPool pool(num_threads);
    NullProgress progress;
    ItemSimilarityOptions options;
    options.measure = measure;
    options.num_neighbours = k;
    auto found = item_similarities(counts, options, pool, progress);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *std::move(found) : CsrMatrix{};
}

/// Whether each row holds k of the best by the oracle, with its values.
void expect_best_of(const Dense& all, const CsrMatrix& found, std::size_t k) {
    ASSERT_EQ(found.num_rows, all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::vector<double> sorted = all[i];
        std::sort(sorted.rbegin(), sorted.rend());
        const auto num_positive = static_cast<std::size_t>(
            std::count_if(sorted.begin(), sorted.end(), [](double s) { return s > 1e-6; }));
        const auto columns = found.row_columns(i);
        ASSERT_GE(columns.size(), std::min(k, num_positive)) << i;
        ASSERT_LE(columns.size(), k) << i;
        for (std::size_t at = 0; at < columns.size(); ++at) {
            const double value = found.row_values(i)[at];
            const double tolerance = 2e-6 * std::max(1.0, value);
            EXPECT_NEAR(value, all[i][columns[at]], tolerance) << i << ", " << columns[at];
            EXPECT_GE(value, sorted[std::min(k, sorted.size()) - 1] - tolerance) << i;
        }
    }
}

class Measures : public testing::TestWithParam<SimilarityMeasure> {};

TEST_P(Measures, AgreeWithTheirDefinitionsOverAllPairs) {
    for (const Values values : {Values::kAlike, Values::kDiffering}) {
        const CsrMatrix counts = skewed_counts(70, 90, 0.9, values);
        const Dense all = brute_force(counts, GetParam());
        expect_best_of(all, similarities(counts, GetParam(), 3), 3);
        expect_best_of(all, similarities(counts, GetParam(), 200), 200);
    }
}

// Rows whose customers have few products note what they touch instead of looking at everything.
TEST_P(Measures, AgreeWithTheirDefinitionsWhereRowsAreSparse) {
    for (const Values values : {Values::kAlike, Values::kDiffering}) {
        const CsrMatrix counts = skewed_counts(30, 200, 0.2, values);
        expect_best_of(brute_force(counts, GetParam()), similarities(counts, GetParam(), 4), 4);
    }
}

TEST_P(Measures, NumberOfThreadsChangesNoBit) {
    const CsrMatrix counts = skewed_counts(120, 200, 0.9, Values::kDiffering);
    const CsrMatrix alone = similarities(counts, GetParam(), 9, 1);
    EXPECT_EQ(similarities(counts, GetParam(), 9, 4), alone);
    EXPECT_EQ(similarities(counts, GetParam(), 9, 3), alone);
}

TEST_P(Measures, OfOneCustomerOrOneProductAreFinite) {
    const CsrMatrix one_customer = csr_from_triplets(1, 3, {{0, 0, 1}, {0, 1, 2}, {0, 2, 1}});
    for (const float value : similarities(one_customer, GetParam(), 5).values) {
        EXPECT_TRUE(std::isfinite(value));
    }
    const CsrMatrix one_product = csr_from_triplets(3, 1, {{0, 0, 1}, {2, 0, 2}});
    EXPECT_EQ(similarities(one_product, GetParam(), 5).num_nonzero(), 0U);
}

TEST_P(Measures, OfHugeAndTinyCountsAreFiniteOrRefused) {
    ThreadPool pool(1);
    NullProgress progress;
    ItemSimilarityOptions options;
    options.measure = GetParam();
    for (const float size : {3e38F, 1e-44F}) {
        const CsrMatrix counts = csr_from_triplets(
            3, 4,
            {{0, 0, size}, {0, 1, size}, {1, 0, 1}, {1, 1, size}, {1, 2, size}, {2, 3, size}});
        const auto found = item_similarities(counts, options, pool, progress);
        if (!found) continue;
        for (const float value : found->values) EXPECT_TRUE(std::isfinite(value) && value > 0);
    }
}

TEST_P(Measures, RefuseWhatIsNoMatrixOfCounts) {
    ThreadPool pool(1);
    NullProgress progress;
    ItemSimilarityOptions options;
    options.measure = GetParam();
    const auto message = [&](const CsrMatrix& counts) {
        const auto found = item_similarities(counts, options, pool, progress);
        EXPECT_FALSE(found);
        if (found) return std::string();
        EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument);
        return found.error().message;
    };
    EXPECT_THAT(message({}), testing::HasSubstr("empty"));
    EXPECT_THAT(message(csr_from_triplets(3, 4, {})), testing::HasSubstr("0 entries"));
    const CsrMatrix good = csr_from_triplets(2, 2, {{0, 0, 1}, {0, 1, 1}, {1, 1, 1}});
    for (const float value : {std::nanf(""), std::numeric_limits<float>::infinity(), 0.0F, -1.0F}) {
        CsrMatrix bad = good;
        bad.values[1] = value;
        EXPECT_THAT(message(bad), testing::HasSubstr("positive, finite"));
    }
    CsrMatrix bad = good;
    bad.columns[2] = 2;
    EXPECT_THAT(message(bad), testing::HasSubstr("customer 1"));
    bad = good;
    bad.columns[1] = 0;
    EXPECT_THAT(message(bad), testing::HasSubstr("customer 0"));
    bad = good;
    bad.offsets.pop_back();
    EXPECT_THAT(message(bad), testing::HasSubstr("fit each other"));
}

INSTANTIATE_TEST_SUITE_P(All, Measures,
                         testing::Values(SimilarityMeasure::kCosine, SimilarityMeasure::kPearson,
                                         SimilarityMeasure::kJaccard, SimilarityMeasure::kTfIdf,
                                         SimilarityMeasure::kBm25, SimilarityMeasure::kCooccurrence,
                                         SimilarityMeasure::kLift,
                                         SimilarityMeasure::kLogLikelihood),
                         [](const auto& parameter) {
                             return std::string(similarity_measure_name(parameter.param));
                         });

TEST(SimilarityMeasure, NamesAreReadBack) {
    for (const std::string_view name : similarity_measure_names()) {
        EXPECT_EQ(similarity_measure_name(parse_similarity_measure(name).value()), name);
    }
    const auto wrong = parse_similarity_measure("manhattan");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(wrong.error().message, testing::HasSubstr("log_likelihood"));
}

TEST(SimilarityMeasure, TakesTheLowerIndexOfEqualNeighbours) {
    std::vector<Triplet> triplets;
    for (std::uint32_t j = 0; j < 300; ++j) triplets.push_back({0, j, 1});
    // The last product is the most frequent one, and still the last of equals.
    triplets.push_back({1, 299, 1});
    const CsrMatrix counts = csr_from_triplets(2, 300, triplets);
    const CsrMatrix found = similarities(counts, SimilarityMeasure::kCooccurrence, 2);
    EXPECT_THAT(found.row_columns(0), testing::ElementsAre(1, 2));
    EXPECT_THAT(found.row_columns(150), testing::ElementsAre(0, 1));
    EXPECT_THAT(found.row_columns(299), testing::ElementsAre(0, 1));
}

// Counts above 65,535 need wider sums; ranks above it a wider index.
TEST(SimilarityMeasure, CountsManyCustomersAndManyProducts) {
    constexpr std::uint32_t kMany = 70'000;
    std::vector<Triplet> triplets;
    for (std::uint32_t u = 0; u < kMany; ++u) {
        triplets.push_back({u, 0, 1});
        triplets.push_back({u, 1, 1});
    }
    const CsrMatrix tall = csr_from_triplets(kMany, 2, triplets);
    EXPECT_THAT(similarities(tall, SimilarityMeasure::kCooccurrence, 1).values,
                testing::ElementsAre(70'000, 70'000));
    const CsrMatrix wide = csr_from_triplets(1, kMany, {{0, 3, 1}, {0, kMany - 1, 1}});
    const CsrMatrix found = similarities(wide, SimilarityMeasure::kCosine, 1);
    EXPECT_THAT(found.row_columns(3), testing::ElementsAre(kMany - 1));
    EXPECT_THAT(found.row_columns(kMany - 1), testing::ElementsAre(3));
}

TEST(ColumnCosines, CountNegativeValues) {
    ThreadPool pool(2);
    NullProgress progress;
    const CsrMatrix values =
        csr_from_triplets(2, 3, {{0, 0, 1}, {0, 1, 2}, {0, 2, -1}, {1, 0, -1}, {1, 1, -1}});
    const CsrMatrix found = column_cosines(values, 5, pool, progress).value();
    EXPECT_THAT(found.row_columns(0), testing::ElementsAre(1));
    EXPECT_NEAR(found.values[0], 3 / std::sqrt(10), 1e-6);
    EXPECT_EQ(found.row_columns(2).size(), 0U);
    const CsrMatrix zeros = csr_from_triplets(2, 2, {{0, 0, 0}, {0, 1, 0}});
    EXPECT_EQ(column_cosines(zeros, 5, pool, progress)->num_nonzero(), 0U);
    EXPECT_FALSE(column_cosines(zeros, 0, pool, progress));
}

}  // namespace
}  // namespace attune
