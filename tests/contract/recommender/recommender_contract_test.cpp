#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "contract/recommender/planted_data.hpp"
#include "models/registry.hpp"

namespace attune {
namespace {

using testing::Each;
using testing::Eq;

const PlantedData& planted() {
    static const PlantedData data = make_planted_data();
    return data;
}

/// What every recommender promises, run on each of the registry.
class RecommenderContract : public testing::TestWithParam<std::string_view> {
 protected:
    static std::unique_ptr<Recommender> fit(const TrainingData& data, std::size_t num_threads = 2) {
        ThreadPool pool(num_threads);
        NullProgress progress;
        auto model = fit_model(GetParam(), data, ModelOptions{}, pool, progress);
        if (!model) {
            ADD_FAILURE() << model.error().message;
            return nullptr;
        }
        return *std::move(model);
    }

    /// One model for all tests that only look at it.
    static const Recommender& fitted() {
        static std::map<std::string_view, std::unique_ptr<Recommender>> models;
        auto& model = models[GetParam()];
        if (!model) model = fit(planted().train);
        return *model;
    }

    static std::vector<double> scores_of(const Recommender& model, const CustomerView& view) {
        std::vector<double> scores(planted().train.num_products(), std::nan(""));
        model.score(view, scores);
        return scores;
    }

    static std::vector<double> all_scores(const Recommender& model) {
        std::vector<double> all;
        for (std::size_t c = 0; c < planted().train.num_customers(); ++c) {
            const auto scores = scores_of(model, planted().train.view(CustomerIndex(c)));
            all.insert(all.end(), scores.begin(), scores.end());
        }
        return all;
    }

    static std::string bytes_of(const Recommender& model) {
        BinaryWriter writer;
        model.save(writer);
        return writer.bytes();
    }

