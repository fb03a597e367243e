#include "serving/model_choice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "serving/search_spaces.hpp"
#include "serving/training_data_loader.hpp"
#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

constexpr Timestamp kPresent{(kPlantedFirstDay + 400) * kMsPerDay};

class ModelChoiceTest : public testing::Test {
 protected:
    ModelChoiceTest() {
        auto database = open_database("sqlite:" + (folder_.path() / "t.db").string()).value();
        EXPECT_TRUE(fill_planted_store(*database, {}));
        data_ = load_training_data(*database, {.weights = {}, .now = kPresent}, progress_).value();
    }

    static TrainingOptions options(ParameterSearch search, std::size_t num_trials) {
        TrainingOptions options;
        options.models = {"popularity", "als"};
        options.search = search;
        options.num_trials = num_trials;
        options.search_models = {"als"};
        options.validation_days = 40;
        options.k = 5;
        options.base.als.solver.num_factors = 4;
        options.cold_weights = {{"popularity", 1}};
        return options;
    }

    /// What the report says of als; null when the training fails.
    nlohmann::json searched(const TrainingOptions& options, std::size_t num_threads = 2) {
        ThreadPool pool(num_threads);
        const auto trained = train_models(data_, options, pool, progress_);
        EXPECT_TRUE(trained) << trained.error().message;
        return trained ? trained->report.at("models").at(1) : nlohmann::json();
    }

    TemporaryFolder folder_;
    TrainingData data_;
    NullProgress progress_;
};

TEST_F(ModelChoiceTest, RandomSearchTriesEachCandidateInFull) {
    const auto report = searched(options(ParameterSearch::kRandom, 7));
    EXPECT_EQ(report.at("search").at("method"), "random");
    EXPECT_EQ(report.at("search").at("candidates"), 7);
    EXPECT_EQ(report.at("search").at("budget"), 7);
    ASSERT_EQ(report.at("trials").size(), 7U);
    EXPECT_EQ(report.at("trials").at(0).at("parameters").at("factors"), 4) << "the base first";
    double best = 0;
    std::set<std::string> tried;
    for (const auto& trial : report.at("trials")) {
        EXPECT_EQ(trial.at("budget"), 1);
        EXPECT_GE(trial.at("seconds").get<double>(), 0);
        EXPECT_EQ(trial.at("parameters").at("sweeps"), 8);
        best = std::max(best, trial.at("ndcg").get<double>());
        tried.insert(trial.at("parameters").dump());
    }
    EXPECT_EQ(tried.size(), 7U);
    EXPECT_EQ(report.at("validation_ndcg").get<double>(), best);
    EXPECT_TRUE(tried.contains(report.at("parameters").dump()));
}

TEST_F(ModelChoiceTest, HalvingSpendsLess) {
    const auto report = searched(options(ParameterSearch::kHalving, 9));
    // 9 at 1/9, 3 at 1/3, 1 in full.
    ASSERT_EQ(report.at("trials").size(), 13U);
    EXPECT_NEAR(report.at("search").at("budget").get<double>(), 3, 1e-9);
    EXPECT_EQ(report.at("trials").at(12).at("budget"), 1);
    EXPECT_EQ(report.at("trials").at(12).at("parameters"), report.at("parameters"));
}

TEST_F(ModelChoiceTest, HalvesOverCustomersWhereThereAreNoSweeps) {
    TrainingOptions knn = options(ParameterSearch::kHalving, 3);
    knn.models = {"popularity", "item_knn"};
    knn.search_models = {"item_knn"};
    const auto report = searched(knn);
    ASSERT_EQ(report.at("trials").size(), 4U);
    EXPECT_GT(report.at("trials").at(3).at("ndcg").get<double>(), 0);
}

TEST_F(ModelChoiceTest, ASearchIsTheSameOnAnyNumberOfThreads) {
    const auto drop_times = [](nlohmann::json report) {
        report.erase("seconds");
        for (auto& trial : report.at("trials")) trial.erase("seconds");
        return report;
    };
    const TrainingOptions halving = options(ParameterSearch::kHalving, 9);
    const auto report = drop_times(searched(halving, 1));
    for (const std::size_t num_threads : {1, 3}) {
        const auto again = drop_times(searched(halving, num_threads));
        EXPECT_EQ(again.at("parameters"), report.at("parameters"));
        for (std::size_t i = 0; i < report.at("trials").size(); ++i) {
            EXPECT_EQ(again.at("trials").at(i).at("parameters"),
                      report.at("trials").at(i).at("parameters"));
        }
    }
    TrainingOptions seeded = halving;
    seeded.seed = 2;
    EXPECT_NE(searched(seeded).at("trials").at(1).at("parameters"),
              report.at("trials").at(1).at("parameters"));
}

