#include "models/propensity.hpp"

#include <limits>

#include "unit/models_propensity/bank_data.hpp"

namespace attune {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

// Products in the order of their ids.
constexpr std::size_t kBox = 0;
constexpr std::size_t kDeposit1 = 1;
constexpr std::size_t kDeposit2 = 2;
constexpr std::size_t kLoan = 3;

Customer pensioner() {
    Customer customer;
    customer.id = "p";
    customer.age = 70;
    customer.occupation = "retired";
    customer.attributes["balance"] = 2000.0;
    return customer;
}

Customer student() {
    Customer customer;
    customer.id = "s";
    customer.age = 20;
    customer.occupation = "student";
    customer.attributes["balance"] = -100.0;
    return customer;
}

TEST(Propensity, FindsWhoHasWhat) {
    const Customer old = pensioner();
    const Customer young = student();
    const auto of_old = scores_of(shared_model(), &old);
    const auto of_young = scores_of(shared_model(), &young);
    // Planted: .83 and .08 for deposits; .44 and .6 or more for loans, as neither has a deposit.
    EXPECT_GT(of_old[kDeposit1], 0.6);
    EXPECT_LT(of_young[kDeposit1], 0.2);
    EXPECT_GT(of_young[kLoan], 0.5);
    EXPECT_LT(of_old[kLoan], of_young[kLoan] - 0.1);
    EXPECT_EQ(of_old[kDeposit1], of_old[kDeposit2]);
}

TEST(Propensity, ProbabilitiesAreCalibratedOnOtherCustomers) {
    const TrainingData others = bank_data(3000, 99);
    const auto probabilities = shared_model().predict(kDeposits, others.customers);
    ASSERT_TRUE(probabilities);
    const auto labels = category_labels(others, kDeposits);
    double predicted = 0;
    double seen = 0;
    for (std::size_t c = 0; c < labels.size(); ++c) {
        predicted += (*probabilities)[c] / static_cast<double>(labels.size());
        seen += labels[c] / static_cast<double>(labels.size());
    }
    // Measured difference: below .01; one standard error is .008.
    EXPECT_NEAR(predicted, seen, 0.03);
}

TEST(Propensity, ScoresAreThePredictions) {
    const std::vector<Customer> customers{pensioner(), student()};
    const auto predicted = shared_model().predict(kDeposits, customers);
    ASSERT_TRUE(predicted);
    for (std::size_t i = 0; i < customers.size(); ++i) {
        EXPECT_EQ((*predicted)[i], scores_of(shared_model(), &customers[i])[kDeposit1]);
    }
    EXPECT_EQ(shared_model().predict(kRare, customers).error().code, ErrorCode::kNotFound);
}

TEST(Propensity, CategoriesTooRareOrTooCommonHaveNoModel) {
    TrainingData data = bank_data(600, 2);
    for (Customer& customer : data.customers) {
        std::erase(customer.held_categories, kLoans);
        customer.held_categories.push_back(kLoans);
    }
    const auto model = fit_bank(data);
    ASSERT_NE(model, nullptr);
    EXPECT_THAT(model->categories(), ElementsAre(kDeposits));
    const Customer old = pensioner();
    const auto scores = scores_of(*model, &old);
    EXPECT_EQ(scores[kBox], 0);
    EXPECT_EQ(scores[kLoan], 0);
    EXPECT_GT(scores[kDeposit1], 0);
    const Explanation explanation = model->explain({&old, {}, {}}, ProductIndex(kBox));
    EXPECT_EQ(explanation.score, 0);
    EXPECT_THAT(explanation.evidence, IsEmpty());
}

TEST(Propensity, WithoutACategoryThatQualifiesAllIsZero) {
    const auto model = fit_bank(bank_data(60, 3));
    ASSERT_NE(model, nullptr);
    EXPECT_THAT(model->categories(), IsEmpty());
    const Customer old = pensioner();
    EXPECT_THAT(scores_of(*model, &old), Each(0.0));
}

TEST(Propensity, CustomersWithoutAnyFieldScoreZero) {
    const TrainingData data = bank_data(200, 3);
    Customer bare;
    bare.id = "bare";
    EXPECT_THAT(scores_of(shared_model(), nullptr), Each(0.0));
    EXPECT_THAT(scores_of(shared_model(), &bare), Each(0.0));
    EXPECT_THAT(shared_model().explain({&bare, {}, {}}, ProductIndex(kDeposit1)).evidence,
                IsEmpty());
    EXPECT_THAT(shared_model().explain({nullptr, {}, {}}, ProductIndex(kDeposit1)).evidence,
                IsEmpty());
}

TEST(Propensity, DoesNotSeeWhoHoldsTheCategoryButWhatElseIsHeld) {
    Customer customer = pensioner();
    const auto before = scores_of(shared_model(), &customer);
    customer.held_categories = {kDeposits};
    EXPECT_EQ(scores_of(shared_model(), &customer)[kDeposit1], before[kDeposit1]);
    customer.held_categories = {kLoans};
    EXPECT_LT(scores_of(shared_model(), &customer)[kDeposit1], before[kDeposit1]);
    EXPECT_EQ(scores_of(shared_model(), &customer)[kLoan], before[kLoan]);
}

TEST(Propensity, HavingIsHoldingOrHavingBought) {
    TrainingData data;
    data.catalogue = bank_catalogue();
    data.customers.resize(4);
    data.customers[0].held_categories = {kDeposits};
    data.interactions = {{ProductIndex(kDeposit2), EventType::kPurchase, {}, 1.0F, 0},
                         {ProductIndex(kDeposit1), EventType::kView, {}, 0.1F, 0},
                         {ProductIndex(kLoan), EventType::kPurchase, {}, 1.0F, 0}};
    data.offsets = {0, 0, 1, 2, 3};
    EXPECT_THAT(category_labels(data, kDeposits), ElementsAre(1, 1, 0, 0));
    EXPECT_THAT(category_labels(data, kLoans), ElementsAre(0, 0, 0, 1));
    EXPECT_THAT(category_labels(data, "NOT_IN_THE_CATALOGUE"), Each(0));
}

TEST(Propensity, HiddenFieldsTeachWhatIsUsualOfTheUnknown) {
    const std::vector<Customer> bare(1);
    TrainingData data = bank_data(3000, 5);
    // Nobody lacks a field here, so that only hidden ones show what a missing field means.
    for (Customer& customer : data.customers) {
        if (!customer.age) customer.age = 40;
        if (customer.occupation.empty()) customer.occupation = "manager";
        customer.attributes.try_emplace("balance", 0.0);
    }
    const auto labels = category_labels(data, kDeposits);
    double share = 0;
    for (const float label : labels) share += label / static_cast<double>(labels.size());
    const auto model = fit_bank(data);
    ASSERT_NE(model, nullptr);
    const auto predicted = model->predict(kDeposits, bare);
    ASSERT_TRUE(predicted);
    // Not exactly the share: an empty row also says that no loan is held.
    EXPECT_NEAR(predicted->front(), share, 0.12);
}

TEST(Propensity, SeedsAndOptionsChangeTheModel) {
    const TrainingData data = bank_data(800, 6);
    PropensityOptions options = quick_options();
    const Customer old = pensioner();
    const auto first = scores_of(*fit_bank(data, options), &old);
    EXPECT_EQ(scores_of(*fit_bank(data, options), &old), first);
    options.seed = 2;
    EXPECT_NE(scores_of(*fit_bank(data, options), &old), first);
}

TEST(Propensity, RefusesOptionsOutOfRange) {
    const TrainingData data = bank_data(100, 7);
    const auto refuses = [&](auto change) {
        PropensityOptions options = quick_options();
        change(options);
        ThreadPool pool(1);
        NullProgress progress;
        const auto model = fit_propensity(data, options, pool, progress);
        return !model && model.error().code == ErrorCode::kInvalidArgument;
    };
    EXPECT_TRUE(refuses([](auto& options) { options.min_positives = 0; }));
    EXPECT_TRUE(refuses([](auto& options) { options.min_negatives = 0; }));
    EXPECT_TRUE(refuses([](auto& options) { options.masked_share = 1.1; }));
    EXPECT_TRUE(refuses([](auto& options) { options.min_fall_share = -0.1; }));
    EXPECT_TRUE(refuses(
        [](auto& options) { options.masked_share = std::numeric_limits<double>::quiet_NaN(); }));
    EXPECT_TRUE(refuses([](auto& options) { options.trees.num_rounds = 0; }));
    EXPECT_FALSE(refuses([](auto&) {}));
}

/// Says stop after some rounds and keeps what it was told.
class StoppingProgress final : public Progress {
 public:
    explicit StoppingProgress(std::uint64_t limit) : limit_(limit) {}
    void begin(std::string_view, std::uint64_t total) override { total_ = total; }
    void advance(std::uint64_t done) override { done_ = done; }
    void end() override { ended_ = true; }
    [[nodiscard]] bool cancelled() const override { return done_ >= limit_; }

    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    bool ended_ = false;

 private:
    std::uint64_t limit_;
};

TEST(Propensity, TellsItsProgressAndStops) {
    const TrainingData data = bank_data(600, 8);
    ThreadPool pool(2);
    StoppingProgress patient(1'000'000);
    ASSERT_TRUE(Propensity::fit(data, quick_options(), pool, patient));
    EXPECT_EQ(patient.total_, 80U);
    EXPECT_EQ(patient.done_, 80U);
    EXPECT_TRUE(patient.ended_);

    StoppingProgress hasty(5);
    const auto model = Propensity::fit(data, quick_options(), pool, hasty);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::kCancelled);
    EXPECT_LT(hasty.done_, 10U);
}

}  // namespace
}  // namespace attune
