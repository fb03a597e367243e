#include "collaborative/planted_feedback.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>

namespace attune {
namespace {

constexpr FeedbackShape kSmall{400, 300, 12'000};

CsrMatrix make(const FeedbackShape& shape, std::uint64_t seed, std::size_t num_threads) {
    ThreadPool pool(num_threads);
    PlantedFeedbackOptions options;
    options.shape = shape;
    options.seed = seed;
    return planted_feedback(options, pool).value();
}

TEST(PlantedFeedback, HasTheShapeAskedForAndEachPairOnce) {
    const CsrMatrix matrix = make(kSmall, 1, 1);
    EXPECT_EQ(matrix.num_rows, kSmall.num_customers);
    EXPECT_EQ(matrix.num_columns, kSmall.num_products);
    EXPECT_EQ(matrix.num_nonzero(), kSmall.num_interactions);
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        const auto columns = matrix.row_columns(row);
        ASSERT_FALSE(columns.empty());
        EXPECT_EQ(std::adjacent_find(columns.begin(), columns.end(), std::greater_equal<>()),
                  columns.end());
        EXPECT_LT(columns.back(), matrix.num_columns);
    }
}

TEST(PlantedFeedback, DependsOnTheSeedOnly) {
    const CsrMatrix matrix = make(kSmall, 1, 1);
    EXPECT_EQ(matrix, make(kSmall, 1, 3));
    EXPECT_NE(matrix.columns, make(kSmall, 2, 1).columns);
    EXPECT_EQ(data_hash(matrix), data_hash(make(kSmall, 1, 1)));
    EXPECT_NE(data_hash(matrix), data_hash(make(kSmall, 2, 1)));
}

TEST(PlantedFeedback, IsUnevenOverCustomersAndProducts) {
    const CsrMatrix matrix = make({6'000, 1'000, 120'000}, 1, 2);
    std::vector<std::size_t> per_product(matrix.num_columns);
    for (const std::uint32_t column : matrix.columns) ++per_product[column];
    std::vector<std::size_t> per_customer(matrix.num_rows);
    std::adjacent_difference(matrix.offsets.begin() + 1, matrix.offsets.end(),
                             per_customer.begin());
    std::sort(per_product.begin(), per_product.end());
    std::sort(per_customer.begin(), per_customer.end());
    // Measured: 431 against 68, and 122 against 12.
    EXPECT_GT(per_product[950], 4 * per_product[500]);
    EXPECT_GT(per_customer[5'900], 4 * per_customer[3'000]);
}

TEST(PlantedFeedback, FillsTheWholeMatrixWhenAskedTo) {
    EXPECT_EQ(make({7, 9, 63}, 1, 1).num_nonzero(), 63U);
    EXPECT_EQ(make({1, 1, 1}, 1, 1).num_nonzero(), 1U);
}

TEST(PlantedFeedback, RefusesWhatDoesNotFit) {
    ThreadPool pool(1);
    PlantedFeedbackOptions options;
    for (const FeedbackShape shape : {FeedbackShape{0, 5, 5}, FeedbackShape{5, 0, 5},
                                      FeedbackShape{5, 6, 31}, FeedbackShape{5, 6, 24}}) {
        options.shape = shape;
        const auto made = planted_feedback(options, pool);
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
    }
}

TEST(PlantedFeedback, IsWrittenAsItsHeaderTells) {
    const std::filesystem::path file =
        std::filesystem::path(testing::TempDir()) / "planted_feedback_test.bin";
    const CsrMatrix matrix = make(kSmall, 1, 1);
    ASSERT_TRUE(write_feedback(file, matrix));
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    std::filesystem::remove(file);
    EXPECT_EQ(bytes.substr(0, 8), "ATTUNEF1");
    EXPECT_EQ(bytes.size(),
              8 + 3 * 8 + 8 * (kSmall.num_customers + 1) + 8 * kSmall.num_interactions);
    EXPECT_EQ(write_feedback("/nowhere/file", matrix).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace attune
