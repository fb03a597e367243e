#include "ranking/placement.hpp"

#include <gtest/gtest.h>

#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using test::FixedModel;
using test::interaction;
using test::kNow;

TEST(Placement, SaysPositionAmongTheAllowedOrWhyNot) {
    const Catalogue catalogue = test::numbered_catalogue(6, 2, 2);
    const FixedModel model("fixed", {6, 5, 4, 3, 2, 1});
    const ConstraintRules rules;
    const Tokenizer tokenizer = Tokenizer::create({}).value();
    const auto similarity = make_catalogue_similarity(catalogue, {}, tokenizer).value();
    const std::vector<Interaction> history{interaction(1, EventType::kPurchase)};
    RankRequest request{CustomerView::anonymous(kNow), {nullptr, history, kNow}, {}};
    request.filter.boosts = {{"p05", 10}};
    const Ranker ranker{model, catalogue, rules, *similarity};

    const Placement third = place(ranker, request, ProductIndex(2)).value();
    EXPECT_TRUE(third.verdict.allowed);
    EXPECT_EQ(third.num_allowed, 5U);
    EXPECT_EQ(third.position, 3U);  // after p05, boosted to 10, and p00; p01 is held
    EXPECT_EQ(place(ranker, request, ProductIndex(5)).value().position, 1U);
    EXPECT_DOUBLE_EQ(place(ranker, request, ProductIndex(5)).value().explanation.score, 10);

    const Placement held = place(ranker, request, ProductIndex(1)).value();
    EXPECT_EQ(held.position, 0U);
    EXPECT_EQ(held.verdict.refusal, Refusal::kHeld);
    EXPECT_FALSE(held.verdict.text.empty());
}

}  // namespace
}  // namespace attune
