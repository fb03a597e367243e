#include "unit/models_propensity/bank_data.hpp"

namespace attune {
namespace {

std::vector<int> folds_of(std::size_t count, int num_folds) {
    std::vector<int> folds(count);
    for (std::size_t i = 0; i < count; ++i) folds[i] = static_cast<int>(i) % num_folds;
    return folds;
}

Result<std::vector<double>> validate_bank(const TrainingData& data, std::string_view category,
                                          std::span<const int> folds) {
    ThreadPool pool(2);
    NullProgress progress;
    return cross_validated_propensity(data, category, folds, quick_options(), pool, progress);
}

/// Chance that one with the label is above one without, by comparing all pairs.
double brute_force_auc(std::span<const double> scores, std::span<const float> labels) {
    double above = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        for (std::size_t j = 0; j < scores.size(); ++j) {
            if (labels[i] <= labels[j]) continue;
            pairs += 1;
            above += scores[i] > scores[j] ? 1.0 : (scores[i] == scores[j] ? 0.5 : 0.0);
        }
    }
    return above / pairs;
}

TEST(PropensityCrossValidation, EqualsAModelOfTheOtherFolds) {
    const TrainingData data = bank_data(900, 31);
    const auto folds = folds_of(data.num_customers(), 3);
    const auto probabilities = validate_bank(data, kDeposits, folds);
    ASSERT_TRUE(probabilities) << probabilities.error().message;
    for (int fold = 0; fold < 3; ++fold) {
        TrainingData others{data.catalogue, {}, {}, {0}, {}};
        std::vector<Customer> own;
        std::vector<double> own_probabilities;
        for (std::size_t c = 0; c < folds.size(); ++c) {
            if (folds[c] != fold) {
                others.customers.push_back(data.customers[c]);
                others.offsets.push_back(0);
            } else {
                own.push_back(data.customers[c]);
                own_probabilities.push_back((*probabilities)[c]);
            }
        }
        const auto model = fit_bank(others);
        ASSERT_NE(model, nullptr);
        const auto predicted = model->predict(kDeposits, own);
        ASSERT_TRUE(predicted);
        EXPECT_EQ(*predicted, own_probabilities);
    }
}

TEST(PropensityCrossValidation, TellsHoldersFromOthers) {
    const TrainingData data = bank_data(2000, 32);
    const auto probabilities = validate_bank(data, kDeposits, folds_of(data.num_customers(), 4));
    ASSERT_TRUE(probabilities);
    // Measured: .79.
    EXPECT_GT(brute_force_auc(*probabilities, category_labels(data, kDeposits)), 0.75);
}

TEST(PropensityCrossValidation, FindsNothingWhereNothingIs) {
    TrainingData data = bank_data(2000, 33);
    Random random(34);
    for (Customer& customer : data.customers) {
        customer.held_categories.clear();
        if (random.below(3) == 0) customer.held_categories.push_back(kDeposits);
    }
    const auto probabilities = validate_bank(data, kDeposits, folds_of(data.num_customers(), 4));
    ASSERT_TRUE(probabilities);
    // One standard error is .014.
    EXPECT_NEAR(brute_force_auc(*probabilities, category_labels(data, kDeposits)), 0.5, 0.05);
}

TEST(PropensityCrossValidation, RefusesWhatCannotBeValidated) {
    const TrainingData data = bank_data(300, 35);
    const auto code = [&](std::string_view category, std::span<const int> folds) {
        const auto result = validate_bank(data, category, folds);
        return result ? "validated" : std::string(error_code_name(result.error().code));
    };
    auto folds = folds_of(data.num_customers(), 3);
    EXPECT_EQ(code(kRare, folds), "not_found");
    EXPECT_EQ(code(kDeposits, std::span(folds).first(10)), "invalid_argument");
    EXPECT_EQ(code(kDeposits, {}), "invalid_argument");
    folds[7] = -1;
    EXPECT_EQ(code(kDeposits, folds), "invalid_argument");
    EXPECT_EQ(code(kDeposits, std::vector<int>(data.num_customers(), 0)), "invalid_argument");
    // All who have it in one fold: the other folds have nothing to learn from.
    const auto labels = category_labels(data, kDeposits);
    for (std::size_t c = 0; c < folds.size(); ++c) folds[c] = static_cast<int>(labels[c]);
    EXPECT_EQ(code(kDeposits, folds), "invalid_argument");
}

TEST(PropensityCrossValidation, RefusesProfilesWithoutAField) {
    TrainingData data = bank_data(40, 36);
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        Customer bare;
        bare.id = data.customers[c].id;
        if (c % 3 == 0) bare.held_categories = {kDeposits};
        data.customers[c] = bare;
    }
    const auto result = validate_bank(data, kDeposits, folds_of(data.num_customers(), 2));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
}

TEST(PropensityCrossValidation, RefusesBadOptions) {
    const TrainingData data = bank_data(40, 37);
    PropensityOptions options = quick_options();
    options.trees.learning_rate = 2;
    ThreadPool pool(1);
    NullProgress progress;
    const auto folds = folds_of(data.num_customers(), 2);
    const auto result = cross_validated_propensity(data, kDeposits, folds, options, pool, progress);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace attune