class StopsAtTrial final : public Progress {
 public:
    void begin(std::string_view stage, std::uint64_t) override {
        searching_ = stage == "searching als";
    }
    void advance(std::uint64_t so_far) override {
        if (searching_) done = so_far;
    }
    void end() override {}
    [[nodiscard]] bool cancelled() const override { return done == 2; }

    std::uint64_t done = 0;

 private:
    bool searching_ = false;
};

TEST_F(ModelChoiceTest, ASearchCanBeStopped) {
    ThreadPool pool(1);
    StopsAtTrial progress;
    const auto trained = train_models(data_, options(ParameterSearch::kRandom, 7), pool, progress);
    ASSERT_FALSE(trained);
    EXPECT_EQ(trained.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(progress.done, 2U);
}

TEST_F(ModelChoiceTest, RefusesSearchesThatCannotBe) {
    ThreadPool pool(1);
    const auto refuses = [&](const TrainingOptions& options, const char* what) {
        const auto trained = train_models(data_, options, pool, progress_);
        ASSERT_FALSE(trained);
        EXPECT_EQ(trained.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(trained.error().message, testing::HasSubstr(what));
    };
    refuses(options(ParameterSearch::kRandom, 0), "0 trials");
    TrainingOptions other = options(ParameterSearch::kRandom, 3);
    other.search_models = {"bpr"};
    refuses(other, "'bpr' is not among the recommenders to train");
    other.models = {"popularity", "random"};
    other.search_models = {"random"};
    refuses(other, "random has no parameters to search");
}

TEST(SearchSpaces, DrawOptionsThatModelsAccept) {
    for (const std::string_view model : model_names()) {
        if (search_parameters(model).empty()) continue;
        const auto choices = drawn_choices(model, {}, 5, 3);
        ASSERT_TRUE(choices) << model;
        EXPECT_GE(choices->size(), 2U) << model;
        for (const ParameterChoice& choice : *choices) {
            EXPECT_EQ(choice.parameters.size(), search_parameters(model).size()) << model;
        }
        ModelOptions options;
        if (!scale_effort(model, 0.1, options)) continue;
        // Less effort is all that changed.
        ModelOptions least;
        EXPECT_TRUE(scale_effort(model, 1e-9, least));
    }
    EXPECT_FALSE(drawn_choices("random", {}, 5, 3));
    EXPECT_FALSE(drawn_choices("als", {}, 0, 3));
}

TEST(SearchSpaces, LessEffortIsFewerSweeps) {
    ModelOptions options;
    options.als.solver.num_sweeps = 9;
    EXPECT_TRUE(scale_effort("als", 1.0 / 3, options));
    EXPECT_EQ(options.als.solver.num_sweeps, 3U);
    EXPECT_TRUE(scale_effort("als", 0.01, options));
    EXPECT_EQ(options.als.solver.num_sweeps, 1U);
    EXPECT_FALSE(scale_effort("item_knn", 0.5, options));
}

TEST_F(ModelChoiceTest, AShareOfCustomersKeepsTheirHistories) {
    const TrainingData part = share_of_customers(data_, 1.0 / 3, 4);
    EXPECT_EQ(part.num_customers(), (data_.num_customers() + 2) / 3);
    EXPECT_EQ(part.num_products(), data_.num_products());
    std::size_t at = 0;
    for (std::size_t c = 0; c < part.num_customers(); ++c) {
        while (data_.customers[at].id != part.customers[c].id) ++at;
        EXPECT_TRUE(
            std::ranges::equal(part.history(CustomerIndex(c)), data_.history(CustomerIndex(at))));
    }
    EXPECT_EQ(share_of_customers(data_, 1e-9, 4).num_customers(), 1U);
    EXPECT_EQ(share_of_customers(data_, 1, 4).interactions, data_.interactions);
}

}  // namespace
}  // namespace attune
