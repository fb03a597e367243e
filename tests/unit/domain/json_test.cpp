#include "domain/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;

Customer person() {
    Customer customer;
    customer.id = "c1";
    customer.name = "Ada";
    customer.location = "Lisbon";
    customer.residency = "PT";
    customer.age = 41;
    customer.gender = "female";
    customer.income = Money{4'200'000};
    customer.education = "tertiary";
    customer.occupation = "engineer";
    customer.marital_status = "married";
    customer.interests = {"travel"};
    customer.preferences = {"no fees"};
    customer.financial_needs = {"home loan"};
    customer.held_categories = {"TERM_DEPOSITS"};
    customer.attributes = {{"balance", 12.5}, {"default", false}, {"contact", "cellular"}};
    return customer;
}

Customer organisation() {
    Customer customer;
    customer.id = "o1";
    customer.kind = CustomerKind::kOrganisation;
    customer.industry = "retail";
    customer.num_employees = Range{500, 1000};
    customer.revenue = Range{50e6, 80e6};
    return customer;
}

Product product() {
    Product value;
    value.id = "bank/p1";
    value.brand = "bank";
    value.name = "Saver";
    value.category = "TERM_DEPOSITS";
    value.description = "A term deposit.";
    value.features = {{"DIGITAL_BANKING", "app"}, {"OTHER", ""}};
    value.eligibility.minimum_age = 18;
    value.eligibility.maximum_age = 99;
    value.eligibility.customer_kind = CustomerKind::kPerson;
    value.eligibility.residencies = {"AU"};
    value.eligibility.minimum_income = Money{3'500'000, {'A', 'U', 'D'}};
    value.eligibility.minimum_revenue = Money{7'500'000, {'A', 'U', 'D'}};
    value.eligibility.occupations = {"student"};
    value.eligibility.notes = {"new customers only"};
    value.fees = {{"Monthly", "PERIODIC", Money{500}, ""},
                  {"Exit", "EXIT", std::nullopt, "varies"}};
    value.rates = {{RateSide::kDeposit, "FIXED", 0.0475, "12 months"},
                   {RateSide::kLending, "VARIABLE", 0.06, ""}};
    value.available = false;
    value.available_from = from_calendar_day(2021, 6, 24);
    value.available_until = from_calendar_day(2030, 1, 1);
    value.attributes = {{"isTailored", true}};
    return value;
}

TEST(DomainJson, EveryNounReadsBackAsItWasWritten) {
    EXPECT_EQ(customer_from_json(to_json(person())).value(), person());
    EXPECT_EQ(customer_from_json(to_json(organisation())).value(), organisation());
    EXPECT_EQ(product_from_json(to_json(product())).value(), product());
    const Event event{"e1",
                      "c1",
                      "p1",
                      EventType::kPurchase,
                      from_calendar_day(2011, 1, 2),
                      6,
                      Money{255, {'G', 'B', 'P'}},
                      "536365"};
    EXPECT_EQ(event_from_json(to_json(event)).value(), event);
    const Transaction transaction{
        "t1", "c1", from_calendar_day(2011, 1, 2), Money{-1'299}, "food", "shop", "card"};
    EXPECT_EQ(transaction_from_json(to_json(transaction)).value(), transaction);
    const Post post{"x1", "c1", from_calendar_day(2011, 1, 2), "review", "good"};
    EXPECT_EQ(post_from_json(to_json(post)).value(), post);
    const HouseholdRelation relation{"c1", "c2", "spouse"};
    EXPECT_EQ(household_relation_from_json(to_json(relation)).value(), relation);
    const Consent consent{"c1", "marketing", true, from_calendar_day(2011, 1, 2), "branch"};
    EXPECT_EQ(consent_from_json(to_json(consent)).value(), consent);
}

TEST(DomainJson, EmptyFieldsAreLeftOut) {
    Customer customer;
    customer.id = "c1";
    EXPECT_EQ(to_json(customer).dump(), R"({"id":"c1","kind":"person"})");
}

TEST(DomainJson, MoneyBelowZeroKeepsItsSign) {
    Customer customer = person();
    customer.income = Money{-5};
    EXPECT_EQ(to_json(customer)["income"]["amount"], "-0.05");
    EXPECT_FALSE(customer_from_json(to_json(customer)));
}

std::string refusal_of_customer(const char* text) {
    const auto result = customer_from_json(json::parse(text));
    return result ? "accepted" : result.error().message;
}

TEST(DomainJson, RefusalsNameTheField) {
    EXPECT_EQ(refusal_of_customer(R"({"id":"c","agee":3})"), "there is no field 'agee'");
    EXPECT_EQ(refusal_of_customer(R"({"id":"c","age":3.5})"), "age must be a whole number");
    EXPECT_EQ(refusal_of_customer(R"({"id":"c","age":"3"})"), "age must be a whole number");
    EXPECT_EQ(refusal_of_customer(R"({"id":7})"), "id must be text");
    EXPECT_EQ(refusal_of_customer(R"({"kind":"person"})"), "customer id is empty");
    EXPECT_EQ(refusal_of_customer(R"([])"), "must be a JSON object");
    EXPECT_NE(refusal_of_customer(R"({"id":"c","kind":"cat"})").find("kind"), std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","revenue":5})").find("range"), std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","income":5})").find("amount"), std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","income":{"amount":"x","currency":"EUR"}})")
                  .find("not an amount"),
              std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","interests":"x"})").find("list"), std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","interests":[1]})").find("list"), std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","attributes":[1]})").find("object"),
              std::string::npos);
    EXPECT_NE(refusal_of_customer(R"({"id":"c","attributes":{"a":[]}})").find("takes"),
              std::string::npos);
    EXPECT_EQ(refusal_of_customer(R"({"id":"c","age":null})"), "accepted");
}

TEST(DomainJson, RefusalsReachIntoLists) {
    const auto refusal = [](const char* text) {
        return product_from_json(json::parse(text)).error().message;
    };
    EXPECT_EQ(refusal(R"({"id":"p","name":"n","fees":[{"amont":1}]})"),
              "fees[0]: there is no field 'amont'");
    EXPECT_NE(
        refusal(R"({"id":"p","name":"n","rates":[{},{"side":"both"}]})").find("rates[1]: side"),
        std::string::npos);
    EXPECT_NE(refusal(R"({"id":"p","name":"n","fees":{}})").find("list of objects"),
              std::string::npos);
    EXPECT_NE(refusal(R"({"id":"p","name":"n","eligibility":{"minimum_age":"x"}})")
                  .find("eligibility: minimum_age"),
              std::string::npos);
    EXPECT_NE(refusal(R"({"id":"p","name":"n","available":"yes"})").find("true or false"),
              std::string::npos);
    EXPECT_NE(refusal(R"({"id":"p","name":"n","available_from":5})").find("time"),
              std::string::npos);
    EXPECT_NE(refusal(R"({"id":"p","name":"n","rates":[{"yearly":"x"}]})").find("number"),
              std::string::npos);
}

}  // namespace
}  // namespace attune
