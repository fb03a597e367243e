#include "serving/training.hpp"

#include <gtest/gtest.h>

#include "serving/propensity_evaluation.hpp"
#include "serving/ranking_evaluation.hpp"
#include "serving/training_data_loader.hpp"
#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

constexpr Timestamp kPresent{(kPlantedFirstDay + 400) * kMsPerDay};

class Training : public testing::Test {
 protected:
    TrainingData load(const PlantedStoreOptions& options) {
        database_ = open_database("sqlite:" + (folder_.path() / "t.db").string()).value();
        EXPECT_TRUE(fill_planted_store(*database_, options));
        return load_training_data(*database_, {.weights = {}, .now = kPresent}, progress_).value();
    }

    static TrainingOptions options() {
        TrainingOptions options;
        options.models = {"popularity", "content", "item_knn", "als", "cohort"};
        options.tune = false;
        options.validation_days = 40;
        options.k = 5;
        options.base.als.solver.num_factors = 4;
        options.base.cohort.min_cohorts = 2;
        options.base.cohort.max_cohorts = 3;
        options.cold_weights = {{"popularity", 0.2}, {"cohort", 0.8}, {"propensity", 5}};
        return options;
    }

    TemporaryFolder folder_;
    std::unique_ptr<Database> database_;
    ThreadPool pool_{2};
    NullProgress progress_;
};

TEST_F(Training, LoadsHistoriesGroupedAndInOrder) {
    const TrainingData data = load({});
    EXPECT_EQ(data.num_customers(), 60U);
    EXPECT_EQ(data.num_products(), 16U);
    EXPECT_EQ(data.interactions.size(), 360U);
    ASSERT_EQ(data.offsets.size(), 61U);
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        const auto history = data.history(CustomerIndex(c));
        EXPECT_EQ(history.size(), 6U);
        for (std::size_t i = 1; i < history.size(); ++i) {
            EXPECT_LE(history[i - 1].time, history[i].time);
        }
    }
    EXPECT_GT(data.as_of, data.interactions.back().time);
}

TEST_F(Training, CustomersWhoRefusedLeaveNothingButTheirPlace) {
    load({});
    ASSERT_TRUE(database_->write([](Stores& stores) -> Status {
        const std::vector<Consent> consents{{"c001", "personalization", false, Timestamp{5}, "web"},
                                            {"c002", "personalization", false, Timestamp{5}, "web"},
                                            {"c002", "personalization", true, Timestamp{6}, "web"},
                                            {"c003", "marketing", false, Timestamp{5}, "web"}};
        ATTUNE_TRY(stores.consents().put(consents));
        return {};
    }));
    const TrainingData data =
        load_training_data(*database_, {.weights = {}, .now = kPresent}, progress_).value();
    EXPECT_TRUE(data.history(CustomerIndex(1)).empty());
    EXPECT_FALSE(data.customers[1].age);
    EXPECT_EQ(data.customers[1].id, "c001");
    EXPECT_FALSE(data.history(CustomerIndex(2)).empty());
    EXPECT_FALSE(data.history(CustomerIndex(3)).empty());
}

TEST_F(Training, AnEmptyStoreIsNotFound) {
    database_ = open_database("sqlite:" + (folder_.path() / "e.db").string()).value();
    EXPECT_EQ(
        load_training_data(*database_, {.weights = {}, .now = kPresent}, progress_).error().code,
        ErrorCode::kNotFound);
}

