#include "ranking/blend_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace attune {
namespace {

using testing::HasSubstr;

/// Highest, 0, at `target`.
BlendObjective bowl(std::vector<double> target) {
    return [target = std::move(target)](std::span<const double> weights) {
        double value = 0;
        for (std::size_t m = 0; m < target.size(); ++m) {
            value -= (weights[m] - target[m]) * (weights[m] - target[m]);
        }
        return value;
    };
}

TEST(LearnBlendWeights, FindsThePlantedOptimum) {
    const auto learned = learn_blend_weights(4, bowl({0.1, 0.55, 0, 0.35}), {});
    ASSERT_TRUE(learned);
    EXPECT_GT(learned->value, -1e-3);  // measured: -2e-4
    EXPECT_NEAR(learned->weights[1], 0.55, 0.02);
}

TEST(LearnBlendWeights, FindsACorner) {
    const auto learned = learn_blend_weights(3, bowl({0, 0, 1}), {});
    ASSERT_TRUE(learned);
    EXPECT_EQ(learned->weights, (std::vector<double>{0, 0, 1}));
}

TEST(LearnBlendWeights, KeepsEqualWeightsWhereNothingMatters) {
    const auto learned = learn_blend_weights(4, [](auto) { return 0.5; }, {});
    ASSERT_TRUE(learned);
    EXPECT_EQ(learned->weights, (std::vector<double>{0.25, 0.25, 0.25, 0.25}));
}

TEST(LearnBlendWeights, OneModelGetsEverything) {
    const auto learned = learn_blend_weights(1, [](auto weights) { return weights[0]; }, {});
    ASSERT_TRUE(learned);
    EXPECT_EQ(learned->weights, std::vector<double>{1});
    EXPECT_EQ(learned->trace.size(), 1U);
}

TEST(LearnBlendWeights, StaysOnTheSimplexNeverRepeatsAndReturnsTheBestTrial) {
    rc::check([] {
        const auto num_models = *rc::gen::inRange<std::size_t>(1, 6);
        std::vector<double> target;
        for (std::size_t m = 0; m < num_models; ++m) {
            target.push_back(*rc::gen::inRange(-5, 15) / 10.0);
        }
        BlendSearchOptions options;
        options.seed = *rc::gen::arbitrary<std::uint64_t>();
        options.max_evaluations = *rc::gen::inRange<std::size_t>(1, 300);
        const auto learned = learn_blend_weights(num_models, bowl(target), options);
        RC_ASSERT(learned.has_value());
        RC_ASSERT(learned->trace.size() <= options.max_evaluations);
        for (const BlendTrial& trial : learned->trace) {
            const double sum = std::accumulate(trial.weights.begin(), trial.weights.end(), 0.0);
            RC_ASSERT(std::abs(sum - 1) < 1e-9);
            for (const double weight : trial.weights) RC_ASSERT(weight >= 0);
            RC_ASSERT(trial.value <= learned->value);
        }
        const auto again = learn_blend_weights(num_models, bowl(target), options);
        RC_ASSERT(again->weights == learned->weights);
        RC_ASSERT(again->trace.size() == learned->trace.size());
    });
}

TEST(LearnBlendWeights, RefusesBadOptionsAndObjectives) {
    const auto message_of = [](const Result<LearnedWeights>& learned) {
        return learned ? std::string("accepted") : learned.error().message;
    };
    const auto flat = [](auto) { return 0.0; };
    EXPECT_THAT(message_of(learn_blend_weights(0, flat, {})), HasSubstr("at least one model"));
    BlendSearchOptions steps;
    steps.last_step = 0;
    EXPECT_THAT(message_of(learn_blend_weights(2, flat, steps)), HasSubstr("steps"));
    steps.last_step = 0.5;
    EXPECT_THAT(message_of(learn_blend_weights(2, flat, steps)), HasSubstr("steps"));
    BlendSearchOptions none;
    none.max_evaluations = 0;
    EXPECT_THAT(message_of(learn_blend_weights(2, flat, none)), HasSubstr("max_evaluations"));
    EXPECT_THAT(message_of(learn_blend_weights(2, [](auto) { return std::nan(""); }, {})),
                HasSubstr("nan"));
    const auto broken = [](std::span<const double> weights) -> Result<double> {
        if (weights[0] < 0.4) return fail(ErrorCode::kUnavailable, "the tuner broke");
        return weights[0];
    };
    const auto learned = learn_blend_weights(2, broken, {});
    ASSERT_FALSE(learned) << "an error counted as a value";
    EXPECT_EQ(learned.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace attune
