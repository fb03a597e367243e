#include "ranking/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <map>
#include <set>

#include "ranking/blend.hpp"
#include "unit/ranking/fakes.hpp"

namespace attune {
namespace {

using test::FixedModel;
using test::interaction;
using test::kNow;
using test::NearModel;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kNumProducts = 24;

std::unique_ptr<const ProductSimilarity> similarity_of(const Catalogue& catalogue) {
    static const Tokenizer tokenizer = Tokenizer::create({}).value();
    return make_catalogue_similarity(catalogue, {}, tokenizer).value();
}

/// A catalogue, a model over it and a request, so that a test says only what it is about.
struct Scene {
    Catalogue catalogue = test::numbered_catalogue(kNumProducts, 4, 3);
    std::shared_ptr<const Recommender> model = std::make_shared<FixedModel>("falling", falling());
    ConstraintRules rules;
    std::unique_ptr<const ProductSimilarity> similarity = similarity_of(catalogue);
    RankRequest request{CustomerView::anonymous(kNow), CustomerView::anonymous(kNow), {}};
    RankOptions options{5, 10, 1};

    static std::vector<double> falling() {
        std::vector<double> scores;
        for (std::size_t p = 0; p < kNumProducts; ++p) {
            scores.push_back(static_cast<double>(kNumProducts - p));
        }
        return scores;
    }

    [[nodiscard]] Result<RankedList> run() const {
        return rank({*model, catalogue, rules, *similarity}, request, options);
    }
};

std::vector<std::size_t> products_of(const RankedList& list) {
    std::vector<std::size_t> products;
    for (const RankedItem& item : list.items) products.push_back(item.product.at());
    return products;
}

/// Explains each score by thirds, which add up to it but for rounding, and by `missing` less.
class ThirdsModel final : public FixedModel {
 public:
    ThirdsModel(std::vector<double> scores, double missing)
        : FixedModel("thirds", std::move(scores)), missing_(missing) {}

    [[nodiscard]] Explanation explain(const CustomerView& customer,
                                      ProductIndex product) const override {
        Explanation explanation = FixedModel::explain(customer, product);
        explanation.evidence[0].contribution /= 3;
        explanation.evidence.resize(3, explanation.evidence[0]);
        explanation.evidence[2].contribution -= missing_;
        return explanation;
    }

