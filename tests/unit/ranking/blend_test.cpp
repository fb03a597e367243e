#include "ranking/blend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using test::FixedModel;
using test::NearModel;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::shared_ptr<const Recommender> fixed(std::string name, std::vector<double> scores) {
    return std::make_shared<FixedModel>(std::move(name), std::move(scores));
}

std::vector<double> scores_of(const Recommender& model, const CustomerView& view, std::size_t n) {
    std::vector<double> scores(n, -1);
    model.score(view, scores);
    return scores;
}

TEST(BlendWeights, AreNormalisedWithinTheTolerance) {
    const std::vector<double> nearly{0.5 + 4e-7, 0.5};
    const auto weights = normalised_weights(nearly);
    ASSERT_TRUE(weights);
    EXPECT_NEAR((*weights)[0] + (*weights)[1], 1, 1e-15);
    EXPECT_GT((*weights)[0], (*weights)[1]);
}

TEST(BlendWeights, RefuseWhatIsNoSplitOfOne) {
    const std::vector<std::pair<std::vector<double>, std::string>> cases{
        {{}, "at least one model"},        {{0.5, 0.6}, "sum to 1.1"},   {{1.5, -0.5}, "weight 2"},
        {{0.5, std::nan("")}, "weight 2"}, {{kInfinity, 0}, "weight 1"}, {{0, 0}, "sum to 0"}};
    for (const auto& [weights, message] : cases) {
        const auto refused = normalised_weights(weights);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(refused.error().message, HasSubstr(message));
    }
}

TEST(Blend, IsTheWeightedSumOfScaledScores) {
    const auto blend =
        Blend::create({{fixed("a", {1, 2, 3}), 0.75, 2}, {fixed("b", {10, 0, 10}), 0.25, 5}});
    ASSERT_TRUE(blend);
    EXPECT_THAT(
        scores_of(**blend, CustomerView::anonymous(test::kNow), 3),
        ElementsAre(DoubleNear(0.875, 1e-12), DoubleNear(0.75, 1e-12), DoubleNear(1.625, 1e-12)));
    EXPECT_EQ((*blend)->name(), "blend");
}

TEST(Blend, RefusesBadComponents) {
    const auto message_of = [](std::vector<BlendComponent> components) {
        const auto blend = Blend::create(std::move(components));
        return blend ? std::string("accepted") : blend.error().message;
    };
    EXPECT_THAT(message_of({}), HasSubstr("at least one"));
    EXPECT_THAT(message_of({{nullptr, 1, 1}}), HasSubstr("model 1 of the blend is missing"));
    EXPECT_THAT(message_of({{fixed("a", {}), 0.5, 1}, {fixed("a", {}), 0.5, 1}}),
                HasSubstr("two models named 'a'"));
    EXPECT_THAT(message_of({{fixed("a", {}), 1, 0}}), HasSubstr("scale of model 'a' is 0"));
    EXPECT_THAT(message_of({{fixed("a", {}), 1, kInfinity}}), HasSubstr("scale"));
    EXPECT_THAT(message_of({{fixed("a", {}), 0.9, 1}}), HasSubstr("sum to 0.9"));
}

TEST(Blend, NamesTheModelsOfItsEvidenceStrongestFirst) {
    const Catalogue catalogue = test::numbered_catalogue(4, 2, 2);
    Customer profile;
    profile.age = 40;
    const std::vector<Interaction> history{test::interaction(1, EventType::kPurchase)};
    const CustomerView view{&profile, history, test::kNow};
    const auto blend = Blend::create({{std::make_shared<NearModel>("near", catalogue, 4), 0.5, 1},
                                      {fixed("popular", {0.2, 0.2, 0.2, 0.2}), 0.5, 1},
                                      {fixed("silent", {9, 9, 9, 9}), 0, 1}});
    ASSERT_TRUE(blend);
    const Explanation explanation = (*blend)->explain(view, ProductIndex(2));
    ASSERT_EQ(explanation.evidence.size(), 3U);
    EXPECT_EQ(explanation.evidence[0].subject, "p01");
    EXPECT_EQ(explanation.evidence[0].model, "near");
    EXPECT_DOUBLE_EQ(explanation.evidence[0].contribution, 1.0);
    EXPECT_EQ(explanation.evidence[1].subject, "age");
    EXPECT_DOUBLE_EQ(explanation.evidence[1].contribution, 0.2);
    EXPECT_EQ(explanation.evidence[2].model, "popular");
    EXPECT_DOUBLE_EQ(explanation.evidence[2].contribution, 0.1);
}

TEST(Blend, NetsWhatModelsSayOfOneEvent) {
    const Catalogue catalogue = test::numbered_catalogue(4, 2, 2);
    const std::vector<Interaction> history{test::interaction(1, EventType::kPurchase),
                                           test::interaction(1, EventType::kView)};
    const CustomerView view{nullptr, history, test::kNow};
    const auto blend =
        Blend::create({{std::make_shared<NearModel>("for", catalogue, 2), 0.5, 1},
                       {std::make_shared<NearModel>("against", catalogue, -4), 0.5, 1}});
    ASSERT_TRUE(blend);
    const Explanation explanation = (*blend)->explain(view, ProductIndex(1));
    ASSERT_EQ(explanation.evidence.size(), 1U);
    EXPECT_EQ(explanation.evidence[0].model, "for+against");
    EXPECT_DOUBLE_EQ(explanation.evidence[0].contribution, -2);
    EXPECT_DOUBLE_EQ(explanation.score, -2);
}

