#include "explain/facts.hpp"

#include <gtest/gtest.h>

#include "unit/explain/scene.hpp"

namespace attune {
namespace {

using test::kNow;
using test::Scene;

TEST(EventFact, StatesWhatSaysMostAndWhenLast) {
    Scene scene;
    scene.did(1, EventType::kPurchase, 9);
    scene.did(1, EventType::kPurchase, 5);
    scene.did(1, EventType::kView, 1);
    scene.did(2, EventType::kDismiss, 1);
    const EventFact expected{"mug", "RED RETROSPOT MUG", EventType::kPurchase, add_days(kNow, -5),
                             false};
    EXPECT_EQ(find_event_fact("mug", scene.context()), expected);
    EXPECT_FALSE(find_event_fact("plate", scene.context()));    // only dismissed
    EXPECT_FALSE(find_event_fact("cup", scene.context()));      // never touched
    EXPECT_FALSE(find_event_fact("unknown", scene.context()));  // no such product
}

TEST(EventFact, RanksTheTypes) {
    for (const EventType type : {EventType::kLike, EventType::kComment, EventType::kShare}) {
        Scene scene;
        scene.did(0, type, 3);
        scene.did(0, EventType::kView, 2);
        const auto fact = find_event_fact("cup", scene.context());
        ASSERT_TRUE(fact);
        EXPECT_EQ(fact->type, type);
        EXPECT_TRUE(fact->same_product);
    }
}

TEST(TermFact, QuotesTheCustomersOwnWords) {
    Customer profile;
    profile.interests = {"Saving", "Offset account"};
    profile.preferences = {"no account fees"};
    profile.financial_needs = {"account for a child"};
    EXPECT_EQ(find_term_fact("offset", &profile),
              (TermFact{"Offset account", TermSource::kInterest}));
    EXPECT_EQ(find_term_fact("CHILD", &profile),
              (TermFact{"account for a child", TermSource::kNeed}));
    EXPECT_EQ(find_term_fact("fees", &profile),
              (TermFact{"no account fees", TermSource::kPreference}));
    // Part of a word is not the word.
    EXPECT_EQ(find_term_fact("off", &profile), (TermFact{"off", TermSource::kElsewhere}));
    EXPECT_EQ(find_term_fact("", &profile), (TermFact{"", TermSource::kElsewhere}));
    EXPECT_EQ(find_term_fact("offset", nullptr), (TermFact{"offset", TermSource::kElsewhere}));
}

TEST(AttributeFact, NeedsAValue) {
    const auto fact = [](std::string subject, std::string value) {
        return make_attribute_fact(
            {EvidenceKind::kAttribute, std::move(subject), std::move(value), {}, 1, ""});
    };
    EXPECT_EQ(fact("age", "62"), (AttributeFact{"age", "62", false, false}));
    EXPECT_EQ(fact("held:PERS_LOANS", "yes"), (AttributeFact{"PERS_LOANS", "yes", true, true}));
    EXPECT_EQ(fact("held:PERS_LOANS", "no"), (AttributeFact{"PERS_LOANS", "no", true, false}));
    EXPECT_FALSE(fact("income", ""));
    EXPECT_FALSE(fact("income", "unknown"));
    EXPECT_FALSE(fact("", "62"));
}

TEST(Profile, SaysAnythingBesideItsName) {
    Customer profile;
    profile.id = "c";
    profile.name = "C";
    EXPECT_FALSE(says_anything(profile));
    profile.attributes["balance"] = 3.0;
    EXPECT_TRUE(says_anything(profile));
}

}  // namespace
}  // namespace attune
