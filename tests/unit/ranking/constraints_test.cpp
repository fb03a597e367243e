#include "ranking/constraints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "ranking/caps.hpp"
#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using test::interaction;
using test::kNow;
using testing::HasSubstr;

/// One product "x" under test and a second one of the same category.
struct Scene {
    Product product = test::product("x", "LOANS", "Alpha");
    Customer customer;
    bool known = true;
    std::vector<Interaction> history;  ///< product 0 is "x", 1 is "y"
    ConstraintRules rules;
    RequestFilter filter;

    [[nodiscard]] Verdict verdict() const {
        const Catalogue catalogue(
            {product, test::product("y", "LOANS", "Beta"), test::product("z", "CARDS", "Beta")});
        const CustomerView view{known ? &customer : nullptr, history, kNow};
        EXPECT_TRUE(validate(rules));
        EXPECT_TRUE(validate(filter, catalogue));
        return ConstraintStage(rules, catalogue, view, filter).check(ProductIndex(0));
    }
};

struct Case {
    std::string name;
    std::function<void(Scene&)> set;
    std::optional<Refusal> refusal;
    std::string text;  ///< part of it
};

std::vector<Case> availability_cases() {
    return {
        {"nothing against it", [](Scene&) {}, std::nullopt, ""},
        {"switched off", [](Scene& s) { s.product.available = false; }, Refusal::kUnavailable,
         "is not available"},
        {"not yet", [](Scene& s) { s.product.available_from = add_days(kNow, 1); },
         Refusal::kNotYetAvailable, "available only from 2011-10-31"},
        {"from this very moment", [](Scene& s) { s.product.available_from = kNow; }, std::nullopt,
         ""},
        {"until this very moment", [](Scene& s) { s.product.available_until = kNow; },
         Refusal::kNoLongerAvailable, "until 2011-10-30"},
        {"until tomorrow", [](Scene& s) { s.product.available_until = add_days(kNow, 1); },
         std::nullopt, ""},
    };
}

