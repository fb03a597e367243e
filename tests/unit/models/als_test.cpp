#include "models/als.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.hpp"
#include "math/dense.hpp"
#include "models/model_io.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

constexpr std::size_t kNumProducts = 24;

TrainingData blocks() {
    Random random(8);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 60; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t j = c % 2; j < kNumProducts; j += 2) {
            if (random.uniform() < 0.5) events.push_back({j, 60 * random.uniform()});
        }
        histories.push_back(std::move(events));
    }
    return made_data(kNumProducts, histories);
}

AlsOptions small_options() {
    AlsOptions options;
    options.solver.num_factors = 8;
    return options;
}

std::unique_ptr<Recommender> fit(const TrainingData& data, const AlsOptions& options) {
    ThreadPool pool(2);
    NullProgress progress;
    auto model = fit_als(data, options, pool, progress);
    EXPECT_TRUE(model);
    return *std::move(model);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events) {
    const auto history = made_history(events);
    std::vector<double> scores(kNumProducts);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

TEST(Als, AnEventOfANewCustomerCountsAtOnce) {
    const auto model = fit(blocks(), small_options());
    EXPECT_THAT(scores_of(*model, {}), testing::Each(0.0));
    const auto scores = scores_of(*model, {{2, 1}});
    double even = 0;
    double odd = 0;
    for (std::size_t j = 4; j < kNumProducts; ++j) (j % 2 == 0 ? even : odd) += scores[j];
    EXPECT_GT(even, 5 * std::abs(odd));
}

TEST(Als, FoldedInScoresAreThoseOfTheFactors) {
    // After a half sweep over customers the trained factors equal the folded-in ones.
    const TrainingData data = blocks();
    AlsOptions options = small_options();
    options.strength.half_life_days = 0;
    options.solver.objective.regularization = 0.05;
    options.solver.num_sweeps = 60;  // converged
    const auto model = fit(data, options);
    ThreadPool pool(1);
    NullProgress progress;
    const auto factors =
        solve_als(strength_matrix(data, options.strength), options.solver, pool, progress);
    ASSERT_TRUE(factors);
    std::vector<double> scores(kNumProducts);
    for (std::size_t c = 0; c < 10; ++c) {
        model->score(data.view(CustomerIndex(c)), scores);
        for (std::size_t j = 0; j < kNumProducts; ++j) {
            const double trained =
                dot(factors->customers.row(c).data(), factors->products.row(j).data(),
                    factors->products.num_factors());
            EXPECT_NEAR(scores[j], trained, 2e-3);
        }
    }
}

TEST(Als, EvidenceHoldsAgainstRefitsWithoutIt) {
    // More products than factors and fewer: both systems of FoldIn. Strong regularization that
    // depends on the history's size makes removals change more than their own terms.
    const TrainingData data = blocks();
    for (const AlsLoss loss : {AlsLoss::kTwoWeights, AlsLoss::kConfidence}) {
        AlsOptions options = small_options();
        options.solver.objective = {loss, 0.2, 0.3, 1};
        const auto model = fit(data, options);
        std::size_t num_cited = 0;
        for (const std::size_t size : {3, 12}) {
            std::vector<MadeEvent> events;
            for (std::size_t i = 0; i < size; ++i) {
                events.push_back({(i * 5) % kNumProducts, 7.0 * static_cast<double>(i)});
            }
            const auto history = made_history(events);
            const CustomerView view{nullptr, history, kMadeNow};
            for (std::size_t j = 0; j < kNumProducts; ++j) {
                const auto explanation = model->explain(view, ProductIndex(j));
                EXPECT_NEAR(total_contribution(explanation.evidence), explanation.score, 1e-12);
                for (const Evidence& cited : explanation.evidence) {
                    if (cited.kind != EvidenceKind::kEvent || cited.contribution <= 0) continue;
                    ++num_cited;
                    const auto without = without_evidence(view, {cited}, *data.catalogue);
                    EXPECT_LT(model->explain(without.view(), ProductIndex(j)).score,
                              explanation.score);
                }
            }
        }
        EXPECT_GT(num_cited, 100U);
    }
}

TEST(Als, ListsNoMoreThanAskedFor) {
    AlsOptions options = small_options();
    options.max_evidence = 2;
    const auto model = fit(blocks(), options);
    const auto history = made_history({{0, 1}, {2, 1}, {4, 1}, {6, 1}, {8, 1}});
    const auto explanation = model->explain({nullptr, history, kMadeNow}, ProductIndex(10));
    ASSERT_EQ(explanation.evidence.size(), 3U);
    EXPECT_EQ(explanation.evidence[2].kind, EvidenceKind::kBaseline);
    options.max_evidence = 0;
    EXPECT_EQ(fit(blocks(), options)
                  ->explain({nullptr, history, kMadeNow}, ProductIndex(10))
                  .evidence.size(),
              1U);
}

TEST(Als, RefusesOptionsOutOfRange) {
    ThreadPool pool(1);
    NullProgress progress;
    AlsOptions options = small_options();
    options.observed_weight = 0;
    EXPECT_FALSE(fit_als(blocks(), options, pool, progress));
    options = small_options();
    options.strength.half_life_days = -3;
    EXPECT_FALSE(fit_als(blocks(), options, pool, progress));
    options = small_options();
    options.solver.num_factors = 100'000;
    EXPECT_FALSE(fit_als(blocks(), options, pool, progress));
}

TEST(Als, RefusesBytesThatNoFitWrote) {
    const TrainingData data = blocks();
    BinaryWriter writer;
    fit(data, small_options())->save(writer);
    const std::string bytes = writer.bytes();
    std::size_t num_refused = 0;
    for (std::size_t at = 0; at < 256; ++at) {
        std::string damaged = bytes;
        damaged[at] = '\xff';
        BinaryReader reader(damaged);
        const auto loaded = load_als(reader, data.catalogue);
        if (!loaded) {
            ++num_refused;
            continue;
        }
        for (const double score : scores_of(**loaded, {{0, 1}})) EXPECT_TRUE(std::isfinite(score));
    }
    EXPECT_GT(num_refused, 20U);
}

double number_of(const Recommender& model, std::string_view name) {
    for (const ModelFact& fact : model.facts()) {
        if (fact.name == name) return std::get<double>(fact.value);
    }
    return std::nan("");
}

std::unique_ptr<Recommender> reloaded(const Recommender& model,
                                      std::shared_ptr<const Catalogue> catalogue) {
    BinaryWriter writer;
    model.save(writer);
    BinaryReader reader(writer.bytes());
    auto loaded = load_als(reader, std::move(catalogue));
    EXPECT_TRUE(loaded) << loaded.error().message;
    EXPECT_TRUE(reader.at_end());
    return *std::move(loaded);
}

constexpr std::size_t kManyProducts = 4000;

/// Every third customer has no events.
TrainingData large_catalogue() {
    Random random(5);
    std::vector<std::vector<MadeEvent>> histories(300);
    for (std::size_t c = 0; c < histories.size(); ++c) {
        if (c % 3 == 2) continue;
        for (std::size_t i = 0; i < 30; ++i) {
            const std::size_t product = random.below(kManyProducts);
            histories[c].push_back({product, 60 * random.uniform()});
        }
    }
    return made_data(kManyProducts, histories);
}

AlsOptions graph_options() {
    AlsOptions options = small_options();
    options.search.exact_up_to = 1;  // no search reads so few
    options.search.links = 8;
    options.search.build_effort = 40;
    options.search.effort = 50;
    return options;
}

TEST(Als, SearchesLargeCataloguesApproximatelyAndTellsTheRecall) {
    const TrainingData data = large_catalogue();
    AlsOptions options = graph_options();
    const auto model = fit(data, options);
    const double recall = number_of(*model, "search_recall_at_20");
    EXPECT_GT(recall, 0.5);
    EXPECT_LT(recall, 1);  // only the graph misses any
    options.search.exact_up_to = kManyProducts;
    const auto exact = fit(data, options);
    EXPECT_TRUE(std::isnan(number_of(*exact, "search_recall_at_20")));

    std::size_t num_found = 0;
    std::vector<double> scores(kManyProducts);
    for (std::size_t c = 0; c < 60; c += 3) {
        const CustomerView view = data.view(CustomerIndex(c));
        model->score(view, scores);
        const auto best = top_k(scores, 20);
        EXPECT_EQ(exact->top_products(view, kManyProducts, 20, {}), best);
        for (const auto& entry : model->top_products(view, kManyProducts, 20, {})) {
            EXPECT_EQ(entry.score, scores[entry.index]);
            num_found += std::ranges::count(best, entry);
        }
    }
    EXPECT_GT(num_found, 200U);  // of 400
    EXPECT_LT(num_found, 400U);
}

TEST(Als, KeepsEveryOptionOfItsSearch) {
    const TrainingData data = large_catalogue();
    const auto model = fit(data, graph_options());
    const auto loaded = reloaded(*model, data.catalogue);
    EXPECT_EQ(number_of(*loaded, "search_recall_at_20"), number_of(*model, "search_recall_at_20"));
    for (std::size_t c = 0; c < 60; c += 3) {
        const CustomerView view = data.view(CustomerIndex(c));
        EXPECT_EQ(loaded->top_products(view, kManyProducts, 20, {}),
                  model->top_products(view, kManyProducts, 20, {}));
    }
}

TEST(Als, OfATrialIsNotMeasured) {
    AlsOptions options = graph_options();
    options.measured = false;
    const TrainingData data = large_catalogue();
    const auto model = fit(data, options);
    ASSERT_EQ(model->facts().size(), 1U);
    EXPECT_EQ(model->facts()[0].name, "factors");
    EXPECT_EQ(reloaded(*model, data.catalogue)->facts().size(), 1U);
    EXPECT_EQ(
        model->top_products(data.view(CustomerIndex(std::size_t{0})), kManyProducts, 5, {}).size(),
        5U);
}

TEST(Als, TellsAnObjectiveThatNeverRises) {
    for (const AlsMethod method :
         {AlsMethod::kCholesky, AlsMethod::kConjugateGradients, AlsMethod::kSubspace}) {
        AlsOptions options = small_options();
        options.solver.method = method;
        options.solver.num_sweeps = 12;
        const TrainingData data = blocks();
        const auto model = fit(data, options);
        ASSERT_EQ(model->facts().size(), 2U);
        EXPECT_EQ(model->facts()[1].name, "objective");
        const auto objectives = std::get<std::vector<double>>(model->facts()[1].value);
        ASSERT_EQ(objectives.size(), 12U);
        for (std::size_t sweep = 1; sweep < objectives.size(); ++sweep) {
            EXPECT_LE(objectives[sweep], objectives[sweep - 1] * (1 + 1e-6)) << sweep;
        }
        EXPECT_LT(objectives.back(), 0.99 * objectives.front());
        EXPECT_EQ(reloaded(*model, data.catalogue)->facts()[1].value, model->facts()[1].value);
    }
}

/// What formats 1 and 2 had in common, of two factors.
BinaryWriter old_model(std::uint32_t version, const Catalogue& catalogue) {
    BinaryWriter writer;
    write_model_header(writer, "als", version);
    write_products(writer, catalogue);
    write_strength_options(writer, {Strength::kStrongest, 30});
    writer.number<std::uint64_t>(10);
    writer.number<std::uint8_t>(0);
    for (const double value : {0.4, 0.003, 1.0, 1.0}) writer.number(value);
    writer.number<std::uint64_t>(kNumProducts);
    writer.array(std::vector<double>{1, 2});
    std::vector<float> products;
    for (std::size_t j = 0; j < kNumProducts; ++j) {
        products.push_back(j % 2 == 0 ? 1 : 0);
        products.push_back(j % 2 == 0 ? 0 : 1);
    }
    writer.array(products);
    return writer;
}

TEST(Als, ReadsModelsOfOlderFormats) {
    const TrainingData data = blocks();
    for (const std::uint32_t version : {1U, 2U}) {
        BinaryWriter writer = old_model(version, *data.catalogue);
        if (version == 2) {
            for (const std::uint64_t value : {5, 50, 1}) writer.number(value);
            writer.number(0.97);
        }
        BinaryReader reader(writer.bytes());
        const auto loaded = load_als(reader, data.catalogue);
        ASSERT_TRUE(loaded) << loaded.error().message;
        EXPECT_TRUE(reader.at_end());
        const auto scores = scores_of(**loaded, {{2, 1}});
        EXPECT_GT(scores[4], 0.5);
        EXPECT_EQ(scores[5], 0);
        const double recall = number_of(**loaded, "search_recall_at_20");
        EXPECT_EQ(std::isnan(recall), version == 1);
    }
}

TEST(Als, RefusesMoreFactorsThanASmallFileShouldAskFor) {
    BinaryWriter writer;
    write_model_header(writer, "als", 1);
    write_products(writer, Catalogue({}));
    write_strength_options(writer, {});
    writer.number<std::uint64_t>(10);
    writer.number<std::uint8_t>(0);
    for (const double value : {0.4, 0.003, 1.0, 1.0}) writer.number(value);
    writer.number<std::uint64_t>(0);
    writer.array(std::vector<double>(2000, 1));
    writer.array(std::vector<float>());
    BinaryReader reader(writer.bytes());
    const auto loaded = load_als(reader, blocks().catalogue);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
}

TEST(Als, WeightsTooSmallForAFloatAreLeftOut) {
    TrainingData data = blocks();
    data.interactions[0].weight = 1e-40F;
    AlsOptions options = small_options();
    options.strength.half_life_days = 0;
    options.observed_weight = 1e-6;
    const auto model = fit(data, options);
    for (const double score : scores_of(*model, {{2, 1}})) EXPECT_TRUE(std::isfinite(score));
}

}  // namespace
}  // namespace attune