    static Result<std::unique_ptr<Recommender>> load(
        std::string_view bytes,
        std::shared_ptr<const Catalogue> catalogue = planted().train.catalogue) {
        BinaryReader reader(bytes);
        return load_model(GetParam(), reader, std::move(catalogue));
    }
};

TEST_P(RecommenderContract, BearsItsName) {
    EXPECT_EQ(fitted().name(), GetParam());
}

TEST_P(RecommenderContract, SameSeedAndDataGiveTheSameScores) {
    EXPECT_EQ(all_scores(*fit(planted().train)), all_scores(fitted()));
}

TEST_P(RecommenderContract, NumberOfThreadsChangesNothing) {
    const auto alone = fit(planted().train, 1);
    const auto together = fit(planted().train, 4);
    EXPECT_EQ(bytes_of(*alone), bytes_of(*together));
    EXPECT_EQ(all_scores(*alone), all_scores(*together));
}

TEST_P(RecommenderContract, ScoresAreFinite) {
    for (const double score : all_scores(fitted())) EXPECT_TRUE(std::isfinite(score));
}

TEST_P(RecommenderContract, TopProductsAreThoseOfTheHighestScores) {
    const Recommender& model = fitted();
    const std::size_t num_products = planted().train.num_products();
    for (std::size_t c = 0; c < planted().train.num_customers(); c += 9) {
        const CustomerView view = planted().train.view(CustomerIndex(c));
        const std::vector<std::uint32_t> held{1, 4};
        std::vector<std::uint8_t> allowed(num_products, 1);
        allowed[2] = 0;
        const auto expected = top_k_if(
            std::span<const double>(scores_of(model, view)), 7,
            [&](std::uint32_t product) { return product != 1 && product != 2 && product != 4; });
        EXPECT_EQ(model.top_products(view, num_products, 7, {held, allowed}), expected);
    }
}

TEST_P(RecommenderContract, OfAnUnknownCustomerAreScoredAlike) {
    const Recommender& model = fitted();
    const Timestamp now = planted().train.as_of;
    const auto scores = scores_of(model, CustomerView::anonymous(now));
    for (const double score : scores) EXPECT_TRUE(std::isfinite(score));
    EXPECT_EQ(scores, scores_of(model, CustomerView::anonymous(now)));
}

TEST_P(RecommenderContract, EvidenceAddsUpToTheScore) {
    const Recommender& model = fitted();
    for (std::size_t c = 0; c < planted().train.num_customers(); c += 7) {
        const CustomerView view = planted().train.view(CustomerIndex(c));
        const auto scores = scores_of(model, view);
        for (std::size_t j = 0; j < scores.size(); j += 3) {
            const Explanation explanation = model.explain(view, ProductIndex(j));
            EXPECT_NEAR(explanation.score, scores[j], 1e-9);
            EXPECT_NEAR(total_contribution(explanation.evidence), scores[j], 1e-9);
            for (const Evidence& cited : explanation.evidence) EXPECT_EQ(cited.model, GetParam());
        }
    }
}

bool can_be_taken_away(const Evidence& cited) {
    return cited.contribution > 0 &&
           (cited.kind == EvidenceKind::kEvent || cited.kind == EvidenceKind::kAttribute ||
            cited.kind == EvidenceKind::kCohort);
}

TEST_P(RecommenderContract, SeveralProductsAreExplainedAsEachAlone) {
    const Recommender& model = fitted();
    std::vector<ProductIndex> products;
    for (std::size_t j = planted().train.num_products(); j-- > 0;) products.emplace_back(j);
    products.push_back(products.front());
    for (std::size_t c = 0; c < planted().train.num_customers(); c += 23) {
        const CustomerView view = planted().train.view(CustomerIndex(c));
        const std::vector<Explanation> together = model.explain_all(view, products);
        ASSERT_EQ(together.size(), products.size());
        for (std::size_t i = 0; i < products.size(); ++i) {
            const Explanation alone = model.explain(view, products[i]);
            EXPECT_EQ(together[i].score, alone.score);
            EXPECT_EQ(together[i].evidence, alone.evidence);
        }
    }
    EXPECT_TRUE(model.explain_all(planted().train.view(CustomerIndex(0)), {}).empty());
}

TEST_P(RecommenderContract, WithoutCitedPositiveEvidenceTheScoreIsLower) {
    const Recommender& model = fitted();
    const Catalogue& catalogue = *planted().train.catalogue;
    for (std::size_t c = 0; c < planted().train.num_customers(); c += 5) {
        const CustomerView view = planted().train.view(CustomerIndex(c));
        for (std::size_t j = c % 4; j < catalogue.num_products(); j += 4) {
            const Explanation explanation = model.explain(view, ProductIndex(j));
            std::vector<Evidence> positive;
            for (const Evidence& cited : explanation.evidence) {
                if (!can_be_taken_away(cited)) continue;
                positive.push_back(cited);
                const CustomerState without = without_evidence(view, {cited}, catalogue);
                EXPECT_LT(scores_of(model, without.view())[j], explanation.score)
                    << "customer " << c << ", product " << j << ", without " << cited.subject;
            }
            if (positive.empty()) continue;
            const CustomerState without = without_evidence(view, positive, catalogue);
            EXPECT_LT(scores_of(model, without.view())[j], explanation.score)
                << "customer " << c << ", product " << j;
        }
    }
}

TEST_P(RecommenderContract, SavedAndLoadedIsTheSame) {
    const Recommender& model = fitted();
    const std::string bytes = bytes_of(model);
    BinaryReader reader(bytes);
    auto loaded = load_model(GetParam(), reader, planted().train.catalogue);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ((*loaded)->name(), GetParam());
    EXPECT_EQ(all_scores(**loaded), all_scores(model));
    EXPECT_EQ(bytes_of(**loaded), bytes);
    const CustomerView view = planted().train.view(CustomerIndex(3));
    EXPECT_EQ((*loaded)->explain(view, ProductIndex(5)).evidence,
              model.explain(view, ProductIndex(5)).evidence);
}

TEST_P(RecommenderContract, RefusesTruncatedBytes) {
    const std::string bytes = bytes_of(fitted());
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 400);
    for (std::size_t size = 0; size < bytes.size(); size += step) {
        const auto loaded = load(std::string_view(bytes).substr(0, size));
        ASSERT_FALSE(loaded) << size << " of " << bytes.size() << " bytes";
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
}

// A flipped bit within a number can give another number that a model may well have; the file's
// checksum finds that. What is promised here: an error or finite scores, and never a crash.
TEST_P(RecommenderContract, SurvivesFlippedBits) {
    const std::string bytes = bytes_of(fitted());
    const CustomerView view = planted().train.view(CustomerIndex(1));
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 500);
    for (std::size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : step) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
        const auto loaded = load(damaged);
        if (!loaded) continue;
        for (const double score : scores_of(**loaded, view)) {
            ASSERT_TRUE(std::isfinite(score)) << "byte " << at;
        }
        static_cast<void>((*loaded)->explain(view, ProductIndex(2)));
    }
}

