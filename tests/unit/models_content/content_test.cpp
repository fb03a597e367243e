#include "models/content.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "fixtures.hpp"

namespace attune {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::index_of;
using testing::interaction;
using testing::saved;
using testing::scores_of;
using ::testing::SizeIs;
using testing::small_catalogue;
using testing::training;

const Timestamp kNow = from_calendar_day(2024, 8, 1);

struct Fitted {
    std::shared_ptr<const Catalogue> catalogue = small_catalogue();
    std::unique_ptr<Recommender> model;

    explicit Fitted(const ContentOptions& options = {}) {
        model = std::move(fit_content(training(catalogue, {}), options).value());
    }
    std::vector<double> scores(const CustomerView& view) const {
        return scores_of(*model, view, catalogue->num_products());
    }
    double score(const CustomerView& view, std::string_view id) const {
        return scores(view)[index_of(*catalogue, id).at()];
    }
};

CustomerState traveller() {
    CustomerState state;
    state.now = kNow;
    state.profile.emplace();
    state.profile->id = "c1";
    state.profile->interests = {"Travel", "golf"};
    state.profile->preferences = {"fixed-interest products"};
    state.profile->financial_needs = {"Savings", "long travels"};
    return state;
}

TEST(Content, FindsProductsByTheCustomersWords) {
    const Fitted fitted;
    const CustomerState state = traveller();
    const auto scores = fitted.scores(state.view());
    EXPECT_EQ(fitted.model->name(), "content");
    const auto best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    EXPECT_EQ(best, static_cast<std::ptrdiff_t>(index_of(*fitted.catalogue, "card").at()));
    EXPECT_GT(fitted.score(state.view(), "term"), 0);
    EXPECT_EQ(fitted.score(state.view(), "gold"), 0);
}

TEST(Content, FindsProductsLikeThoseDealtWith) {
    const Fitted fitted;
    CustomerState state;
    state.now = kNow;
    state.history = {interaction(index_of(*fitted.catalogue, "home"), kNow)};
    EXPECT_GT(fitted.score(state.view(), "reno"), 0);  // house
    EXPECT_EQ(fitted.score(state.view(), "gold"), 0);
    // Its likeness to itself is 1.
    EXPECT_NEAR(fitted.score(state.view(), "home"), std::log(2), 1e-6);
}

TEST(Content, CountsRepeatsLessAndForgetsByHalfLife) {
    const Fitted fitted;
    const ProductIndex home = index_of(*fitted.catalogue, "home");
    CustomerState state;
    state.now = kNow;
    state.history = {interaction(home, add_days(kNow, -180)), interaction(home, kNow, 0.5F)};
    EXPECT_NEAR(fitted.score(state.view(), "home"), std::log(2), 1e-6);
    const Fitted eternal({.half_life_days = 0});
    EXPECT_NEAR(eternal.score(state.view(), "home"), std::log(2.5), 1e-6);
    // An event from a clock that runs ahead is as good as one of now.
    state.history = {interaction(home, add_days(kNow, 180))};
    EXPECT_NEAR(fitted.score(state.view(), "home"), std::log(2), 1e-6);
}

TEST(Content, KnowsNothingOfNobody) {
    const Fitted fitted;
    EXPECT_THAT(fitted.scores(CustomerView::anonymous(kNow)), Each(0.0));
    CustomerState state;
    state.profile.emplace();
    state.history = {interaction(ProductIndex(0), kNow, 0)};  // a dismissal
    state.now = kNow;
    EXPECT_THAT(fitted.scores(state.view()), Each(0.0));
    EXPECT_THAT(fitted.model->explain(state.view(), ProductIndex(0)).evidence, SizeIs(0));
}

TEST(Content, CitesTheWordsAsTheyWereWritten) {
    const Fitted fitted;
    const CustomerState state = traveller();
    const Explanation why =
        fitted.model->explain(state.view(), index_of(*fitted.catalogue, "card"));
    ASSERT_THAT(why.evidence, SizeIs(2));
    EXPECT_EQ(why.evidence[0].kind, EvidenceKind::kTerm);
    EXPECT_EQ(why.evidence[0].subject, "travels");
    EXPECT_EQ(why.evidence[0].value, "financial_needs");
    EXPECT_EQ(why.evidence[0].model, "content");
    EXPECT_EQ(why.evidence[1].subject, "Travel");
    EXPECT_EQ(why.evidence[1].value, "interests");
    EXPECT_NEAR(why.evidence[0].contribution, 1.5 * why.evidence[1].contribution, 1e-12);
}

TEST(Content, JoinsAWordThatStandsInSeveralLists) {
    const Fitted fitted;
    CustomerState state;
    state.now = kNow;
    state.profile.emplace();
    state.profile->interests = {"TRAVEL"};
    state.profile->preferences = {"travel_insurance"};
    const Explanation why =
        fitted.model->explain(state.view(), index_of(*fitted.catalogue, "card"));
    ASSERT_THAT(why.evidence, SizeIs(2));
    EXPECT_EQ(why.evidence[0].subject, "TRAVEL");
    EXPECT_EQ(why.evidence[0].value, "profile");
    EXPECT_EQ(why.evidence[1].subject, "insurance");
}

TEST(Content, CitesTheLatestEventWithEachProduct) {
    const Fitted fitted;
    const ProductIndex home = index_of(*fitted.catalogue, "home");
    CustomerState state;
    state.now = kNow;
    state.history = {interaction(home, add_days(kNow, -9)), interaction(home, add_days(kNow, -2))};
    state.history.back().type = EventType::kLike;
    const Explanation why =
        fitted.model->explain(state.view(), index_of(*fitted.catalogue, "reno"));
    ASSERT_THAT(why.evidence, SizeIs(1));
    EXPECT_EQ(why.evidence[0].kind, EvidenceKind::kEvent);
    EXPECT_EQ(why.evidence[0].subject, "home");
    EXPECT_EQ(why.evidence[0].value, "like");
    EXPECT_EQ(why.evidence[0].time, add_days(kNow, -2));
}

TEST(Content, LumpsSmallParts) {
    const Fitted full;
    const Fitted brief({.max_evidence = 1});
    const CustomerState state = traveller();
    const ProductIndex card = index_of(*full.catalogue, "card");
    const Explanation why = brief.model->explain(state.view(), card);
    ASSERT_THAT(why.evidence, SizeIs(2));
    EXPECT_EQ(why.evidence[1].kind, EvidenceKind::kBaseline);
    EXPECT_NEAR(total_contribution(why.evidence), full.score(state.view(), "card"), 1e-12);
}

/// Customers of random words and events over the words of the catalogue.
CustomerState random_customer(Random& random, const Catalogue& catalogue) {
    static const std::vector<std::string> kWords{
        "travel", "House", "LOAN",  "saving",  "interest", "fixed rate", "Shopping",
        "points", "golf",  "house", "Savings", "own home", "über",       "定期"};
    CustomerState state;
    state.now = kNow;
    state.profile.emplace();
    for (auto* list : {&state.profile->interests, &state.profile->preferences,
                       &state.profile->financial_needs}) {
        for (std::size_t i = random.below(4); i > 0; --i) {
            list->push_back(kWords[random.below(kWords.size())]);
        }
    }
    for (std::size_t i = random.below(6); i > 0; --i) {
        const auto product = ProductIndex(random.below(catalogue.num_products()));
        state.history.push_back(interaction(product,
                                            add_days(kNow, -static_cast<double>(random.below(400))),
                                            static_cast<float>(random.uniform())));
    }
    std::sort(state.history.begin(), state.history.end(),
              [](const auto& a, const auto& b) { return a.time < b.time; });
    return state;
}

TEST(Content, EvidenceAddsUpAndWithoutItTheScoreFalls) {
    const Fitted fitted;
    Random random(11);
    std::size_t num_cited = 0;
    for (int round = 0; round < 200; ++round) {
        const CustomerState state = random_customer(random, *fitted.catalogue);
        const auto scores = fitted.scores(state.view());
        for (std::size_t p = 0; p < scores.size(); ++p) {
            const Explanation why = fitted.model->explain(state.view(), ProductIndex(p));
            EXPECT_NEAR(why.score, scores[p], 1e-12);
            EXPECT_NEAR(total_contribution(why.evidence), scores[p], 1e-12);
            for (const Evidence& cited : why.evidence) {
                const CustomerState without =
                    without_evidence(state.view(), {cited}, *fitted.catalogue);
                const double left = fitted.scores(without.view())[p];
                EXPECT_LE(left, scores[p] - cited.contribution + 1e-12) << cited.subject;
                ++num_cited;
            }
        }
    }
    EXPECT_GT(num_cited, 1000U);
}

TEST(Content, SurvivesSaving) {
    const Fitted fitted({.interest_weight = 3, .half_life_days = 10, .name_repeats = 1});
    const std::string bytes = saved(*fitted.model);
    BinaryReader reader(bytes);
    const auto loaded = std::move(load_content(reader, fitted.catalogue).value());
    EXPECT_TRUE(reader.at_end());
    Random random(5);
    for (int round = 0; round < 20; ++round) {
        const CustomerState state = random_customer(random, *fitted.catalogue);
        EXPECT_EQ(scores_of(*loaded, state.view(), 6), fitted.scores(state.view()));
    }
}

TEST(Content, ReadsTheTextsOfTheCatalogueItIsLoadedWith) {
    const Fitted fitted;
    const std::string bytes = saved(*fitted.model);
    auto products = fitted.catalogue->products();
    products[index_of(*fitted.catalogue, "gold").at()].description = "Travel the world";
    BinaryReader reader(bytes);
    const auto edited = std::make_shared<const Catalogue>(products);
    const auto loaded = std::move(load_content(reader, edited).value());
    EXPECT_GT(scores_of(*loaded, traveller().view(), 6)[index_of(*edited, "gold").at()], 0);

    products.pop_back();
    BinaryReader again(bytes);
    const auto fewer = std::make_shared<const Catalogue>(products);
    const auto with_fewer = std::move(load_content(again, fewer).value());
    const auto scores = scores_of(*with_fewer, traveller().view(), fewer->num_products());
    EXPECT_GT(scores[index_of(*fewer, "gold").at()], 0);
}

TEST(Content, RefusesDamage) {
    const Fitted fitted;
    const std::string bytes = saved(*fitted.model);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        BinaryReader reader(std::string_view(bytes).substr(0, size));
        const auto loaded = load_content(reader, fitted.catalogue);
        ASSERT_FALSE(loaded.has_value()) << size;
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
    const CustomerState state = traveller();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string flipped = bytes;
        flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
        BinaryReader reader(flipped);
        const auto loaded = load_content(reader, fitted.catalogue);
        if (!loaded) {
            EXPECT_THAT(loaded.error().code, AnyOf(ErrorCode::kCorrupt, ErrorCode::kNewerFormat));
            continue;
        }
        for (const double score : scores_of(**loaded, state.view(), 6)) {
            EXPECT_TRUE(std::isfinite(score)) << i;
        }
    }
}

TEST(Content, RefusesOptionsOutOfRange) {
    const TrainingData data = training(small_catalogue(), {});
    for (const ContentOptions& options :
         {ContentOptions{.interest_weight = -1}, ContentOptions{.event_weight = NAN},
          ContentOptions{.half_life_days = -2}, ContentOptions{.name_repeats = 101},
          ContentOptions{.tokenizer = {.language = "xx"}}}) {
        const auto fitted = fit_content(data, options);
        ASSERT_FALSE(fitted.has_value());
        EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
    }
}

TEST(Content, LeavesOutListsOfNoWeight) {
    const Fitted fitted({.interest_weight = 0, .preference_weight = 0, .need_weight = 0});
    EXPECT_THAT(fitted.scores(traveller().view()), Each(0.0));
}

TEST(Content, OfAnEmptyCatalogueScoresNothing) {
    const auto empty = std::make_shared<const Catalogue>(std::vector<Product>{});
    const auto model = std::move(fit_content(training(empty, {}), {}).value());
    EXPECT_THAT(scores_of(*model, traveller().view(), 0), SizeIs(0));
}

}  // namespace
}  // namespace attune
