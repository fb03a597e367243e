#include "models/feedback_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "models/model_io.hpp"
#include "models/registry.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

constexpr std::array<std::string_view, 11> kCollaborative{
    "item_knn", "user_knn",    "als", "ease", "slim",     "svd",
    "markov",   "session_knn", "bpr", "warp", "biased_mf"};

TrainingData few_events(float weight) {
    return made_data(4, {{{0, 3}, {1, 2}}, {{1, 3}, {2, 2, weight}}, {{0, 3}, {3, 1}}});
}

TEST(FeedbackChecks, EveryFitRefusesWeightsThatAreNoNumbers) {
    ThreadPool pool(2);
    NullProgress progress;
    for (const std::string_view name : kCollaborative) {
        EXPECT_TRUE(fit_model(name, few_events(1), {}, pool, progress)) << name;
        for (const float weight :
             {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
            const auto fitted = fit_model(name, few_events(weight), {}, pool, progress);
            ASSERT_FALSE(fitted) << name << " takes " << weight;
            EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
            EXPECT_THAT(fitted.error().message, testing::HasSubstr("p2")) << name;
        }
    }
}

TEST(FeedbackChecks, RefuseMorePairsThanCanBeCounted) {
    CsrMatrix matrix;
    matrix.num_rows = 1;
    matrix.num_columns = 1;
    matrix.offsets = {0, std::size_t{1} << 31};
    const auto status = check_pairs(matrix, "als");
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, testing::HasSubstr("2147483648 pairs"));
}

TEST(FeedbackChecks, RefuseStrengthsThatAreNoFloats) {
    TrainingData data = few_events(std::numeric_limits<float>::max());
    data.interactions.push_back(data.interactions[0]);
    data.interactions.back().weight = std::numeric_limits<float>::max();
    data.interactions.push_back(data.interactions.back());
    data.offsets.back() += 2;
    EXPECT_TRUE(feedback_matrix(data, {Strength::kStrongest, 0}, "als"));
    EXPECT_FALSE(feedback_matrix(data, {Strength::kSum, 0}, "als"));
}

// There are no more factors than customers or products, and the report says how many.
TEST(FeedbackChecks, FitsTellHowManyFactorsTheyTook) {
    ThreadPool pool(2);
    NullProgress progress;
    for (const std::string_view name : {"als", "svd", "bpr", "warp", "biased_mf"}) {
        const auto fitted = fit_model(name, few_events(1), {}, pool, progress);
        ASSERT_TRUE(fitted) << name;
        const auto facts = (*fitted)->facts();
        ASSERT_FALSE(facts.empty()) << name;
        EXPECT_EQ(facts[0].name, "factors");
        EXPECT_EQ(std::get<double>(facts[0].value), 3) << name;
    }
}

TEST(SavedRank, IsBoundedWhateverTheFileHolds) {
    const ProductMapping one(1);
    EXPECT_TRUE(check_saved_rank(kMostFactors, one, "svd"));
    EXPECT_FALSE(check_saved_rank(kMostFactors + 1, one, "svd"));
    EXPECT_TRUE(check_saved_rank(1, {}, "svd"));
    EXPECT_FALSE(check_saved_rank(2, {}, "svd"));
}

/// A few bytes that ask for many factors of a catalogue they hold nothing of.
std::string greedy_model(std::string_view name) {
    BinaryWriter writer;
    write_model_header(writer, name, 1);
    write_products(writer, Catalogue({}));
    write_strength_options(writer, {});
    writer.number<std::uint64_t>(10);
    if (name == "svd") {
        writer.number(1.0);
        writer.array(std::vector<double>(1500, 1));
        writer.array(std::vector<float>());
    } else {
        writer.number<std::uint64_t>(1500);
        for (int i = 0; i < 3; ++i) writer.array(std::vector<float>());
    }
    return writer.bytes();
}

TEST(SavedRank, OfSmallFilesIsRefused) {
    for (const std::string_view name : {"svd", "bpr", "warp"}) {
        const std::string bytes = greedy_model(name);
        BinaryReader reader(bytes);
        const auto loaded = load_model(name, reader, few_events(1).catalogue);
        ASSERT_FALSE(loaded) << name;
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
}

}  // namespace
}  // namespace attune
