#include "evaluation/prediction_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "evaluation/evaluate_predictions.hpp"
#include "evaluation/folds.hpp"
#include "rapidcheck.h"

namespace attune {
namespace {

using ::testing::HasSubstr;

using Labels = std::vector<std::uint8_t>;
using Numbers = std::vector<double>;

const double kNan = std::nan("");

TEST(Regression, AgreesWithAHandComputedExample) {
    const auto metrics = regression_metrics(Numbers{2.5, 0, 2, 8}, Numbers{3, -0.5, 2, 7}).value();
    EXPECT_NEAR(metrics.mse, 0.375, 1e-12);
    EXPECT_NEAR(metrics.rmse, std::sqrt(0.375), 1e-12);
    EXPECT_NEAR(metrics.mae, 0.5, 1e-12);
    EXPECT_NEAR(metrics.r2, 0.94860813704496794, 1e-12);
}

TEST(Regression, MeanHasNoR2AndPerfectionHasOne) {
    const Numbers actual{1, 2, 3};
    EXPECT_NEAR(regression_metrics(Numbers{2, 2, 2}, actual).value().r2, 0, 1e-12);
    EXPECT_EQ(regression_metrics(actual, actual).value().r2, 1);
    EXPECT_LT(regression_metrics(Numbers{3, 2, 1}, actual).value().r2, 0);
}

TEST(Regression, RefusesWhatHasNoMeaning) {
    EXPECT_FALSE(regression_metrics({}, {}));
    EXPECT_FALSE(regression_metrics(Numbers{1}, Numbers{1, 2}));
    EXPECT_FALSE(regression_metrics(Numbers{1, kNan}, Numbers{1, 2}));
    EXPECT_FALSE(regression_metrics(Numbers{1, 2}, Numbers{1, kNan}));
    const auto constant = regression_metrics(Numbers{1, 2}, Numbers{0.1, 0.1});
    ASSERT_FALSE(constant);
    EXPECT_THAT(constant.error().message, HasSubstr("R2 has no value"));
}

TEST(Auc, CountsTiesHalf) {
    EXPECT_DOUBLE_EQ(auc(Numbers{0.1, 0.4, 0.35, 0.8}, Labels{0, 0, 1, 1}).value(), 0.75);
    EXPECT_DOUBLE_EQ(auc(Numbers{1, 1, 1}, Labels{0, 1, 0}).value(), 0.5);
    EXPECT_DOUBLE_EQ(auc(Numbers{1, 2, 2, 3}, Labels{0, 0, 1, 1}).value(), 0.875);
    EXPECT_DOUBLE_EQ(auc(Numbers{3, 1}, Labels{0, 1}).value(), 0);
}

struct Ranked {
    Numbers scores;
    Labels labels;
};

/// Few distinct scores, so that there are ties; both classes present.
Ranked arbitrary_ranked() {
    Ranked rows{{0, 1}, {0, 1}};
    const auto count = *rc::gen::inRange<std::size_t>(0, 40);
    for (std::size_t i = 0; i < count; ++i) {
        rows.scores.push_back(*rc::gen::inRange(0, 8) / 7.0);
        rows.labels.push_back(static_cast<std::uint8_t>(*rc::gen::inRange(0, 2)));
    }
    rows.scores[0] = *rc::gen::inRange(0, 8) / 7.0;
    return rows;
}

double auc_of_pairs(const Ranked& rows) {
    double won = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < rows.scores.size(); ++i) {
        for (std::size_t j = 0; j < rows.scores.size(); ++j) {
            if (rows.labels[i] != 1 || rows.labels[j] != 0) continue;
            pairs += 1;
            won += rows.scores[i] > rows.scores[j] ? 1 : rows.scores[i] == rows.scores[j] ? 0.5 : 0;
        }
    }
    return won / pairs;
}

TEST(Auc, PropertyAgreesWithAllPairs) {
    EXPECT_TRUE(rc::check("oracle", [] {
        const Ranked rows = arbitrary_ranked();
        RC_ASSERT(std::abs(auc(rows.scores, rows.labels).value() - auc_of_pairs(rows)) < 1e-12);
    }));
}

TEST(Auc, PropertyTurnsAroundWithTheScores) {
    EXPECT_TRUE(rc::check("symmetry and monotone change", [] {
        Ranked rows = arbitrary_ranked();
        const double before = auc(rows.scores, rows.labels).value();
        for (double& score : rows.scores) score = std::exp(3 * score) - 5;
        RC_ASSERT(auc(rows.scores, rows.labels).value() == before);
        for (double& score : rows.scores) score = -score;
        RC_ASSERT(std::abs(auc(rows.scores, rows.labels).value() - (1 - before)) < 1e-12);
    }));
}

TEST(Auc, PropertyIsTheAreaUnderTheRocCurve) {
    EXPECT_TRUE(rc::check("trapezoids", [] {
        const Ranked rows = arbitrary_ranked();
        const auto curve = roc_curve(rows.scores, rows.labels).value();
        double area = 0;
        for (std::size_t i = 1; i < curve.size(); ++i) {
            RC_ASSERT(curve[i].threshold < curve[i - 1].threshold);
            area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
                    (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
        }
        RC_ASSERT(curve.back().true_positive_rate == 1);
        RC_ASSERT(curve.back().false_positive_rate == 1);
        RC_ASSERT(std::abs(area - auc(rows.scores, rows.labels).value()) < 1e-12);
    }));
}

TEST(Auc, OfCountsIsThatOfTheRepeatedRows) {
    const Ranked rows{{0.2, 0.4, 0.4, 0.9}, {0, 1, 0, 1}};
    const auto auc_of = AucOfCounts::create(rows.scores, rows.labels).value();
    const Ranked repeated{{0.2, 0.2, 0.4, 0.4, 0.4, 0.9}, {0, 0, 1, 0, 0, 1}};
    EXPECT_DOUBLE_EQ(auc_of(std::vector<std::uint32_t>{2, 1, 2, 1}), auc_of_pairs(repeated));
    EXPECT_TRUE(std::isnan(auc_of(std::vector<std::uint32_t>{2, 0, 1, 0})));
}

TEST(Auc, RefusesWhatHasNoMeaning) {
    EXPECT_FALSE(auc({}, {}));
    EXPECT_FALSE(auc(Numbers{1, 2}, Labels{1}));
    EXPECT_FALSE(auc(Numbers{1, kNan}, Labels{0, 1}));
    EXPECT_FALSE(auc(Numbers{1, 2}, Labels{0, 2}));
    const auto one_class = auc(Numbers{1, 2}, Labels{1, 1});
    ASSERT_FALSE(one_class);
    EXPECT_EQ(one_class.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(one_class.error().message, HasSubstr("one class"));
    EXPECT_FALSE(roc_curve(Numbers{1, 2}, Labels{0, 0}));
}

TEST(Roc, ThinnedCurveKeepsItsEnds) {
    const std::vector<RocPoint> curve{
        {0, 0, 9}, {0, 0.1, 8}, {0.01, 0.12, 7}, {0.5, 0.6, 6}, {1, 1, 5}};
    const auto thin = thin_roc(curve, 0.05);
    ASSERT_EQ(thin.size(), 4U);
    EXPECT_EQ(thin.front().threshold, 9);
    EXPECT_EQ(thin[1].threshold, 8);
    EXPECT_EQ(thin.back().threshold, 5);
}

TEST(LogLoss, AgreesWithAHandComputedExampleAndIsClipped) {
    EXPECT_NEAR(log_loss(Numbers{0.9, 0.2}, Labels{1, 0}).value(),
                -(std::log(0.9) + std::log(0.8)) / 2, 1e-12);
    EXPECT_NEAR(log_loss(Numbers{0, 0}, Labels{1, 0}).value(), -std::log(kLogLossClip) / 2, 1e-9);
    EXPECT_NEAR(log_loss(Numbers{0.5}, Labels{1}).value(), std::log(2), 1e-12);
}

TEST(Brier, AgreesWithAHandComputedExample) {
    EXPECT_NEAR(brier_score(Numbers{0.9, 0.2, 0.5}, Labels{1, 0, 1}).value(),
                (0.01 + 0.04 + 0.25) / 3, 1e-12);
}

TEST(Probabilities, AreRefusedOutsideTheirRange) {
    EXPECT_FALSE(log_loss({}, {}));
    EXPECT_FALSE(log_loss(Numbers{0.5}, Labels{1, 0}));
    EXPECT_FALSE(log_loss(Numbers{0.5}, Labels{3}));
    EXPECT_FALSE(brier_score(Numbers{kNan}, Labels{1}));
    const auto above = brier_score(Numbers{0.5, 1.5}, Labels{1, 1});
    ASSERT_FALSE(above);
    EXPECT_THAT(above.error().message, HasSubstr("row 1: 1.5"));
}

TEST(Calibration, EqualWidthBinsAgreeWithAHandComputedExample) {
    const auto result = calibration(Numbers{0.1, 0.3, 0.8, 1.0}, Labels{0, 1, 1, 1}, 2).value();
    ASSERT_EQ(result.bins.size(), 2U);
    EXPECT_NEAR(result.bins[0].mean_probability, 0.2, 1e-12);
    EXPECT_NEAR(result.bins[0].positive_share, 0.5, 1e-12);
    EXPECT_EQ(result.bins[1].num_rows, 2U);
    EXPECT_NEAR(result.bins[1].mean_probability, 0.9, 1e-12);
    EXPECT_EQ(result.bins[1].positive_share, 1);
    EXPECT_NEAR(result.expected_calibration_error, (0.3 + 0.1) / 2, 1e-12);
    EXPECT_NEAR(result.maximum_calibration_error, 0.3, 1e-12);
}

TEST(Calibration, EmptyBinsAreLeftOut) {
    const auto result = calibration(Numbers{0.05, 0.95}, Labels{0, 1}, 10).value();
    ASSERT_EQ(result.bins.size(), 2U);
    EXPECT_DOUBLE_EQ(result.bins[1].low, 0.9);
}

TEST(Calibration, EqualCountBinsKeepTiesTogether) {
    const auto result = calibration(Numbers{0.1, 0.2, 0.2, 0.2, 0.7, 0.9}, Labels{0, 0, 1, 0, 1, 1},
                                    3, BinKind::kEqualCount)
                            .value();
    ASSERT_EQ(result.bins.size(), 2U);
    EXPECT_EQ(result.bins[0].num_rows, 4U);
    EXPECT_DOUBLE_EQ(result.bins[0].high, 0.2);
    EXPECT_EQ(result.bins[1].num_rows, 2U);
    EXPECT_DOUBLE_EQ(result.bins[1].low, 0.7);
}

TEST(Calibration, PropertyEveryRowIsInOneBin) {
    EXPECT_TRUE(rc::check("bins", [] {
        const Ranked rows = arbitrary_ranked();
        const auto num_bins = *rc::gen::inRange<std::size_t>(1, 15);
        for (const BinKind kind : {BinKind::kEqualWidth, BinKind::kEqualCount}) {
            const auto result = calibration(rows.scores, rows.labels, num_bins, kind).value();
            std::size_t num_rows = 0;
            for (const CalibrationBin& bin : result.bins) {
                num_rows += bin.num_rows;
                RC_ASSERT(bin.mean_probability >= bin.low - 1e-12);
                RC_ASSERT(bin.mean_probability <= bin.high + 1e-12);
            }
            RC_ASSERT(num_rows == rows.labels.size());
            RC_ASSERT(result.bins.size() <= num_bins);
            RC_ASSERT(result.expected_calibration_error <=
                      result.maximum_calibration_error + 1e-12);
        }
    }));
}

TEST(Calibration, RefusesNoBinsAndNoProbabilities) {
    EXPECT_FALSE(calibration(Numbers{0.5}, Labels{1}, 0));
    EXPECT_FALSE(calibration(Numbers{-0.5}, Labels{1}, 5));
}

/// Rows whose label is drawn with the probability that is predicted.
struct Drawn {
    Numbers probabilities;
    Labels labels;
};

Drawn draw_calibrated(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    Drawn rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows.probabilities.push_back(random.uniform());
        rows.labels.push_back(random.uniform() < rows.probabilities.back() ? 1 : 0);
    }
    return rows;
}

TEST(EvaluateProbabilities, FindsTheTruthOfCalibratedRows) {
    ThreadPool pool(2);
    const Drawn rows = draw_calibrated(4000, 8);
    const auto folds = stratified_folds(rows.labels, 5, 1).value();
    const auto evaluation =
        evaluate_probabilities({"model", "target", rows.probabilities, rows.labels, folds}, {},
                               pool)
            .value();
    // Uniform probabilities that tell the truth: AUC 5/6, Brier 1/6, log loss 1/2.
    EXPECT_LT(evaluation.auc.interval->low, 5.0 / 6);
    EXPECT_GT(evaluation.auc.interval->high, 5.0 / 6);
    EXPECT_LT(evaluation.brier.interval->low, 1.0 / 6);
    EXPECT_GT(evaluation.brier.interval->high, 1.0 / 6);
    EXPECT_LT(evaluation.log_loss.interval->low, 0.5);
    EXPECT_GT(evaluation.log_loss.interval->high, 0.5);
    EXPECT_LT(evaluation.calibration.expected_calibration_error, 0.03);
    EXPECT_NEAR(evaluation.baseline_brier, 0.25, 0.001);
    EXPECT_NEAR(evaluation.baseline_log_loss, std::log(2), 0.001);
    ASSERT_EQ(evaluation.fold_auc.size(), 5U);
    EXPECT_NEAR(evaluation.fold_auc_mean, evaluation.auc.value, 0.01);
    EXPECT_GT(evaluation.fold_auc_deviation, 0);
    EXPECT_LT(evaluation.roc.size(), 500U);
    EXPECT_EQ(evaluation.roc.back().true_positive_rate, 1);
}

TEST(EvaluateProbabilities, RefusesFoldsThatDoNotFit) {
    ThreadPool pool(1);
    const Numbers probabilities{0.1, 0.6, 0.4, 0.9, 0.2, 0.7, 0.1, 0.8};
    const Labels labels{0, 1, 0, 1, 0, 1, 0, 1};
    const auto with_folds = [&](std::vector<std::uint32_t> folds) {
        return evaluate_probabilities({"m", "t", probabilities, labels, folds}, {}, pool);
    };
    EXPECT_TRUE(with_folds({0, 0, 1, 1, 0, 0, 1, 1}));
    EXPECT_TRUE(with_folds({}));
    EXPECT_FALSE(with_folds({0, 1}));
    EXPECT_FALSE(with_folds({0, 0, 0, 0, 0, 0, 0, 99}));
    const auto one_class = with_folds({0, 1, 0, 1, 0, 1, 0, 1});
    ASSERT_FALSE(one_class);
    EXPECT_THAT(one_class.error().message, HasSubstr("fold 0"));
    EXPECT_FALSE(evaluate_probabilities({"m", "t", Numbers{2}, Labels{1}, {}}, {}, pool));
    EXPECT_FALSE(evaluate_probabilities({"m", "t", Numbers{1}, Labels{1}, {}}, {}, pool));
}

TEST(EvaluateProbabilities, OneFoldHasNoDeviation) {
    ThreadPool pool(1);
    const Drawn rows = draw_calibrated(100, 3);
    const std::vector<std::uint32_t> folds(100, 0);
    const auto evaluation =
        evaluate_probabilities({"m", "t", rows.probabilities, rows.labels, folds}, {}, pool)
            .value();
    EXPECT_EQ(evaluation.fold_auc_deviation, 0);
    EXPECT_EQ(evaluation.fold_auc_mean, evaluation.auc.value);
}

TEST(EvaluateNumbers, FindsPlantedNoise) {
    ThreadPool pool(2);
    Random random(12);
    Numbers actual;
    Numbers predicted;
    for (int i = 0; i < 2000; ++i) {
        predicted.push_back(2 * random.normal());
        actual.push_back(predicted.back() + random.normal());
    }
    const auto evaluation =
        evaluate_numbers({"m", "t", "EUR", predicted, actual}, {}, pool).value();
    // Noise 1 on a spread of sqrt(5): R2 = .8, mean absolute error sqrt(2 / pi).
    EXPECT_LT(evaluation.rmse.interval->low, 1);
    EXPECT_GT(evaluation.rmse.interval->high, 1);
    EXPECT_NEAR(evaluation.mse.value, evaluation.rmse.value * evaluation.rmse.value, 1e-12);
    EXPECT_LT(evaluation.r2.interval->low, 0.8);
    EXPECT_GT(evaluation.r2.interval->high, 0.8);
    EXPECT_NEAR(evaluation.mae.value, std::sqrt(2 / M_PI), 0.04);
    EXPECT_NEAR(evaluation.baseline.r2, 0, 1e-9);
    const auto metrics = regression_metrics(predicted, actual).value();
    EXPECT_NEAR(evaluation.r2.value, metrics.r2, 1e-12);
    EXPECT_NEAR(evaluation.mse.value, metrics.mse, 1e-12);
    EXPECT_NEAR(evaluation.mae.value, metrics.mae, 1e-12);
}

TEST(EvaluateNumbers, RefusesWhatHasNoMeaning) {
    ThreadPool pool(1);
    EXPECT_FALSE(evaluate_numbers({"m", "t", "", {}, {}}, {}, pool));
    EXPECT_FALSE(evaluate_numbers({"m", "t", "", Numbers{1, 2}, Numbers{3, 3}}, {}, pool));
}

}  // namespace
}  // namespace attune
