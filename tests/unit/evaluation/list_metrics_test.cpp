#include "evaluation/list_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/evaluation/sample_data.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;

Product product(std::string id, std::string name, std::string category, std::string description) {
    Product result;
    result.id = std::move(id);
    result.name = std::move(name);
    result.category = std::move(category);
    result.description = std::move(description);
    return result;
}

std::shared_ptr<const Catalogue> three_products() {
    std::vector<Product> products{
        product("a", "Gold Card", "CARDS", ""),
        product("b", "gold-saver", "SAVINGS", "Save; save!"),
        product("c", "Gold card", "Cards", "Travel"),
    };
    products[2].features.push_back({"INSURANCE", ""});
    return std::make_shared<const Catalogue>(std::move(products));
}

const std::vector<ProductIndex> kAllThree{ProductIndex(0), ProductIndex(1), ProductIndex(2)};

TEST(Similarity, OfWordsIsTheShareOfCommonOnes) {
    const auto similarity = word_similarity(*three_products());
    // {gold card cards} against {gold saver savings save}: 1 of 6.
    EXPECT_NEAR(similarity(ProductIndex(0), ProductIndex(1)), 1.0 / 6, 1e-12);
    EXPECT_NEAR(similarity(ProductIndex(1), ProductIndex(0)), 1.0 / 6, 1e-12);
    // ... against {gold card cards travel insurance}: 3 of 5.
    EXPECT_NEAR(similarity(ProductIndex(0), ProductIndex(2)), 3.0 / 5, 1e-12);
    EXPECT_EQ(similarity(ProductIndex(1), ProductIndex(1)), 1);
}

TEST(Similarity, OfProductsWithoutWordsIsNone) {
    const Catalogue catalogue({product("a", "--", "", ""), product("b", "!", "", "")});
    const auto similarity = word_similarity(catalogue);
    EXPECT_EQ(similarity(ProductIndex(0), ProductIndex(1)), 0);
    EXPECT_EQ(similarity(ProductIndex(0), ProductIndex(0)), 1);
}

TEST(Diversity, OfListsWithoutPairsIsZero) {
    const SimilarityFunction never = [](ProductIndex, ProductIndex) { return 0.0; };
    EXPECT_EQ(intra_list_diversity({}, never), 0);
    EXPECT_EQ(intra_list_diversity(std::vector{ProductIndex(0)}, never), 0);
    EXPECT_EQ(intra_list_diversity(kAllThree, never), 1);
}

TEST(Novelty, IsTheMeanSelfInformationInBits) {
    const std::vector<std::size_t> counts{8, 2, 0};
    const std::vector<double> bits = self_information_bits(counts, 8);
    EXPECT_THAT(bits, ElementsAre(0, 2, 3));
    EXPECT_NEAR(novelty_bits(kAllThree, bits), 5.0 / 3, 1e-12);
    EXPECT_EQ(novelty_bits({}, bits), 0);
    EXPECT_THAT(self_information_bits(std::vector<std::size_t>{0}, 0), ElementsAre(0));
}

TEST(Coverage, CountsEachProductOnce) {
    const std::vector<ProductIndex> shown{ProductIndex(3), ProductIndex(1), ProductIndex(3)};
    EXPECT_DOUBLE_EQ(catalogue_coverage(shown, 8), 0.25);
    EXPECT_EQ(catalogue_coverage(shown, 0), 0);
    EXPECT_EQ(catalogue_coverage({}, 8), 0);
}

}  // namespace
}  // namespace attune