 private:
    double missing_;
};

TEST(Rank, RefusesEvidenceThatDoesNotAddUpInProportionToTheScore) {
    Scene scene;
    const auto status_of = [&](double scale, double missing) {
        std::vector<double> scores = Scene::falling();
        for (double& score : scores) score *= scale;
        scene.model = std::make_shared<ThirdsModel>(scores, missing);
        const auto list = scene.run();
        return list ? Status() : Status(fail(list.error()));
    };
    EXPECT_TRUE(status_of(1, 0));
    EXPECT_EQ(status_of(1, 1e-3).error().code, ErrorCode::kInternal);
    // Rounding of sums of this size is more than the tolerance of small ones.
    EXPECT_TRUE(status_of(1e11, 1e-3));
    EXPECT_EQ(status_of(1e11, 1e7).error().code, ErrorCode::kInternal);
    EXPECT_EQ(status_of(1, std::nan("")).error().code, ErrorCode::kInternal);
}

TEST(Rank, IsThePlainOrderForLambdaOne) {
    const Scene scene;
    const auto list = scene.run();
    ASSERT_TRUE(list);
    EXPECT_THAT(products_of(*list), ElementsAre(0, 1, 2, 3, 4));
    EXPECT_EQ(list->items[0].score, 24);
    EXPECT_EQ(list->counts.num_scored, kNumProducts);
    EXPECT_EQ(list->counts.num_allowed, kNumProducts);
    EXPECT_EQ(list->counts.num_pooled, 10U);
    EXPECT_EQ(list->counts.num_selected, 5U);
}

TEST(Rank, DiversifiesForASmallerLambda) {
    Scene scene;
    scene.options.mmr_lambda = 0.3;
    const auto list = scene.run();
    ASSERT_TRUE(list);
    std::set<std::size_t> categories;
    for (std::size_t i = 0; i < 4; ++i) {
        categories.insert(scene.catalogue.category_of(list->items[i].product).at());
    }
    EXPECT_EQ(categories.size(), 4U);
    EXPECT_EQ(list->items[0].product, ProductIndex(0));
}

TEST(Rank, CountsWhatEachRuleRefused) {
    Scene scene;
    const std::vector<Interaction> history{interaction(0, EventType::kPurchase),
                                           interaction(1, EventType::kDismiss)};
    scene.request.constraints.history = history;
    scene.request.filter.excluded_ids = {"p02"};
    const auto list = scene.run();
    ASSERT_TRUE(list);
    // The history counts though the model was told of nothing.
    EXPECT_THAT(products_of(*list), ElementsAre(3, 4, 5, 6, 7));
    EXPECT_EQ(list->counts.refused(Refusal::kHeld), 1U);
    EXPECT_EQ(list->counts.refused(Refusal::kDismissed), 1U);
    EXPECT_EQ(list->counts.refused(Refusal::kExcluded), 1U);
    EXPECT_EQ(list->counts.num_allowed, kNumProducts - 3);
}

TEST(Rank, FillsTheListPastThePoolWhenCapsEmptyIt) {
    Scene scene;
    scene.rules.category_cap = 1;
    scene.options = {4, 2, 1};
    const auto list = scene.run();
    ASSERT_TRUE(list);
    EXPECT_THAT(products_of(*list), ElementsAre(0, 1, 2, 3));

    scene.options.num_items = 6;  // there are only four categories
    const auto short_list = scene.run();
    ASSERT_TRUE(short_list);
    EXPECT_THAT(products_of(*short_list), ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(short_list->counts.refused(Refusal::kCategoryCap), kNumProducts - 4);
}

TEST(Rank, KeepsTheConditionsToBeChecked) {
    Scene scene;
    std::vector<Product> products = scene.catalogue.products();
    products[0].eligibility.minimum_age = 18;
    scene.catalogue = Catalogue(products);
    scene.similarity = similarity_of(scene.catalogue);
    const auto list = scene.run();
    ASSERT_TRUE(list);
    EXPECT_EQ(list->items[0].conditions,
              (std::vector<Condition>{{EligibilityRule::kMinimumAge, "18", ""}}));
    EXPECT_TRUE(list->items[1].conditions.empty());
}

TEST(Rank, OrdersEqualScoresByIndex) {
    Scene scene;
    scene.model = std::make_shared<FixedModel>("flat", std::vector<double>(kNumProducts, 0));
    const auto list = scene.run();
    ASSERT_TRUE(list);
    EXPECT_THAT(products_of(*list), ElementsAre(0, 1, 2, 3, 4));
}

TEST(Rank, HandlesAnEmptyCatalogue) {
    Scene scene;
    scene.catalogue = Catalogue({});
    scene.similarity = similarity_of(scene.catalogue);
    const auto list = scene.run();
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->items.empty());
}

class Misleading final : public FixedModel {
 public:
    Misleading(double explained, double evidence)
        : FixedModel("misleading", Scene::falling()), explained_(explained), evidence_(evidence) {}
    [[nodiscard]] Explanation explain(const CustomerView&, ProductIndex) const override {
        return {explained_, {{EvidenceKind::kBaseline, "", "", std::nullopt, evidence_, ""}}};
    }

