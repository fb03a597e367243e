#include "ranking/similarity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace attune {
namespace {

Product named(std::string id, std::string name, std::string category, std::string brand) {
    Product product;
    product.id = std::move(id);
    product.name = std::move(name);
    product.category = std::move(category);
    product.brand = std::move(brand);
    return product;
}

TEST(CatalogueSimilarity, WeighsCategoryBrandAndWords) {
    const Catalogue catalogue({named("a", "Red Retrospot MUG", "HOME", "Alpha"),
                               named("b", "red mug, large", "HOME", "Beta"),
                               named("c", "RED RETROSPOT MUG", "HOME", "Alpha"),
                               named("d", "Lamp", "", ""), named("e", "Torch", "", ""),
                               named("f", "!!", "", "")});
    const auto similarity = make_catalogue_similarity(catalogue, {0.5, 0.2, 0.3});
    ASSERT_TRUE(similarity);
    const auto between = [&](std::size_t a, std::size_t b) {
        return (*similarity)->between(ProductIndex(a), ProductIndex(b));
    };
    EXPECT_NEAR(between(0, 1), 0.5 + 0.3 * 2 / 4, 1e-12);
    EXPECT_NEAR(between(0, 2), 1, 1e-12);
    EXPECT_EQ(between(3, 4), 0);  // no category in common: neither has one
    EXPECT_EQ(between(3, 3), 1);
    EXPECT_EQ(between(5, 4), 0);
    for (std::size_t a = 0; a < 6; ++a) {
        for (std::size_t b = 0; b < 6; ++b) EXPECT_EQ(between(a, b), between(b, a));
    }
}

TEST(CatalogueSimilarity, RefusesBadWeights) {
    const Catalogue catalogue({});
    EXPECT_FALSE(make_catalogue_similarity(catalogue, {0, 0, 0}));
    EXPECT_FALSE(make_catalogue_similarity(catalogue, {1, -1, 1}));
    EXPECT_FALSE(make_catalogue_similarity(catalogue, {1, 1, std::nan("")}));
    EXPECT_TRUE(make_catalogue_similarity(catalogue, {0, 0, 2}));
}

}  // namespace
}  // namespace attune
