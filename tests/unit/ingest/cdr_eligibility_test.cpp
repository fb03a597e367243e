#include "ingest/cdr_eligibility.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace attune {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

struct Entry {
    const char* type;
    const char* value = nullptr;
    const char* info = nullptr;
};

struct Outcome {
    Eligibility rules;
    std::vector<Issue> warnings;
};

Outcome apply(std::initializer_list<Entry> entries, std::string name = "An account") {
    json list = json::array();
    for (const Entry& entry : entries) {
        json element{{"eligibilityType", entry.type}};
        if (entry.value != nullptr) element["additionalValue"] = entry.value;
        if (entry.info != nullptr) element["additionalInfo"] = entry.info;
        list.push_back(std::move(element));
    }
    Product product;
    product.name = std::move(name);
    Outcome outcome;
    apply_cdr_eligibility(json{{"eligibility", list}}, product, outcome.warnings);
    outcome.rules = product.eligibility;
    return outcome;
}

TEST(CdrEligibility, ReadsPlainAges) {
    EXPECT_EQ(apply({{"MIN_AGE", "18"}}).rules.minimum_age, 18);
    EXPECT_EQ(apply({{"MIN_AGE", "18 years old"}}).rules.minimum_age, 18);
    EXPECT_EQ(apply({{"MIN_AGE", "16 years of age or older"}}).rules.minimum_age, 16);
    EXPECT_EQ(apply({{"MAX_AGE", "24"}}).rules.maximum_age, 24);
    EXPECT_THAT(apply({{"MIN_AGE", "18"}}).warnings, IsEmpty());
}

TEST(CdrEligibility, ReadsARangeByItsSide) {
    EXPECT_EQ(apply({{"MAX_AGE", "11-18"}}).rules.maximum_age, 18);
    EXPECT_EQ(apply({{"MIN_AGE", "11-18"}}).rules.minimum_age, 11);
    EXPECT_EQ(apply({{"MAX_AGE", "-18"}}).rules.maximum_age, 18);
}

TEST(CdrEligibility, KeepsTheWordsOfSeveralAges) {
    const char* minors = "Minors aged 12 can apply with a parent. Aged 16 in own name";
    const Outcome outcome = apply({{"MIN_AGE", minors}});
    EXPECT_EQ(outcome.rules.minimum_age, 12);
    EXPECT_THAT(outcome.rules.notes, ElementsAre(minors));
    EXPECT_EQ(outcome.warnings.at(0).reason, IssueReason::kAmbiguous);
    EXPECT_EQ(outcome.warnings.at(0).column, "eligibility MIN_AGE");
    EXPECT_EQ(apply({{"MAX_AGE", "17 years or up to 30 for students"}}).rules.maximum_age, 30);
    EXPECT_EQ(apply({{"MAX_AGE", "up to 30; at 31 we convert it"}}).rules.maximum_age, 30);
}

TEST(CdrEligibility, DoesNotGuessAMinimumFromAnUpperBound) {
    const Outcome outcome = apply({{"MIN_AGE", "children aged up to 30 years"}});
    EXPECT_EQ(outcome.rules.minimum_age, std::nullopt);
    EXPECT_EQ(outcome.warnings.size(), 1U);
    EXPECT_EQ(apply({{"MIN_AGE", "1317"}}).rules.minimum_age, std::nullopt);
    EXPECT_EQ(apply({{"MIN_AGE", nullptr, "adults"}}).rules.notes.at(0), "adults");
}

TEST(CdrEligibility, AlternativesWiden) {
    EXPECT_EQ(apply({{"MIN_AGE", "18"}, {"MIN_AGE", "14"}}).rules.minimum_age, 14);
    EXPECT_EQ(apply({{"MAX_AGE", "18"}, {"MAX_AGE", "24"}}).rules.maximum_age, 24);
    const Outcome crossed = apply({{"MIN_AGE", "18"}, {"MAX_AGE", "12"}});
    EXPECT_EQ(crossed.rules.minimum_age, std::nullopt);
    EXPECT_EQ(crossed.rules.maximum_age, std::nullopt);
    EXPECT_EQ(crossed.warnings.size(), 1U);
}