// Products come and go between a training and the next.
TEST_P(RecommenderContract, FindsItsProductsInAnotherCatalogue) {
    std::vector<Product> products = planted().train.catalogue->products();
    products.erase(products.begin() + 8);
    Product added = products.front();
    added.id = "A product before all others";
    products.push_back(added);
    const auto changed = std::make_shared<const Catalogue>(std::move(products));
    const auto loaded = load(bytes_of(fitted()), changed);
    ASSERT_TRUE(loaded) << loaded.error().message;

    // A customer who never touched the product that has gone.
    const auto untouched = [](const Interaction& event) { return event.product.value != 8; };
    std::size_t c = 0;
    const auto history_of = [](std::size_t customer) {
        return planted().train.history(CustomerIndex(customer));
    };
    while (!std::ranges::all_of(history_of(c), untouched)) ++c;
    std::vector<Interaction> history(history_of(c).begin(), history_of(c).end());
    for (Interaction& event : history) {
        const std::string& id = planted().train.catalogue->product(event.product).id;
        event.product = *changed->find(id);
    }
    CustomerView view = planted().train.view(CustomerIndex(c));
    const auto before = scores_of(fitted(), view);
    view.history = history;
    std::vector<double> after(changed->num_products());
    (*loaded)->score(view, after);
    EXPECT_TRUE(std::isfinite(after[0]));
    if (GetParam() == "content") return;  // its word weights are the new catalogue's
    EXPECT_NEAR(after[1], before[0], 1e-9);
    EXPECT_NEAR(after[40], before[40], 1e-9);
}

TEST_P(RecommenderContract, FitsDataWithNothingInIt) {
    TrainingData empty{std::make_shared<const Catalogue>(std::vector<Product>{}), {}, {}, {0}, {}};
    ASSERT_NE(fit(empty), nullptr);

    TrainingData no_customers{planted().train.catalogue, {}, {}, {0}, planted().train.as_of};
    const auto model = fit(no_customers);
    ASSERT_NE(model, nullptr);
    for (const double score : scores_of(*model, planted().train.view(CustomerIndex(0)))) {
        EXPECT_TRUE(std::isfinite(score));
    }
}

class Cancelling final : public Progress {
 public:
    void begin(std::string_view, std::uint64_t) override { ++num_open; }
    void advance(std::uint64_t) override {}
    void end() override { --num_open; }
    [[nodiscard]] bool cancelled() const override { return true; }
    int num_open = 0;
};

// These need not look whether to stop.
constexpr std::array<std::string_view, 4> kFitInAnInstant{"popularity", "content", "cohort",
                                                          "random"};

TEST_P(RecommenderContract, FitThatIsStoppedSaysSo) {
    ThreadPool pool(2);
    Cancelling progress;
    const auto model = fit_model(GetParam(), planted().train, ModelOptions{}, pool, progress);
    EXPECT_EQ(progress.num_open, 0);
    const bool in_an_instant =
        std::ranges::find(kFitInAnInstant, GetParam()) != kFitInAnInstant.end();
    ASSERT_EQ(model.has_value(), in_an_instant);
    if (!model) {
        EXPECT_EQ(model.error().code, ErrorCode::kCancelled);
    }
}

TEST_P(RecommenderContract, ManyThreadsGetWhatOneGets) {
    const Recommender& model = fitted();
    const auto alone = all_scores(model);
    const CustomerView view = planted().train.view(CustomerIndex(9));
    const auto reasons = model.explain(view, ProductIndex(4)).evidence;
    std::vector<std::vector<double>> found(4);
    std::vector<std::vector<Evidence>> found_reasons(found.size());
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < found.size(); ++t) {
        threads.emplace_back([&, t] {
            found[t] = all_scores(model);
            found_reasons[t] = model.explain(view, ProductIndex(4)).evidence;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(found, Each(Eq(alone)));
    EXPECT_THAT(found_reasons, Each(Eq(reasons)));
}

TEST_P(RecommenderContract, PersonalModelsBeatPopularityOnPlantedData) {
    const Recommender& model = fitted();
    ThreadPool pool(1);
    NullProgress progress;
    const auto popularity =
        fit_model("popularity", planted().train, ModelOptions{}, pool, progress);
    ASSERT_TRUE(popularity);
    const double floor = ndcg_at_10(planted(), **popularity);
    const double reached = ndcg_at_10(planted(), model);
    RecordProperty("ndcg_at_10", std::to_string(reached));
    if (GetParam() == "popularity") {
        EXPECT_EQ(reached, floor);
    } else if (GetParam() == "random") {
        EXPECT_LT(reached, floor);
    } else {
        EXPECT_GT(reached, 1.2 * floor);
    }
}

INSTANTIATE_TEST_SUITE_P(All, RecommenderContract, testing::ValuesIn(model_names()),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST(Registry, RefusesANameThatIsNone) {
    ThreadPool pool(1);
    NullProgress progress;
    const auto fitted = fit_model("astrology", planted().train, ModelOptions{}, pool, progress);
    ASSERT_FALSE(fitted);
    EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(fitted.error().message, testing::HasSubstr("item_knn"));
    BinaryReader reader("");
    EXPECT_FALSE(load_model("astrology", reader, planted().train.catalogue));
}

}  // namespace
}  // namespace attune
