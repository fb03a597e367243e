#include "ranking/eligibility.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace attune {
namespace {

using Answer = EligibilityAnswer;
using Rule = EligibilityRule;

Money money(std::int64_t major, std::string_view currency = "AUD") {
    return money_from_major(static_cast<double>(major), currency).value();
}

Customer person() {
    Customer customer;
    customer.id = "c";
    return customer;
}

Customer organisation() {
    Customer customer = person();
    customer.kind = CustomerKind::kOrganisation;
    return customer;
}

Customer aged(int age) {
    Customer customer = person();
    customer.age = age;
    return customer;
}

Customer earning(Money income) {
    Customer customer = person();
    customer.income = income;
    return customer;
}

Customer turning_over(std::optional<double> minimum, std::optional<double> maximum) {
    Customer customer = organisation();
    customer.revenue = Range{minimum, maximum};
    return customer;
}

Customer resident(std::string country) {
    Customer customer = person();
    customer.residency = std::move(country);
    return customer;
}

Customer working(std::string occupation) {
    Customer customer = person();
    customer.occupation = std::move(occupation);
    return customer;
}

struct Case {
    std::string name;
    Rule rule;
    std::function<void(Eligibility&)> set;
    std::optional<Customer> customer;
    Answer answer;
    std::string known;
};

std::vector<Case> cases() {
    const auto kind = [](Eligibility& e) { e.customer_kind = CustomerKind::kPerson; };
    const auto from_18 = [](Eligibility& e) { e.minimum_age = 18; };
    const auto to_25 = [](Eligibility& e) { e.maximum_age = 25; };
    const auto resides = [](Eligibility& e) { e.residencies = {"AU", "NZ"}; };
    const auto earns = [](Eligibility& e) { e.minimum_income = money(35'000); };
    const auto business_earns = [](Eligibility& e) {
        e.minimum_income = money(35'000);
        e.customer_kind = CustomerKind::kOrganisation;
    };
    const auto turns = [](Eligibility& e) { e.minimum_revenue = money(1'000'000); };
    const auto works = [](Eligibility& e) { e.occupations = {"nurse", "police officer"}; };
    const auto nothing = [](Eligibility&) {};
    const auto noted = [](Eligibility& e) { e.notes = {"New customers only"}; };
    return {
        {"kind not asked", Rule::kCustomerKind, nothing, person(), Answer::kNotAsked, "person"},
        {"kind met", Rule::kCustomerKind, kind, person(), Answer::kMet, "person"},
        {"kind not met", Rule::kCustomerKind, kind, organisation(), Answer::kNotMet,
         "organisation"},
        {"kind unknown", Rule::kCustomerKind, kind, std::nullopt, Answer::kUnknown, ""},
        {"young enough below", Rule::kMinimumAge, from_18, aged(17), Answer::kNotMet, "17"},
        {"minimum age inclusive", Rule::kMinimumAge, from_18, aged(18), Answer::kMet, "18"},
        {"age unknown", Rule::kMinimumAge, from_18, person(), Answer::kUnknown, ""},
        {"age of nobody", Rule::kMinimumAge, from_18, std::nullopt, Answer::kUnknown, ""},
        {"age not asked", Rule::kMinimumAge, nothing, aged(3), Answer::kNotAsked, "3"},
        {"minimum age of a firm", Rule::kMinimumAge, from_18, organisation(), Answer::kNotAsked,
         ""},
        {"maximum age inclusive", Rule::kMaximumAge, to_25, aged(25), Answer::kMet, "25"},
        {"too old", Rule::kMaximumAge, to_25, aged(26), Answer::kNotMet, "26"},
        {"maximum age unknown", Rule::kMaximumAge, to_25, person(), Answer::kUnknown, ""},
        {"maximum age not asked", Rule::kMaximumAge, nothing, aged(99), Answer::kNotAsked, "99"},
        {"maximum age of a firm", Rule::kMaximumAge, to_25, organisation(), Answer::kNotMet, ""},
        {"resident", Rule::kResidency, resides, resident("NZ"), Answer::kMet, "NZ"},
        {"resident elsewhere", Rule::kResidency, resides, resident("DE"), Answer::kNotMet, "DE"},
        {"residency unknown", Rule::kResidency, resides, person(), Answer::kUnknown, ""},
        {"residency not asked", Rule::kResidency, nothing, person(), Answer::kNotAsked, ""},
        {"income inclusive", Rule::kMinimumIncome, earns, earning(money(35'000)), Answer::kMet,
         "35,000.00 AUD"},
        {"income too low", Rule::kMinimumIncome, earns, earning(money(34'999)), Answer::kNotMet,
         "34,999.00 AUD"},
        {"income in euros", Rule::kMinimumIncome, earns, earning(money(90'000, "EUR")),
         Answer::kUnknown, "90,000.00 EUR"},
        {"income unknown", Rule::kMinimumIncome, earns, person(), Answer::kUnknown, ""},
        {"income not asked", Rule::kMinimumIncome, nothing, person(), Answer::kNotAsked, ""},
        {"income of a firm", Rule::kMinimumIncome, earns, organisation(), Answer::kNotMet, ""},
        {"income of a firm for firms", Rule::kMinimumIncome, business_earns, organisation(),
         Answer::kUnknown, ""},
        {"revenue surely enough", Rule::kMinimumRevenue, turns, turning_over(1e6, 5e6),
         Answer::kMet, "1000000-5000000"},
        {"revenue open above", Rule::kMinimumRevenue, turns, turning_over(2e6, std::nullopt),
         Answer::kMet, "2000000+"},
        {"revenue surely too low", Rule::kMinimumRevenue, turns, turning_over(std::nullopt, 9e5),
         Answer::kNotMet, "<900000"},
        {"revenue straddles", Rule::kMinimumRevenue, turns, turning_over(5e5, 2e6),
         Answer::kUnknown, "500000-2000000"},
        {"revenue unknown", Rule::kMinimumRevenue, turns, organisation(), Answer::kUnknown, ""},
        {"revenue of a person", Rule::kMinimumRevenue, turns, person(), Answer::kNotMet, ""},
        {"revenue of nobody", Rule::kMinimumRevenue, turns, std::nullopt, Answer::kUnknown, ""},
        {"revenue not asked", Rule::kMinimumRevenue, nothing, person(), Answer::kNotAsked, ""},
        {"occupation in any case", Rule::kOccupation, works, working("Police Officer"),
         Answer::kMet, "Police Officer"},
        {"other occupation", Rule::kOccupation, works, working("police"), Answer::kNotMet,
         "police"},
        {"occupation unknown", Rule::kOccupation, works, person(), Answer::kUnknown, ""},
        {"occupation of nobody", Rule::kOccupation, works, std::nullopt, Answer::kUnknown, ""},
        {"occupation of a firm", Rule::kOccupation, works, organisation(), Answer::kNotMet, ""},
        {"occupation not asked", Rule::kOccupation, nothing, person(), Answer::kNotAsked, ""},
        {"a note", Rule::kNote, noted, person(), Answer::kUnknown, ""},
        {"no note", Rule::kNote, nothing, person(), Answer::kNotAsked, ""},
    };
}

TEST(Eligibility, AnswersEveryRule) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Eligibility eligibility;
        each.set(eligibility);
        const Customer* profile = each.customer ? &*each.customer : nullptr;
        EXPECT_EQ(answer_rule(each.rule, eligibility, profile), each.answer);
        EXPECT_EQ(known_text(each.rule, profile), each.known);
    }
}

TEST(Eligibility, SaysWhatARuleAsksFor) {
    Eligibility rules;
    rules.customer_kind = CustomerKind::kOrganisation;
    rules.minimum_age = 18;
    rules.maximum_age = 65;
    rules.residencies = {"AU", "NZ", "DE"};
    rules.minimum_income = money(35'000);
    rules.minimum_revenue = money(2'000'000, "EUR");
    rules.occupations = {"nurse"};
    EXPECT_EQ(required_text(Rule::kCustomerKind, rules), "organisation");
    EXPECT_EQ(required_text(Rule::kMinimumAge, rules), "18");
    EXPECT_EQ(required_text(Rule::kMaximumAge, rules), "65");
    EXPECT_EQ(required_text(Rule::kResidency, rules), "AU, NZ or DE");
    EXPECT_EQ(required_text(Rule::kMinimumIncome, rules), "35,000.00 AUD");
    EXPECT_EQ(required_text(Rule::kMinimumRevenue, rules), "2,000,000.00 EUR");
    EXPECT_EQ(required_text(Rule::kOccupation, rules), "nurse");
    EXPECT_EQ(required_text(Rule::kNote, rules), "");
}

TEST(Eligibility, NamesItsRules) {
    std::vector<std::string_view> names;
    for (const Rule rule : kEligibilityRules) names.push_back(eligibility_rule_name(rule));
    EXPECT_EQ(names, (std::vector<std::string_view>{"customer_kind", "minimum_age", "maximum_age",
                                                    "residency", "minimum_income",
                                                    "minimum_revenue", "occupation", "note"}));
}

}  // namespace
}  // namespace attune
