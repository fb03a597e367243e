#include "explain/reasons.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "unit/explain/scene.hpp"

namespace attune {
namespace {

using test::Scene;
using testing::ElementsAre;

TEST(Reasons, TakeTheStrongestOfDistinctKinds) {
    Scene scene;
    scene.did(1, EventType::kPurchase, 9);
    scene.did(2, EventType::kPurchase, 8);
    scene.cite(EvidenceKind::kEvent, "mug", "", 0.2);
    scene.cite(EvidenceKind::kEvent, "plate", "", 0.3);
    scene.cite(EvidenceKind::kPopularity, "cup", "0.12", 0.4);
    scene.cite(EvidenceKind::kTerm, "blue", "", 0.1);
    scene.cite(EvidenceKind::kCohort, "retired, around 62", "1.9", 0.05);
    scene.cite(EvidenceKind::kBaseline, "", "", 7);
    const auto reasons = scene.reasons();
    EXPECT_THAT(scene.codes(), ElementsAre("bought_together", "popular", "matched_interest"));
    EXPECT_DOUBLE_EQ(reasons[0].contribution, 0.5);
    ASSERT_EQ(reasons[0].events.size(), 2U);
    EXPECT_EQ(reasons[0].events[0].product_id, "plate");
    EXPECT_EQ(reasons[0].evidence.size(), 2U);
    EXPECT_EQ(reasons[1].share, 0.12);
    EXPECT_FALSE(reasons[1].share_is_of_category);
}

TEST(Reasons, TellPurchasesFromInterestAndFromBuyingAgain) {
    Scene scene;
    scene.did(0, EventType::kPurchase, 9);
    scene.did(1, EventType::kPurchase, 8);
    scene.did(2, EventType::kView, 7);
    scene.cite(EvidenceKind::kEvent, "cup", "", 3);
    scene.cite(EvidenceKind::kEvent, "mug", "", 2);
    scene.cite(EvidenceKind::kEvent, "plate", "", 1);
    EXPECT_THAT(scene.codes(), ElementsAre("bought_before", "bought_together", "showed_interest"));
}

TEST(Reasons, NeverGiveNegativeEvidence) {
    Scene scene;
    scene.did(1, EventType::kPurchase, 8);
    scene.customer.age = 30;
    scene.cite(EvidenceKind::kEvent, "mug", "", 0.5);
    scene.cite(EvidenceKind::kEvent, "mug", "", -0.6);  // another model; the sum is negative
    scene.cite(EvidenceKind::kAttribute, "age", "30", -1);
    scene.cite(EvidenceKind::kPopularity, "cup", "0.5", 0);
    EXPECT_THAT(scene.codes(), ElementsAre("general"));
}

TEST(Reasons, NeverClaimWhatTheFactsDoNotBearOut) {
    Scene scene;
    scene.customer.age = 30;
    scene.cite(EvidenceKind::kEvent, "mug", "", 1);            // not in the history
    scene.cite(EvidenceKind::kAttribute, "income", "", 1);     // no value
    scene.cite(EvidenceKind::kCohort, "young", "1.01", 1);     // no more often than others
    scene.cite(EvidenceKind::kCohort, "younger", "often", 1);  // no number
    scene.cite(EvidenceKind::kCohort, "", "2", 1);             // of whom?
    EXPECT_THAT(scene.codes(), ElementsAre("general"));
}

TEST(Reasons, CiteNoCohortWhenTheProfileSpeaksAgainst) {
    Scene scene;
    scene.customer.age = 30;
    scene.cite(EvidenceKind::kCohort, "young", "1.9", 0.5);
    EXPECT_THAT(scene.codes(), ElementsAre("similar_customers"));
    scene.cite(EvidenceKind::kAttribute, "age", "30", -0.6);
    EXPECT_THAT(scene.codes(), ElementsAre("general"));
}

TEST(Reasons, LimitTheirFacts) {
    Scene scene;
    scene.customer.interests = {"blue things", "cup"};
    scene.options.max_facts = 2;
    scene.cite(EvidenceKind::kTerm, "blue", "", 0.5);
    scene.cite(EvidenceKind::kTerm, "things", "", 0.4);  // the same entry
    scene.cite(EvidenceKind::kTerm, "cup", "", 0.3);
    scene.cite(EvidenceKind::kTerm, "other", "", 0.2);
    for (const char* name : {"age", "income", "occupation"}) {
        scene.cite(EvidenceKind::kAttribute, name, "x", 0.1);
    }
    const auto reasons = scene.reasons();
    ASSERT_EQ(reasons.size(), 2U);
    EXPECT_EQ(reasons[0].terms, (std::vector<TermFact>{{"blue things", TermSource::kInterest},
                                                       {"cup", TermSource::kInterest}}));
    EXPECT_EQ(reasons[1].attributes.size(), 2U);
    EXPECT_EQ(reasons[1].evidence.size(), 2U);
}

TEST(Reasons, LeaveWeakOnesOut) {
    Scene scene;
    scene.cite(EvidenceKind::kPopularity, "cup", "0.5", 1);
    scene.cite(EvidenceKind::kTerm, "blue", "", 0.049);
    scene.customer.age = 3;
    EXPECT_THAT(scene.codes(), ElementsAre("popular"));
    scene.options.min_part_of_strongest = 0;
    EXPECT_THAT(scene.codes(), ElementsAre("popular", "matched_interest"));
}

TEST(Reasons, SayWhenNothingIsKnownOrAllowed) {
    Scene scene;
    scene.cite(EvidenceKind::kPopularity, "KITCHEN", "0.12", 1);
    scene.customer.id = "c";
    EXPECT_THAT(scene.codes(), ElementsAre("popular", "no_profile"));
    EXPECT_TRUE(scene.reasons()[0].share_is_of_category);
    scene.known = false;
    EXPECT_THAT(scene.codes(), ElementsAre("popular", "no_profile"));
    scene.personalization = Personalization::kRefused;
    EXPECT_THAT(scene.codes(), ElementsAre("popular", "not_personalized"));
    scene.options.max_reasons = 1;
    EXPECT_THAT(scene.codes(), ElementsAre("not_personalized"));
    scene.options.max_reasons = 0;
    EXPECT_TRUE(scene.codes().empty());
}

TEST(Reasons, OfAKnownCustomerDoNotSayNothingIsKnown) {
    Scene scene;
    scene.did(3, EventType::kView, 2);
    scene.cite(EvidenceKind::kPopularity, "cup", "2", 1);  // a share above 1 is none
    EXPECT_THAT(scene.codes(), ElementsAre("popular"));
    EXPECT_FALSE(scene.reasons()[0].share);
}

TEST(Reasons, AreFewDistinctPositiveAndInOrderForAnyEvidence) {
    rc::check([] {
        Scene scene;
        scene.did(1, EventType::kPurchase, 9);
        scene.did(2, EventType::kView, 8);
        scene.customer.age = 40;
        const auto count = *rc::gen::inRange(0, 12);
        for (int i = 0; i < count; ++i) {
            const auto kind = static_cast<EvidenceKind>(*rc::gen::inRange(0, 6));
            const auto subject =
                *rc::gen::elementOf(std::vector<std::string>{"mug", "plate", "cup", "age", ""});
            const auto value = *rc::gen::elementOf(std::vector<std::string>{"", "0.3", "1.7"});
            scene.cite(kind, subject, value, *rc::gen::inRange(-10, 11) / 10.0);
        }
        const auto reasons = scene.reasons();
        RC_ASSERT(!reasons.empty());
        RC_ASSERT(reasons.size() <= 3U);
        std::set<ReasonCode> codes;
        double last = std::numeric_limits<double>::infinity();
        for (const Reason& reason : reasons) {
            RC_ASSERT(codes.insert(reason.code).second);
            RC_ASSERT(reason.contribution <= last);
            last = reason.contribution;
            RC_ASSERT(std::abs(total_contribution(reason.evidence) - reason.contribution) < 1e-12);
            for (const Evidence& part : reason.evidence) RC_ASSERT(part.contribution > 0);
        }
    });
}

TEST(Reasons, HaveTheirOwnNames) {
    std::set<std::string_view> names;
    for (const ReasonCode code : kReasonCodes) names.insert(reason_code_name(code));
    EXPECT_EQ(names.size(), kReasonCodes.size());
}

}  // namespace
}  // namespace attune
