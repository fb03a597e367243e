#include "ranking/eligibility_defaults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ranking/constraints.hpp"
#include "ranking/pipeline.hpp"
#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using test::kNow;
using testing::HasSubstr;

std::vector<Verdict> verdicts_of(const ConstraintRules& rules, const Catalogue& catalogue,
                                 const CustomerView& customer) {
    const RequestFilter anything;
    const ConstraintStage stage(rules, catalogue, customer, anything);
    std::vector<Verdict> verdicts;
    for (std::size_t p = 0; p < catalogue.num_products(); ++p) {
        verdicts.push_back(stage.check(ProductIndex(p)));
    }
    return verdicts;
}

/// One product of a category that states nothing, and a customer.
struct Scene {
    Product product = test::product("x", "RESIDENTIAL_MORTGAGES");
    Customer customer;
    bool known = true;
    ConstraintRules rules;

    [[nodiscard]] Verdict verdict() const {
        const Catalogue catalogue({product});
        const CustomerView view{known ? &customer : nullptr, {}, kNow};
        EXPECT_TRUE(validate(rules));
        return ConstraintStage(rules, catalogue, view, {}).check(ProductIndex(0));
    }
};

TEST(EligibilityDefaults, NoCreditForAChild) {
    for (const char* category : {"RESIDENTIAL_MORTGAGES", "CRED_AND_CHRG_CARDS", "PERS_LOANS",
                                 "MARGIN_LOANS", "LEASES", "OVERDRAFTS"}) {
        Scene scene;
        scene.product.category = category;
        scene.customer.age = 9;
        EXPECT_EQ(scene.verdict().refusal, Refusal::kDefaultMinimumAge) << category;
        EXPECT_EQ(scene.verdict().text, std::string("asks for a minimum age of 18 (by default for "
                                                    "the category ") +
                                            category +
                                            "; the product states none); the customer's is 9");
        scene.customer.age = 18;
        EXPECT_TRUE(scene.verdict().allowed) << category;
    }
    Scene savings;
    savings.product.category = "TRANS_AND_SAVINGS_ACCOUNTS";
    savings.customer.age = 9;
    EXPECT_TRUE(savings.verdict().allowed);
}

TEST(EligibilityDefaults, GiveWayToWhatTheProductStates) {
    Scene scene;
    scene.product.eligibility.minimum_age = 21;
    scene.customer.age = 20;
    EXPECT_EQ(scene.verdict().refusal, Refusal::kMinimumAge);
    scene.product.eligibility.minimum_age = 16;
    scene.customer.age = 17;
    EXPECT_TRUE(scene.verdict().allowed);
    scene.product.eligibility.customer_kind = CustomerKind::kOrganisation;
    EXPECT_EQ(scene.verdict().refusal, Refusal::kCustomerKind);
    scene.customer.kind = CustomerKind::kOrganisation;
    scene.customer.age.reset();
    EXPECT_TRUE(scene.verdict().allowed);
}

TEST(EligibilityDefaults, NoHomeLoanForAnOrganisationNorTradeFinanceForAPerson) {
    Scene scene;
    scene.customer.kind = CustomerKind::kOrganisation;
    EXPECT_EQ(scene.verdict().refusal, Refusal::kDefaultCustomerKind);
    EXPECT_THAT(scene.verdict().text, HasSubstr("by default for the category RESIDENTIAL_MORT"));
    scene.product.category = "TRADE_FINANCE";
    EXPECT_TRUE(scene.verdict().allowed);
    scene.customer.kind = CustomerKind::kPerson;
    scene.customer.age = 40;
    EXPECT_EQ(scene.verdict().refusal, Refusal::kDefaultCustomerKind);
}

TEST(EligibilityDefaults, AreToBeCheckedOrRefusedWhereTheCustomerIsNotKnown) {
    Scene scene;
    const std::vector<Condition> of_age{{EligibilityRule::kMinimumAge, "18", ""}};
    EXPECT_EQ(scene.verdict().conditions, of_age);
    scene.rules.unknown_policies[EligibilityRule::kMinimumAge] = UnknownPolicy::kRefuse;
    EXPECT_EQ(scene.verdict().refusal, Refusal::kUnknownField);
    EXPECT_THAT(scene.verdict().text, HasSubstr("a minimum age of 18 (by default"));
    scene.rules = {};
    scene.known = false;
    EXPECT_EQ(scene.verdict().conditions.size(), 2U);
}