TEST(CdrEligibility, BothKindsOfCustomerMeanAny) {
    EXPECT_EQ(apply({{"NATURAL_PERSON"}}).rules.customer_kind, CustomerKind::kPerson);
    EXPECT_EQ(apply({{"BUSINESS"}}).rules.customer_kind, CustomerKind::kOrganisation);
    EXPECT_EQ(apply({{"BUSINESS"}, {"NATURAL_PERSON"}}).rules.customer_kind, std::nullopt);
    EXPECT_EQ(apply({}).rules, Eligibility{});
}

TEST(CdrEligibility, ResidencyIsAustraliaUnlessACodeSays) {
    EXPECT_THAT(apply({{"RESIDENCY_STATUS"}}).rules.residencies, ElementsAre("AU"));
    EXPECT_THAT(apply({{"RESIDENCY_STATUS", "AU"}, {"RESIDENCY_STATUS", "NZ"}}).rules.residencies,
                ElementsAre("AU", "NZ"));
    const Outcome words = apply({{"RESIDENCY_STATUS", "Must be an Australian resident"}});
    EXPECT_THAT(words.rules.residencies, ElementsAre("AU"));
    EXPECT_THAT(words.rules.notes, ElementsAre("Must be an Australian resident"));
    EXPECT_THAT(
        apply({{"RESIDENCY_STATUS", "visa needed for non-resident customers"}}).rules.residencies,
        IsEmpty());
}

TEST(CdrEligibility, ReadsAmounts) {
    const Money fifty = parse_money("50000", "AUD").value();
    EXPECT_EQ(apply({{"MIN_INCOME", "$50,000"}}).rules.minimum_income, fifty);
    EXPECT_EQ(apply({{"MIN_INCOME", "50000.0000000000"}}).rules.minimum_income, fifty);
    EXPECT_EQ(apply({{"MIN_TURNOVER", "50000.00"}}).rules.minimum_revenue, fifty);
    EXPECT_EQ(apply({{"MIN_INCOME", "75000"}, {"MIN_INCOME", "50000"}}).rules.minimum_income,
              fifty);
    const Outcome words = apply({{"MIN_INCOME", "regular", "a salary"}});
    EXPECT_EQ(words.rules.minimum_income, std::nullopt);
    EXPECT_THAT(words.rules.notes, ElementsAre("regular: a salary"));
    EXPECT_EQ(words.warnings.size(), 1U);
}

TEST(CdrEligibility, OccupationsOnlyWhereTheProductIsNamedAfterThem) {
    EXPECT_THAT(apply({{"STUDENT", "Student"}}, "Student Account").rules.occupations,
                ElementsAre("student"));
    EXPECT_THAT(apply({{"PENSION_RECIPIENT"}}, "Pensioner Security").rules.occupations,
                ElementsAre("retired"));
    const Outcome loan = apply({{"STUDENT", "Student"}, {"PENSION_RECIPIENT", "Pension"}}, "Loan");
    EXPECT_THAT(loan.rules.occupations, IsEmpty());
    EXPECT_THAT(loan.rules.notes, ElementsAre("Student", "Pension"));
}

TEST(CdrEligibility, OthersAreNotesWithoutRepeats) {
    const Outcome outcome = apply({{"OTHER", "Joint", "Two holders"},
                                   {"STAFF", nullptr, "Staff only"},
                                   {"OTHER", "employed", "Must be employed"},
                                   {"OTHER", "Joint", "Two holders"},
                                   {"OTHER"}});
    EXPECT_THAT(outcome.rules.notes,
                ElementsAre("Joint: Two holders", "Staff only", "Must be employed"));
}

TEST(CdrEligibility, IgnoresWhatIsNoList) {
    Product product;
    std::vector<Issue> warnings;
    apply_cdr_eligibility(json{{"eligibility", 3}}, product, warnings);
    apply_cdr_eligibility(json{{"eligibility", {1, "x"}}}, product, warnings);
    apply_cdr_eligibility(json::object(), product, warnings);
    EXPECT_EQ(product.eligibility, Eligibility{});
}

}  // namespace
}  // namespace attune
