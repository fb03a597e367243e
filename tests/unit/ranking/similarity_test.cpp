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

const Tokenizer& tokenizer() {
    static const Tokenizer english = Tokenizer::create({}).value();
    return english;
}

TEST(CatalogueSimilarity, WeighsCategoryBrandAndText) {
    std::vector<Product> products{named("a", "Red Retrospot MUG", "HOME", "Alpha"),
                                  named("b", "large mugs", "HOME", "Beta"),
                                  named("c", "red retrospot mug", "HOME", "Alpha"),
                                  named("d", "Lamp", "", ""),
                                  named("e", "Torch", "", ""),
                                  named("f", "!!", "", "")};
    products[4].features = {{"DIGITAL_WALLET", "pays by lamp"}};
    const Catalogue catalogue(products);
    const auto similarity = make_catalogue_similarity(catalogue, {0.5, 0.2, 0.3}, tokenizer());
    ASSERT_TRUE(similarity);
    const auto between = [&](std::size_t a, std::size_t b) {
        return (*similarity)->between(ProductIndex(a), ProductIndex(b));
    };
    // Terms of a: red, retrospot (idf ln 3 each), mug (ln 2); of b: large (ln 6), mug.
    const double a = std::hypot(std::log(3), std::log(3), std::log(2));
    const double b = std::hypot(std::log(6), std::log(2));
    EXPECT_NEAR(between(0, 1), 0.5 + 0.3 * std::log(2) * std::log(2) / (a * b), 1e-12);
    EXPECT_NEAR(between(0, 2), 1, 1e-12);
    EXPECT_GT(between(3, 4), 0);    // the lamp
    EXPECT_LT(between(3, 4), 0.3);  // no category in common: neither has one
    EXPECT_EQ(between(3, 3), 1);
    EXPECT_EQ(between(5, 4), 0);
    for (std::size_t x = 0; x < 6; ++x) {
        for (std::size_t y = 0; y < 6; ++y) EXPECT_EQ(between(x, y), between(y, x));
    }
}

TEST(CatalogueSimilarity, HandlesLongTexts) {
    std::vector<Product> products{named("a", "Account", "", ""), named("b", "Account", "", "")};
    for (int i = 0; i < 200; ++i) {
        // Letters only, for numbers are no terms.
        const std::string word{static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26),
                               'x', 'q', 'z'};
        products[static_cast<std::size_t>(i % 2)].description += " " + word;
    }
    const auto similarity = make_catalogue_similarity(Catalogue(products), {0, 0, 1}, tokenizer());
    ASSERT_TRUE(similarity);
    EXPECT_EQ((*similarity)->between(ProductIndex(0), ProductIndex(1)), 0);
}

TEST(CatalogueSimilarity, RefusesBadWeights) {
    const Catalogue catalogue({});
    EXPECT_FALSE(make_catalogue_similarity(catalogue, {0, 0, 0}, tokenizer()));
    EXPECT_FALSE(make_catalogue_similarity(catalogue, {1, -1, 1}, tokenizer()));
    EXPECT_FALSE(make_catalogue_similarity(catalogue, {1, 1, std::nan("")}, tokenizer()));
    EXPECT_TRUE(make_catalogue_similarity(catalogue, {0, 0, 2}, tokenizer()));
}

}  // namespace
}  // namespace attune