TEST(Blend, EvidenceAddsUpAndTakingItAwayLowersTheScore) {
    const Catalogue catalogue = test::numbered_catalogue(12, 3, 2);
    const auto near = std::make_shared<NearModel>("near", catalogue, 1);
    const auto nearer = std::make_shared<NearModel>("nearer", catalogue, 3);
    rc::check([&] {
        Customer profile;
        profile.age = *rc::gen::inRange(18, 90);
        std::vector<Interaction> history;
        for (const auto index :
             *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 12))) {
            history.push_back(test::interaction(index, EventType::kPurchase));
        }
        const CustomerView view{&profile, history, test::kNow};
        const double weight = *rc::gen::inRange(0, 101) / 100.0;
        const auto blend = Blend::create({{near, weight, 0.7}, {nearer, 1 - weight, 1.9}});
        RC_ASSERT(blend.has_value());
        const auto scores = scores_of(**blend, view, 12);
        const ProductIndex product(*rc::gen::inRange<std::size_t>(0, 12));
        const Explanation explanation = (*blend)->explain(view, product);
        RC_ASSERT(std::abs(explanation.score - scores[product.at()]) < 1e-9);
        RC_ASSERT(std::abs(total_contribution(explanation.evidence) - explanation.score) < 1e-9);
        for (const Evidence& part : explanation.evidence) {
            const CustomerState without = without_evidence(view, {part}, catalogue);
            RC_ASSERT(scores_of(**blend, without.view(), 12)[product.at()] < explanation.score);
        }
    });
}

TEST(Blend, LoadsWhatItSaved) {
    const auto a = fixed("a", {1, 2});
    const auto b = fixed("b", {5, 1});
    const auto blend = Blend::create({{a, 0.3, 2.5}, {b, 0.7, 0.5}});
    ASSERT_TRUE(blend);
    BinaryWriter writer;
    (*blend)->save(writer);

    BinaryReader reader(writer.bytes());
    const auto loaded = load_blend(reader, {a, b});
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(reader.at_end());
    const auto view = CustomerView::anonymous(test::kNow);
    EXPECT_EQ(scores_of(**loaded, view, 2), scores_of(**blend, view, 2));
    EXPECT_DOUBLE_EQ((*loaded)->components()[0].scale, 2.5);

    const auto refusal = [&](std::string_view bytes,
                             std::vector<std::shared_ptr<const Recommender>> models) {
        BinaryReader damaged(bytes);
        const auto refused = load_blend(damaged, std::move(models));
        EXPECT_FALSE(refused);
        return refused ? "" : refused.error().message;
    };
    EXPECT_THAT(refusal(writer.bytes(), {b, a}), HasSubstr("'a' where 'b' stands"));
    EXPECT_THAT(refusal(writer.bytes(), {nullptr, b}), HasSubstr("nothing"));
    EXPECT_THAT(refusal(writer.bytes(), {a}), HasSubstr("with 2 models, there are 1"));
    for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
        BinaryReader cut(std::string_view(writer.bytes()).substr(0, size));
        EXPECT_EQ(load_blend(cut, {a, b}).error().code, ErrorCode::kCorrupt);
    }
    std::string wild = writer.bytes();
    wild[wild.size() - 1] = '\x7f';  // the last scale: infinity or not a number
    wild[wild.size() - 2] = '\xf0';
    EXPECT_THAT(refusal(wild, {a, b}), HasSubstr("saved blend"));
}

TEST(BlendScales, AreMeanDeviationsOverThoseTheModelKnows) {
    const Catalogue catalogue = test::numbered_catalogue(4, 2, 2);
    const std::vector<Interaction> history{test::interaction(0, EventType::kPurchase)};
    const CustomerView known{nullptr, history, test::kNow};
    const CustomerView unknown = CustomerView::anonymous(test::kNow);
    const std::vector<std::shared_ptr<const Recommender>> models{
        fixed("two_four", {2, 4, 2, 4}), fixed("flat", {7, 7, 7, 7}),
        std::make_shared<NearModel>("near", catalogue, 12)};
    const std::vector<CustomerView> sample{known, unknown, known};
    const auto scales = learn_scales(models, sample, 4);
    // 12, 6, 4, 3: mean 6.25, variance (33.0625 + .0625 + 5.0625 + 10.5625) / 4
    EXPECT_THAT(scales,
                ElementsAre(DoubleNear(1, 1e-12), 1.0, DoubleNear(std::sqrt(12.1875), 1e-12)));
    EXPECT_THAT(learn_scales(models, {}, 4), ElementsAre(1, 1, 1));
}

}  // namespace
}  // namespace attune