std::vector<Case> eligibility_cases() {
    const auto wants_18 = [](Scene& s) { s.product.eligibility.minimum_age = 18; };
    return {
        {"too young",
         [=](Scene& s) {
             wants_18(s);
             s.customer.age = 16;
         },
         Refusal::kMinimumAge, "a minimum age of 18; the customer's is 16"},
        {"too old",
         [](Scene& s) {
             s.product.eligibility.maximum_age = 25;
             s.customer.age = 26;
         },
         Refusal::kMaximumAge, "a maximum age of 25; the customer's is 26"},
        {"other kind",
         [](Scene& s) { s.product.eligibility.customer_kind = CustomerKind::kOrganisation; },
         Refusal::kCustomerKind, "the kind organisation; the customer's is person"},
        {"other country",
         [](Scene& s) {
             s.product.eligibility.residencies = {"AU"};
             s.customer.residency = "DE";
         },
         Refusal::kResidency, "residency in AU; the customer's is DE"},
        {"income too low",
         [](Scene& s) {
             s.product.eligibility.minimum_income = money_from_major(35'000, "AUD").value();
             s.customer.income = money_from_major(20'000, "AUD").value();
         },
         Refusal::kMinimumIncome, "35,000.00 AUD; the customer's is 20,000.00 AUD"},
        {"revenue of a person",
         [](Scene& s) {
             s.product.eligibility.minimum_revenue = money_from_major(1'000'000, "AUD").value();
         },
         Refusal::kMinimumRevenue, "1,000,000.00 AUD; the customer, a person, has none"},
        {"other occupation",
         [](Scene& s) {
             s.product.eligibility.occupations = {"nurse"};
             s.customer.occupation = "teacher";
         },
         Refusal::kOccupation, "the occupation nurse; the customer's is teacher"},
        {"unknown age is let through", wants_18, std::nullopt, ""},
        {"unknown age under a strict policy",
         [=](Scene& s) {
             wants_18(s);
             s.rules.unknown_policies[EligibilityRule::kMinimumAge] = UnknownPolicy::kRefuse;
         },
         Refusal::kUnknownField, "a minimum age of 18; the customer, a person, has none"},
        {"nobody under a strict policy",
         [=](Scene& s) {
             wants_18(s);
             s.known = false;
             s.rules.unknown_policies[EligibilityRule::kMinimumAge] = UnknownPolicy::kRefuse;
         },
         Refusal::kUnknownField, "nothing is known of the customer"},
        {"a rule that fails is named before one that is unknown",
         [=](Scene& s) {
             wants_18(s);
             s.rules.unknown_policies[EligibilityRule::kMinimumAge] = UnknownPolicy::kRefuse;
             s.product.eligibility.residencies = {"AU"};
             s.customer.residency = "DE";
         },
         Refusal::kResidency, "AU"},
    };
}

std::vector<Case> history_cases() {
    const auto buys_x = [](Scene& s) { s.history = {interaction(0, EventType::kPurchase)}; };
    const auto buys_y = [](Scene& s) { s.history = {interaction(1, EventType::kPurchase)}; };
    const auto dismissed_10_days_ago = [](Scene& s) {
        s.history = {interaction(0, EventType::kDismiss, add_days(kNow, -10))};
    };
    return {
        {"bought", buys_x, Refusal::kHeld, "bought it already"},
        {"bought, and may be bought again",
         [=](Scene& s) {
             buys_x(s);
             s.rules.exclude_held = false;
         },
         std::nullopt, ""},
        {"only viewed", [](Scene& s) { s.history = {interaction(0, EventType::kView)}; },
         std::nullopt, ""},
        {"another of the category bought", buys_y, std::nullopt, ""},
        {"one of the category is enough",
         [=](Scene& s) {
             buys_y(s);
             s.rules.exclude_held_category.names = {"LOANS"};
         },
         Refusal::kHeldCategory, "category LOANS"},
        {"one of any category is enough, by the profile",
         [](Scene& s) {
             s.customer.held_categories = {"LOANS", "NOT_IN_THE_CATALOGUE"};
             s.rules.exclude_held_category.all = true;
         },
         Refusal::kHeldCategory, "category LOANS"},
        {"another category is enough",
         [](Scene& s) {
             s.customer.held_categories = {"LOANS"};
             s.rules.exclude_held_category.names = {"CARDS"};
         },
         std::nullopt, ""},
        {"dismissed", dismissed_10_days_ago, Refusal::kDismissed, "dismissed it"},
        {"dismissed lately",
         [=](Scene& s) {
             dismissed_10_days_ago(s);
             s.rules.dismissed_expiry_days = 10.5;
         },
         Refusal::kDismissed, "less than 10.5 days ago"},
        {"dismissed long ago",
         [=](Scene& s) {
             dismissed_10_days_ago(s);
             s.rules.dismissed_expiry_days = 10;
         },
         std::nullopt, ""},
        {"dismissals do not count",
         [=](Scene& s) {
             dismissed_10_days_ago(s);
             s.rules.exclude_dismissed = false;
         },
         std::nullopt, ""},
    };
}

std::vector<Case> request_cases() {
    return {
        {"left out",
         [](Scene& s) {
             s.filter.excluded_ids = {"x", "z"};
         },
         Refusal::kExcluded, "leaves it out"},
        {"another left out", [](Scene& s) { s.filter.excluded_ids = {"y"}; }, std::nullopt, ""},
        {"other category", [](Scene& s) { s.filter.categories = {"CARDS"}; },
         Refusal::kOutsideCategory, "category LOANS"},
        {"its category",
         [](Scene& s) {
             s.filter.categories = {"CARDS", "LOANS"};
         },
         std::nullopt, ""},
        {"other brand", [](Scene& s) { s.filter.brands = {"Beta"}; }, Refusal::kOutsideBrand,
         "brand 'Alpha'"},
        {"its brand", [](Scene& s) { s.filter.brands = {"Alpha"}; }, std::nullopt, ""},
    };
}

void check_cases(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        SCOPED_TRACE(each.name);
        Scene scene;
        each.set(scene);
        const Verdict verdict = scene.verdict();
        EXPECT_EQ(verdict.refusal, each.refusal);
        EXPECT_EQ(verdict.allowed, !each.refusal.has_value());
        EXPECT_THAT(verdict.text, HasSubstr(each.text));
        EXPECT_EQ(verdict.text.empty(), verdict.allowed);
        EXPECT_TRUE(verdict.allowed || verdict.conditions.empty());
    }
}

TEST(Constraints, Availability) {
    check_cases(availability_cases());
}
TEST(Constraints, Eligibility) {
    check_cases(eligibility_cases());
}
TEST(Constraints, History) {
    check_cases(history_cases());
}
TEST(Constraints, Request) {
    check_cases(request_cases());
}

TEST(Constraints, FlagsWhatIsToBeChecked) {
    Scene scene;
    scene.product.eligibility.minimum_income = money_from_major(35'000, "AUD").value();
    scene.product.eligibility.residencies = {"AU"};
    scene.product.eligibility.minimum_age = 18;
    scene.product.eligibility.notes = {"New customers only"};
    scene.customer.age = 30;
    scene.customer.income = money_from_major(50'000, "EUR").value();
    const std::vector<Condition> expected{
        {EligibilityRule::kResidency, "AU", ""},
        {EligibilityRule::kMinimumIncome, "35,000.00 AUD", "50,000.00 EUR"},
        {EligibilityRule::kNote, "New customers only", ""}};
    EXPECT_EQ(scene.verdict().conditions, expected);

    scene.known = false;
    EXPECT_EQ(scene.verdict().conditions.size(), 4U);
}

TEST(Constraints, TellWhyNotEachProduct) {
    const Catalogue catalogue = test::numbered_catalogue(4, 2, 2);
    const std::vector<Interaction> history{interaction(1, EventType::kPurchase),
                                           interaction(2, EventType::kDismiss)};
    const ConstraintRules rules;
    const RequestFilter filter;
    const ConstraintStage stage(rules, catalogue, {nullptr, history, kNow}, filter);
    EXPECT_TRUE(stage.check(ProductIndex(0)).allowed);
    EXPECT_EQ(stage.check(ProductIndex(1)).refusal, Refusal::kHeld);
    EXPECT_EQ(stage.check(ProductIndex(2)).refusal, Refusal::kDismissed);
    EXPECT_TRUE(stage.check(ProductIndex(3)).allowed);
}

TEST(Constraints, RefuseBadRulesAndFilters) {
    ConstraintRules rules;
    for (const double days : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
        rules.dismissed_expiry_days = days;
        const Status status = validate(rules);
        ASSERT_FALSE(status);
        EXPECT_THAT(status.error().message, HasSubstr("dismissed_expiry_days"));
    }
    const Catalogue catalogue = test::numbered_catalogue(30, 25, 3);
    const Status category = validate(RequestFilter{{"C99"}, {}, {}, {}}, catalogue);
    ASSERT_FALSE(category);
    EXPECT_THAT(category.error().message, HasSubstr("'C99'; there are: C0, C1, C10"));
    EXPECT_THAT(category.error().message, HasSubstr(" and 5 more"));
    const Status excluded = validate(RequestFilter{{}, {}, {"no such id"}, {}}, catalogue);
    ASSERT_FALSE(excluded);
    EXPECT_THAT(excluded.error().message, HasSubstr("'no such id' to leave out"));
    const Status brand = validate(RequestFilter{{}, {"B9"}, {}, {}}, catalogue);
    ASSERT_FALSE(brand);
    EXPECT_THAT(brand.error().message, HasSubstr("'B9'; there are: B0, B1, B2"));
}

TEST(Constraints, EveryRefusalHasItsOwnName) {
    std::set<std::string_view> names;
    for (std::size_t r = 0; r < kNumRefusals; ++r) {
        names.insert(refusal_name(static_cast<Refusal>(r)));
    }
    EXPECT_EQ(names.size(), kNumRefusals);
    EXPECT_EQ(refusal_name(Refusal::kBrandCap), "brand_cap");
}

TEST(Caps, CountCategoriesAndBrands) {
    const Catalogue catalogue({test::product("a", "X", "B1"), test::product("b", "X", "B2"),
                               test::product("c", "Y", "B1"), test::product("d", "Y", ""),
                               test::product("e", "Z", ""), test::product("f", "Y", "B3")});
    ConstraintRules rules;
    rules.category_cap = 1;
    rules.category_caps = {{"Y", 2}, {"Z", 0}};
    rules.brand_cap = 1;
    CapCounter caps(rules, catalogue);
    EXPECT_EQ(caps.refusal(ProductIndex(0)), std::nullopt);
    caps.take(ProductIndex(0));
    EXPECT_EQ(caps.refusal(ProductIndex(1)), Refusal::kCategoryCap);
    EXPECT_EQ(caps.refusal(ProductIndex(2)), Refusal::kBrandCap);
    caps.take(ProductIndex(3));
    EXPECT_EQ(caps.refusal(ProductIndex(5)), std::nullopt);
    caps.take(ProductIndex(5));
    EXPECT_EQ(caps.refusal(ProductIndex(3)), Refusal::kCategoryCap);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(caps.refusal(ProductIndex(4)), std::nullopt);
        caps.take(ProductIndex(4));
    }
}

}  // namespace
}  // namespace attune