 private:
    double explained_;
    double evidence_;
};

TEST(Rank, RefusesBadOptionsFiltersRulesAndModels) {
    const auto refusal = [](auto change) {
        Scene scene;
        change(scene);
        const auto list = scene.run();
        return list ? std::string("accepted") : list.error().message;
    };
    EXPECT_THAT(refusal([](Scene& s) { s.options.num_items = 0; }), HasSubstr("0 items"));
    EXPECT_THAT(refusal([](Scene& s) { s.options.num_items = 1001; }), HasSubstr("1001 items"));
    EXPECT_THAT(refusal([](Scene& s) { s.options.pool_size = 0; }), HasSubstr("pool_size"));
    EXPECT_THAT(refusal([](Scene& s) { s.options.mmr_lambda = 1.5; }), HasSubstr("mmr_lambda"));
    EXPECT_THAT(refusal([](Scene& s) { s.options.mmr_lambda = std::nan(""); }),
                HasSubstr("mmr_lambda"));
    EXPECT_THAT(refusal([](Scene& s) { s.rules.dismissed_expiry_days = -1; }),
                HasSubstr("dismissed_expiry_days"));
    EXPECT_THAT(refusal([](Scene& s) { s.request.filter.categories = {"NONE"}; }),
                HasSubstr("'NONE'"));
    EXPECT_THAT(refusal([](Scene& s) {
                    std::vector<double> scores = Scene::falling();
                    scores[7] = std::nan("");
                    s.model = std::make_shared<FixedModel>("wild", scores);
                }),
                HasSubstr("model 'wild' gave product 'p07' the score nan"));
    EXPECT_THAT(refusal([](Scene& s) { s.model = std::make_shared<Misleading>(24, 23); }),
                HasSubstr("evidence of 23"));
    EXPECT_THAT(refusal([](Scene& s) { s.model = std::make_shared<Misleading>(20, 20); }),
                HasSubstr("scores product 'p00' 24 and explains 20"));
}

/// Whatever the history, rules and options: never more than asked for, nothing refused, caps kept,
/// contributions that add up, and full lists where the rules leave enough.
TEST(Rank, HoldsItsGuarantees) {
    rc::check([] {
        Scene scene;
        scene.model =
            Blend::create({{std::make_shared<NearModel>("near", scene.catalogue, 2), 0.6, 0.8},
                           {std::make_shared<FixedModel>("popular", Scene::falling()), 0.4, 7}})
                .value();
        Customer profile;
        profile.age = *rc::gen::inRange(10, 90);
        profile.held_categories = {"C1"};
        std::vector<Interaction> history;
        for (const auto index : *rc::gen::container<std::vector<std::size_t>>(
                 rc::gen::inRange<std::size_t>(0, kNumProducts))) {
            const auto type = *rc::gen::elementOf(std::vector<EventType>{
                EventType::kView, EventType::kPurchase, EventType::kDismiss});
            history.push_back(interaction(index, type));
        }
        scene.request.constraints = {&profile, history, kNow};
        if (*rc::gen::arbitrary<bool>()) scene.request.scoring = scene.request.constraints;
        scene.rules.category_cap = *rc::gen::inRange<std::size_t>(0, 3);
        scene.rules.brand_cap = *rc::gen::inRange<std::size_t>(0, 4);
        scene.rules.exclude_held_category.all = *rc::gen::arbitrary<bool>();
        scene.options = {*rc::gen::inRange<std::size_t>(1, 30),
                         *rc::gen::inRange<std::size_t>(1, 30), *rc::gen::inRange(0, 11) / 10.0};

        const auto list = scene.run();
        RC_ASSERT(list.has_value());
        RC_ASSERT(list->items.size() <= scene.options.num_items);
        const RequestFilter anything;
        const ConstraintStage stage(scene.rules, scene.catalogue, scene.request.constraints,
                                    anything);
        std::set<ProductIndex> seen;
        std::map<std::string, std::size_t> by_category;
        std::map<std::string, std::size_t> by_brand;
        for (const RankedItem& item : list->items) {
            RC_ASSERT(stage.check(item.product).allowed);
            RC_ASSERT(seen.insert(item.product).second);
            RC_ASSERT(item.score == item.explanation.score);
            RC_ASSERT(std::abs(total_contribution(item.explanation.evidence) - item.score) < 1e-6);
            const Product& product = scene.catalogue.product(item.product);
            ++by_category[product.category];
            ++by_brand[product.brand];
        }
        for (const auto& [category, count] : by_category) {
            RC_ASSERT(scene.rules.category_cap == 0 || count <= scene.rules.category_cap);
        }
        for (const auto& [brand, count] : by_brand) {
            RC_ASSERT(scene.rules.brand_cap == 0 || count <= scene.rules.brand_cap);
        }
        if (scene.rules.category_cap == 0 && scene.rules.brand_cap == 0) {
            RC_ASSERT(list->items.size() ==
                      std::min(scene.options.num_items, list->counts.num_allowed));
        }
    });
}

}  // namespace
}  // namespace attune
