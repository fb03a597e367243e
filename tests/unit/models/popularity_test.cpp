#include "models/popularity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

std::vector<double> scores_of(const TrainingData& data, const PopularityOptions& options = {}) {
    const auto model = fit_popularity(data, options);
    EXPECT_TRUE(model);
    std::vector<double> scores(data.num_products());
    (*model)->score(CustomerView::anonymous(kMadeNow), scores);
    return scores;
}

TEST(Popularity, CountsCustomersNotEvents) {
    const TrainingData data =
        made_data(4, {{{0, 1}, {0, 2}, {0, 3}, {1, 1}}, {{1, 5}}, {{1, 9}, {2, 1, 0}}, {{2, 1}}});
    EXPECT_THAT(scores_of(data),
                ElementsAre(DoubleNear(1.0 / 3, 1e-15), 1, DoubleNear(1.0 / 3, 1e-15), 0));
}

TEST(Popularity, ExplainsWithTheShareOfCustomers) {
    const TrainingData data = made_data(2, {{{0, 1}}, {{0, 1}}, {}});
    const auto model = fit_popularity(data, {});
    const auto explanation = (*model)->explain(CustomerView::anonymous(kMadeNow), ProductIndex(0));
    EXPECT_THAT(explanation.evidence, ElementsAre(Evidence{EvidenceKind::kPopularity, "p0", "0.667",
                                                           std::nullopt, 1, "popularity"}));
    EXPECT_THAT((*model)->explain(CustomerView::anonymous(kMadeNow), ProductIndex(1)).evidence,
                ElementsAre());
}

TEST(Popularity, DecayFavoursWhatIsBoughtNow) {
    const TrainingData data = made_data(2, {{{0, 60}}, {{0, 60}}, {{1, 0}}});
    EXPECT_THAT(scores_of(data, {{Strength::kStrongest, 30}}), ElementsAre(0.5, 1));
    EXPECT_THAT(scores_of(data), ElementsAre(1, 0.5));
}

TEST(Popularity, WithoutEventsCountsHoldersOfTheCategory) {
    TrainingData data = made_data(3, {{}, {}, {{0, 1, 0}}, {}});
    data.customers[0].held_categories = {"EVEN", "EVEN", "UNKNOWN"};
    data.customers[1].held_categories = {"EVEN", "ODD"};
    EXPECT_THAT(scores_of(data), ElementsAre(1, 0.5, 1));
    const auto model = fit_popularity(data, {});
    EXPECT_THAT((*model)->explain(data.view(CustomerIndex(3)), ProductIndex(1)).evidence,
                ElementsAre(Evidence{EvidenceKind::kPopularity, "ODD", "0.25", std::nullopt, 0.5,
                                     "popularity"}));
}

TEST(Popularity, OfNothingIsZero) {
    EXPECT_THAT(scores_of(made_data(2, {})), ElementsAre(0, 0));
}

TEST(Popularity, RefusesANegativeHalfLife) {
    EXPECT_FALSE(fit_popularity(made_data(1, {}), {{Strength::kSum, -1}}));
}

TEST(Popularity, RefusesCountsOutOfRange) {
    const TrainingData data = made_data(1, {{{0, 1}}});
    BinaryWriter writer;
    (*fit_popularity(data, {}))->save(writer);
    std::string bytes = writer.bytes();
    bytes.back() = '\x7f';  // the share becomes astronomical
    BinaryReader reader(bytes);
    const auto loaded = load_popularity(reader, data.catalogue);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace attune
