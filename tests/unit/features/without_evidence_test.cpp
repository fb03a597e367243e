#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/customer_view.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> interests_without(std::vector<std::string> interests,
                                           const std::string& word) {
    Customer customer;
    customer.interests = std::move(interests);
    const CustomerView view{&customer, {}, {}};
    return without_evidence(view, {{EvidenceKind::kTerm, word, "", {}, 1, "content"}},
                            Catalogue({}))
        .profile->interests;
}

TEST(WithoutEvidence, TakesOutEntriesWithTheCitedWord) {
    EXPECT_THAT(interests_without({"Travel", "air travel", "travelling", "golf"}, "TRAVEL"),
                ElementsAre("travelling", "golf"));
    EXPECT_THAT(interests_without({"home_loans", "homes", "my home!"}, "home"),
                ElementsAre("homes"));
    EXPECT_THAT(interests_without({"p2p lending"}, "p"), ElementsAre("p2p lending"));
    EXPECT_THAT(interests_without({"travel"}, ""), ElementsAre("travel"));
    EXPECT_THAT(interests_without({"", "a"}, "travel"), ElementsAre("", "a"));
}

TEST(WithoutEvidence, KnowsWordsOfOtherScripts) {
    EXPECT_THAT(interests_without({"Häuser", "Häuserbau", "alte Häuser"}, "Häuser"),
                ElementsAre("Häuserbau"));
    EXPECT_THAT(interests_without({"caféx", "café", "écaf"}, "caf"),
                ElementsAre("caféx", "café", "écaf"));
    EXPECT_THAT(interests_without({"我想要存款", "ABC存款"}, "存款"), IsEmpty());
    EXPECT_THAT(interests_without({"«кредит»", "кредиты"}, "кредит"), ElementsAre("кредиты"));
}

TEST(WithoutEvidence, LooksIntoEveryListOfWords) {
    Customer customer;
    customer.preferences = {"low fees"};
    customer.financial_needs = {"no fees", "loan"};
    const CustomerView view{&customer, {}, {}};
    const auto state =
        without_evidence(view, {{EvidenceKind::kTerm, "fees", "", {}, 1, ""}}, Catalogue({}));
    EXPECT_THAT(state.profile->preferences, IsEmpty());
    EXPECT_THAT(state.profile->financial_needs, ElementsAre("loan"));
    const auto nobody = without_evidence(
        CustomerView::anonymous({}), {{EvidenceKind::kTerm, "fees", "", {}, 1, ""}}, Catalogue({}));
    EXPECT_FALSE(nobody.profile.has_value());
}

}  // namespace
}  // namespace attune
