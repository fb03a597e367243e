#include "ranking/tie_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ranking/mmr.hpp"
#include "ranking/pipeline.hpp"
#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using testing::ElementsAre;

const Tokenizer& tokenizer() {
    static const Tokenizer made = Tokenizer::create({}).value();
    return made;
}

Product deposit(std::string id, std::string name, std::string brand = "") {
    Product product = test::product(std::move(id), "TERM_DEPOSITS", std::move(brand));
    product.name = std::move(name);
    return product;
}

/// Ids in tie order.
std::vector<std::string> order_of(const std::vector<Product>& products) {
    const Catalogue catalogue(products);
    const std::vector<std::uint32_t> order = make_tie_order(catalogue, tokenizer());
    std::vector<std::string> ids(products.size());
    for (std::size_t p = 0; p < ids.size(); ++p) ids[order[p]] = catalogue.products()[p].id;
    return ids;
}

TEST(TieOrder, PutsPlainNamesBeforeOddOnes) {
    EXPECT_THAT(order_of({deposit("a", "TD Parent Visa Bank Guarantee"),
                          deposit("b", "Farm Management Term Deposit"),
                          deposit("c", "Farm Management Term Deposit", "Other"),
                          deposit("d", "Zed Bank Term Deposit", "Zed Bank"),
                          deposit("e", "Term Deposit"), deposit("f", "Term Deposit")}),
                ElementsAre("d", "e", "f", "b", "c", "a"));
}

TEST(TieOrder, PutsSpecialConditionsLast) {
    std::vector<Product> products;
    for (const char* id : {"a", "b", "c", "d", "e", "f", "g"}) {
        products.push_back(deposit(id, "Term Deposit"));
    }
    products[0].eligibility.minimum_age = 55;
    products[1].eligibility.maximum_age = 17;
    products[2].eligibility.occupations = {"student"};
    products[3].attributes["is_tailored"] = true;
    products[4].eligibility.minimum_age = 18;  // like most
    products[5].eligibility.notes = {"one", "two"};
    EXPECT_THAT(order_of(products), ElementsAre("e", "g", "f", "a", "b", "c", "d"));
}

TEST(TieOrder, ThenGoesByFeesAndRates) {
    std::vector<Product> products;
    for (const char* id : {"a", "b", "c", "d"}) products.push_back(deposit(id, "Term Deposit"));
    products[0].fees = {{"Monthly", "PERIODIC", money_from_major(5, "AUD").value(), ""}};
    products[1].rates = {{RateSide::kDeposit, "FIXED", 0.03, ""}};
    products[2].rates = {{RateSide::kDeposit, "FIXED", 0.04, ""}};
    EXPECT_THAT(order_of(products), ElementsAre("c", "b", "d", "a"));
    for (Product& product : products) {
        for (Rate& rate : product.rates) rate.side = RateSide::kLending;
    }
    EXPECT_THAT(order_of(products), ElementsAre("b", "c", "d", "a"));
}

TEST(TieOrder, LeavesProductsWithoutCategoryAlone) {
    std::vector<Product> products{deposit("a", "Very odd thing"), deposit("b", "Thing"),
                                  deposit("c", "Thing")};
    for (Product& product : products) product.category.clear();
    EXPECT_THAT(order_of(products), ElementsAre("a", "b", "c"));
}

/// Says that any two products are as unlike as their indexes are far apart.
class FarApart final : public ProductSimilarity {
 public:
    [[nodiscard]] double between(ProductIndex a, ProductIndex b) const override {
        const auto distance = std::abs(static_cast<double>(a.at()) - static_cast<double>(b.at()));
        return 1 / (1 + distance);
    }
};

TEST(Mmr, KeepsTheOrderOfATieGroup) {
    const std::vector<Candidate> pool{{ProductIndex(0), 2, 0, 7},
                                      {ProductIndex(1), 2, 1, 7},
                                      {ProductIndex(9), 2, 2, 7},
                                      {ProductIndex(5), 1, 0, 8}};
    const auto products = [&](const AdmitRule& admit) {
        std::vector<std::size_t> indexes;
        for (const Candidate& candidate :
             select_mmr(pool, FarApart(), {3, 0.3}, admit, [](ProductIndex) {})) {
            indexes.push_back(candidate.product.at());
        }
        return indexes;
    };
    EXPECT_THAT(products([](ProductIndex) { return true; }), ElementsAre(0, 1, 9));
    EXPECT_THAT(products([](ProductIndex p) { return p.at() != 1; }), ElementsAre(0, 9, 5));
}

TEST(Rank, SaysHowManyProductsTieAndPutsThePlainestFirst) {
    std::vector<Product> products{deposit("a", "TD Parent Visa Bank Guarantee"),
                                  deposit("b", "Term Deposit"),
                                  deposit("c", "Term Deposit"),
                                  test::product("d", "CARDS"),
                                  test::product("e", "CARDS"),
                                  test::product("f", ""),
                                  test::product("g", "")};
    products[2].available = false;
    const Catalogue catalogue(products);
    const test::FixedModel model("fixed", {3, 3, 3, 2, 1, 0, 0});
    const ConstraintRules rules;
    const auto similarity = make_catalogue_similarity(catalogue, {}, tokenizer()).value();
    const auto order = make_tie_order(catalogue, tokenizer());
    const CustomerView nobody = CustomerView::anonymous(test::kNow);
    for (const double lambda : {1.0, 0.5}) {
        const auto list = rank({model, catalogue, rules, *similarity, order}, {nobody, nobody, {}},
                               {10, 100, lambda});
        ASSERT_TRUE(list);
        ASSERT_EQ(list->items.size(), 6U);
        std::vector<std::string> deposits;
        for (const RankedItem& item : list->items) {
            const Product& product = catalogue.product(item.product);
            EXPECT_EQ(item.num_tied, product.category == "TERM_DEPOSITS" ? 1U : 0U) << product.id;
            if (product.category == "TERM_DEPOSITS") deposits.push_back(product.id);
        }
        EXPECT_THAT(deposits, ElementsAre("b", "a"));
    }
}

}  // namespace
}  // namespace attune
