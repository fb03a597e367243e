#include "features/catalogue.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

Product product(const std::string& id, const std::string& category) {
    Product made;
    made.id = id;
    made.name = "Product " + id;
    made.category = category;
    return made;
}

TEST(Catalogue, TellsWhatIsAvailableWhen) {
    Product always = product("a", "LOANS");
    Product off = product("b", "LOANS");
    off.available = false;
    Product later = product("c", "LOANS");
    later.available_from = Timestamp{100};
    later.available_until = Timestamp{200};
    const Catalogue catalogue({later, off, always});
    for (const std::int64_t ms : {-1'000L, 99L, 100L, 199L, 200L}) {
        EXPECT_TRUE(catalogue.is_available(ProductIndex(0), Timestamp{ms}));
        EXPECT_FALSE(catalogue.is_available(ProductIndex(1), Timestamp{ms}));
        EXPECT_EQ(catalogue.is_available(ProductIndex(2), Timestamp{ms}), ms >= 100 && ms < 200);
    }
}

TEST(Catalogue, PutsProductsThatAskTheSameIntoOneClass) {
    std::vector<Product> products;
    for (const char* id : {"a", "b", "c"}) products.push_back(product(id, "LOANS"));
    products[1].eligibility.notes = {"Lending criteria apply."};
    products[2].eligibility.minimum_age = 18;
    products.push_back(product("d", "CARDS"));
    const Catalogue catalogue(products);
    EXPECT_EQ(catalogue.eligibility_class_of(ProductIndex(0)), 0U);
    EXPECT_EQ(catalogue.eligibility_class_of(ProductIndex(1)), 0U) << "notes are not asked";
    EXPECT_EQ(catalogue.eligibility_class_of(ProductIndex(2)), 1U);
    EXPECT_EQ(catalogue.eligibility_class_of(ProductIndex(3)), 2U) << "another category";
    EXPECT_EQ(catalogue.eligibility_classes(),
              (std::vector{ProductIndex(0), ProductIndex(2), ProductIndex(3)}));
}

TEST(Catalogue, EveryRuleMakesAClassOfItsOwn) {
    const Money aud{100, {'A', 'U', 'D'}};
    std::vector<Eligibility> rules(10);
    rules[1].minimum_age = 18;
    rules[2].maximum_age = 18;
    rules[3].customer_kind = CustomerKind::kPerson;
    rules[4].customer_kind = CustomerKind::kOrganisation;
    rules[5].residencies = {"AU"};
    rules[6].minimum_income = aud;
    rules[7].minimum_revenue = aud;
    rules[8].occupations = {"AU"};
    rules[9].minimum_income = Money{100};
    std::vector<Product> products;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        products.push_back(product(std::to_string(i), "LOANS"));
        products.back().eligibility = rules[i];
    }
    const Catalogue catalogue(products);
    EXPECT_EQ(catalogue.eligibility_classes().size(), rules.size());
}

}  // namespace
}  // namespace attune