TEST(EligibilityDefaults, CanBeChangedAndSwitchedOff) {
    Scene scene;
    scene.customer.age = 19;
    scene.rules.eligibility_defaults.credit_minimum_age = 20;
    EXPECT_EQ(scene.verdict().refusal, Refusal::kDefaultMinimumAge);
    scene.rules.eligibility_defaults.credit_minimum_age = 0;
    EXPECT_TRUE(scene.verdict().allowed);
    scene.customer.age = 9;
    scene.rules.eligibility_defaults = {18, {"CARS"}, {}, {}, {}};
    EXPECT_TRUE(scene.verdict().allowed);
    EXPECT_FALSE(validate(EligibilityDefaults{-1, {}, {}, {}, {}}));
    EXPECT_FALSE(validate(EligibilityDefaults{18, {}, {"CARS"}, {"CARS"}, {}}));
}

TEST(EligibilityDefaults, TellBusinessProductsByTheirNames) {
    std::vector<Product> products{test::product("a", "TERM_DEPOSITS"),
                                  test::product("b", "TERM_DEPOSITS"),
                                  test::product("c", "TERM_DEPOSITS")};
    products[0].name = "The BUSINESS-Deposit";
    products[1].name = "Businesslike deposit";
    products[2].name = "Business deposit for you";
    products[2].eligibility.customer_kind = CustomerKind::kPerson;
    const Catalogue catalogue(products);
    ConstraintRules rules;
    rules.organisation_product_ids = rules.eligibility_defaults.organisation_products(catalogue);
    EXPECT_EQ(rules.organisation_product_ids, std::vector<std::string>{"a"});
    const Customer person;
    const auto verdicts = verdicts_of(rules, catalogue, {&person, {}, kNow});
    EXPECT_EQ(verdicts[0].refusal, Refusal::kDefaultCustomerKind);
    EXPECT_EQ(verdicts[0].text,
              "asks for customers of the kind organisation (by its name; the product states none); "
              "the customer's is person");
    EXPECT_TRUE(verdicts[1].allowed);
    EXPECT_TRUE(verdicts[2].allowed);
    Customer firm;
    firm.kind = CustomerKind::kOrganisation;
    EXPECT_TRUE(verdicts_of(rules, catalogue, {&firm, {}, kNow})[0].allowed);
}

TEST(EligibilityDefaults, HoldInEveryListWithAndWithoutConsent) {
    std::vector<Product> products;
    for (const std::string& category : EligibilityDefaults{}.credit_categories) {
        products.push_back(test::product("of " + category, category));
    }
    const Catalogue catalogue(products);
    const test::FixedModel model("fixed", std::vector<double>(products.size(), 1));
    const Tokenizer tokenizer = Tokenizer::create({}).value();
    const auto similarity = make_catalogue_similarity(catalogue, {}, tokenizer).value();
    Customer child;
    child.age = 9;
    const CustomerView known{&child, {}, kNow};
    for (const CustomerView& scoring : {known, CustomerView::anonymous(kNow)}) {
        const auto list = rank({model, catalogue, {}, *similarity}, {scoring, known, {}}, {});
        ASSERT_TRUE(list);
        EXPECT_TRUE(list->items.empty());
        EXPECT_EQ(list->counts.refused(Refusal::kDefaultMinimumAge), 6U);
        EXPECT_EQ(list->counts.refused(Refusal::kDefaultCustomerKind), 2U);
    }
    for (const Verdict& verdict : verdicts_of({}, catalogue, known)) {
        EXPECT_FALSE(verdict.allowed);
    }
}

TEST(Conditions, AreNamedOnceHoweverOftenTheyAreWritten) {
    Scene scene;
    scene.customer.age = 30;
    scene.product.eligibility.notes = {"Lending criteria apply.", "Other note",
                                       "LENDING  criteria apply"};
    const std::vector<Condition> once{{EligibilityRule::kNote, "Lending criteria apply.", ""},
                                      {EligibilityRule::kNote, "Other note", ""}};
    EXPECT_EQ(scene.verdict().conditions, once);
}

}  // namespace
}  // namespace attune