TEST_F(Training, TheBlendScalesTheModelsThatServe) {
    const TrainingData data = load({});
    const auto trained = train_models(data, options(), pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    TimeSplitOptions slice;
    slice.cut = add_days(data.as_of, -options().validation_days);
    slice.positive_events = PositiveEvents::kAnyWeight;
    const TimeSplit split = split_by_time(data, slice).value();
    std::vector<CustomerView> now;
    for (const CustomerIndex customer : split.customers) now.push_back(data.view(customer));
    const std::vector<double> scales = learn_scales(trained->models, now, data.num_products());
    const auto& reported = trained->report.at("blend").at("scales");
    for (std::size_t m = 0; m < scales.size(); ++m) {
        const std::string name(trained->models[m]->name());
        EXPECT_NEAR(reported.at(name).get<double>(), scales[m], 1e-9) << name;
    }
}

TEST_F(Training, ReportsWhatModelsTellOfThemselves) {
    TrainingOptions options = this->options();
    options.models = {"als"};
    options.tune = false;
    const auto trained = train_models(load({}), options, pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    const auto& entry = trained->report.at("models").at(0);
    EXPECT_GT(entry.at("factors").get<double>(), 0);
    EXPECT_EQ(entry.at("objective").size(), options.base.als.solver.num_sweeps);
}

TEST_F(Training, LearnsABlendThatBeatsPopularityOnThePlantedPattern) {
    const TrainingData data = load({.num_customers = 120});
    RankingEvaluationRequest request;
    request.split.cut = {(kPlantedFirstDay + 90) * kMsPerDay};
    request.ranking.k = 5;
    request.ranking.bootstrap.num_resamples = 100;
    request.training = options();
    const auto outcome = evaluate_ranking(data, request, pool_, progress_);
    ASSERT_TRUE(outcome) << outcome.error().message;
    double popularity = 0;
    double blend = 0;
    std::vector<std::string> names;
    for (const ModelEvaluation& model : outcome->evaluation.models) {
        names.push_back(model.name);
        const double ndcg = model.metric(RankingMetric::kNdcg).value;
        if (model.name == kPopularityBaseline) popularity = ndcg;
        if (model.name == "blend") blend = ndcg;
    }
    EXPECT_EQ(names, (std::vector<std::string>{"random", "popularity", "recent_popularity",
                                               "content", "item_knn", "als", "cohort", "blend"}));
    EXPECT_GT(blend, 1.2 * popularity);  // 2 x is what a perfect knowledge of the group gives
    const auto& weights = outcome->training_report.at("blend").at("weights");
    double sum = 0;
    for (const auto& weight : weights) sum += weight.get<double>();
    EXPECT_NEAR(sum, 1, 1e-9);
}

TEST_F(Training, IsTheSameOnAnyNumberOfThreads) {
    const TrainingData data = load({});
    ThreadPool one(1);
    const auto a = train_models(data, options(), one, progress_);
    const auto b = train_models(data, options(), pool_, progress_);
    ASSERT_TRUE(a) << a.error().message;
    ASSERT_TRUE(b);
    EXPECT_EQ(a->report["blend"], b->report["blend"]);
    std::vector<double> scores_a(data.num_products());
    std::vector<double> scores_b(data.num_products());
    a->blend->score(data.view(CustomerIndex(3)), scores_a);
    b->blend->score(data.view(CustomerIndex(3)), scores_b);
    EXPECT_EQ(scores_a, scores_b);
}

TEST_F(Training, WithoutEventsWhatNeedsThemIsLeftOutAndNamed) {
    const TrainingData data = load({.events_of_customer = 0});
    const auto trained = train_models(data, options(), pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_EQ(trained->blend, nullptr);
    EXPECT_EQ(trained->models.size(), 3U);
    EXPECT_EQ(trained->report.at("left_out").size(), 2U);
    const auto& weights = trained->report.at("cold_blend").at("weights");
    EXPECT_DOUBLE_EQ(weights.at("popularity").get<double>(), 0.2);
    EXPECT_DOUBLE_EQ(weights.at("cohort").get<double>(), 0.8);
}

TEST_F(Training, GivenWeightsAreTaken) {
    const TrainingData data = load({});
    TrainingOptions given = options();
    given.blend_weights = {{"als", 3}, {"item_knn", 1}};
    const auto trained = train_models(data, given, pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_DOUBLE_EQ(trained->report.at("blend").at("weights").at("als").get<double>(), 0.75);
    EXPECT_EQ(trained->blend->components().size(), 2U);
}

TEST_F(Training, WhatWouldBeInTheFutureIsLeftOut) {
    load({});
    ASSERT_TRUE(database_->write([](Stores& stores) -> Status {
        const Event typo{"typo",
                         "c001",
                         "p01",
                         EventType::kView,
                         {(kPlantedFirstDay + 60'000) * kMsPerDay},
                         1,
                         std::nullopt,
                         ""};
        const std::vector<Consent> consents{
            {"c002", "personalization", false, Timestamp{5}, "web"},
            {"c002", "personalization", true, Timestamp{kPresent.ms + 1}, "web"}};
        ATTUNE_TRY(stores.events().append({&typo, 1}));
        ATTUNE_TRY(stores.consents().put(consents));
        return {};
    }));
    const auto data = load_training_data(*database_, {.weights = {}, .now = kPresent}, progress_);
    ASSERT_TRUE(data);
    EXPECT_LT(data->as_of, kPresent);
    EXPECT_EQ(data->history(CustomerIndex(1)).size(), 6U);
    EXPECT_TRUE(data->history(CustomerIndex(2)).empty());
}

TEST_F(Training, ColdWeightsThatNameNobodyBecomeEqualAndSaySo) {
    const TrainingData data = load({.events_of_customer = 0});
    TrainingOptions weightless = options();
    weightless.cold_weights = {{"als", 1}};
    const auto trained = train_models(data, weightless, pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    const auto& cold = trained->report.at("cold_blend");
    EXPECT_TRUE(cold.at("weights_from").get<std::string>().starts_with("equal"));
}

TEST_F(Training, AnEventLongAfterAllOthersLeavesDaysToChooseOn) {
    load({});
    const Timestamp years_later = add_days(kPresent, 4'000);
    ASSERT_TRUE(database_->write([&](Stores& stores) -> Status {
        Event view;
        view.id = "late";
        view.customer_id = "c001";
        view.product_id = "p01";
        view.time = years_later;
        ATTUNE_TRY(stores.events().append(std::span(&view, 1)));
        return {};
    }));
    const TrainingData data =
        load_training_data(*database_, {.weights = {}, .now = add_days(years_later, 1)}, progress_)
            .value();
    ASSERT_EQ(data.interactions.size(), 361U);
    const auto trained = train_models(data, options(), pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    EXPECT_EQ(trained->report.at("blend").at("weights_from"), "validation");
    EXPECT_GT(trained->report.at("validation").at("pairs"), 5);
}

TEST_F(Training, ASearchWithoutDaysToLookAtIsReportedAsSkipped) {
    const TrainingData data = load({});
    TrainingOptions searching = options();
    searching.models = {"popularity", "als"};
    searching.search = ParameterSearch::kHalving;
    searching.num_trials = 3;
    searching.validation_days = 4'000;
    const auto trained = train_models(data, searching, pool_, progress_);
    ASSERT_TRUE(trained) << trained.error().message;
    const auto& search = trained->report.at("search");
    EXPECT_EQ(search.at("method"), "halving");
    EXPECT_TRUE(search.at("skipped").get<std::string>().starts_with("no event before the cut"));
    EXPECT_FALSE(trained->report.at("models").at(1).contains("search"));
    searching.validation_days = 40;
    const auto searched = train_models(data, searching, pool_, progress_);
    ASSERT_TRUE(searched) << searched.error().message;
    EXPECT_FALSE(searched->report.contains("search"));
    EXPECT_TRUE(searched->report.at("models").at(1).contains("search"));
    searching.search = ParameterSearch::kNone;
    searching.validation_days = 4'000;
    EXPECT_FALSE(train_models(data, searching, pool_, progress_)->report.contains("search"));
}

TEST_F(Training, RefusesWhatCannotBeTrained) {
    const TrainingData data = load({.events_of_customer = 0});
    TrainingOptions none = options();
    none.models = {"als"};
    EXPECT_EQ(train_models(data, none, pool_, progress_).error().code, ErrorCode::kInvalidArgument);
    none.models = {"magic"};
    EXPECT_EQ(train_models(data, none, pool_, progress_).error().code, ErrorCode::kInvalidArgument);
    TrainingOptions weightless = options();
    weightless.blend_weights = {{"als", 1}};
    EXPECT_EQ(train_models(data, weightless, pool_, progress_).error().code,
              ErrorCode::kInvalidArgument);
}

TEST_F(Training, ForeseesWhoHoldsACategory) {
    const TrainingData data = load({.num_customers = 300, .events_of_customer = 0});
    PropensityEvaluationRequest request;
    request.category = "RESIDENTIAL_MORTGAGES";
    request.num_folds = 3;
    request.options.min_positives = 10;
    request.prediction.bootstrap.num_resamples = 100;
    const auto evaluation = evaluate_propensity(data, request, pool_, progress_);
    ASSERT_TRUE(evaluation) << evaluation.error().message;
    // Only the retired hold mortgages here, and age says who is retired.
    EXPECT_GT(evaluation->probabilities.auc.value, 0.75);
    EXPECT_EQ(evaluation->probabilities.num_rows, 300U);
    // The mean squared error of a probability is its Brier score.
    EXPECT_NEAR(evaluation->numbers.mse.value, evaluation->probabilities.brier.value, 1e-12);
    EXPECT_NEAR(evaluation->numbers.baseline.mse, evaluation->probabilities.baseline_brier, 1e-12);
    EXPECT_GT(evaluation->numbers.r2.value, 0);
    request.category = "NO_SUCH_CATEGORY";
    EXPECT_EQ(evaluate_propensity(data, request, pool_, progress_).error().code,
              ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace attune
