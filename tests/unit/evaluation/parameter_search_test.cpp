#include "evaluation/parameter_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace attune {
namespace {

using Kind = SearchDimension::Kind;

TEST(DrawParameters, StaysWithinTheSpace) {
    const std::vector<SearchDimension> space{{"rate", Kind::kReal, 1e-4, 1, true, {}},
                                             {"share", Kind::kReal, -2, 3, false, {}},
                                             {"rounds", Kind::kWhole, 1, 4, false, {}},
                                             {"days", Kind::kChoice, 0, 0, false, {0, 30, 60}}};
    const auto drawn = draw_parameters(space, 4'000, 1);
    ASSERT_TRUE(drawn);
    ASSERT_EQ(drawn->size(), 4'000U);
    std::size_t small_rates = 0;
    std::vector<std::size_t> rounds(5);
    std::set<double> days;
    for (const ParameterValues& values : *drawn) {
        ASSERT_EQ(values.size(), 4U);
        EXPECT_TRUE(values[0] >= 1e-4 && values[0] <= 1);
        EXPECT_TRUE(values[1] >= -2 && values[1] <= 3);
        small_rates += values[0] < 1e-2 ? 1 : 0;
        ASSERT_EQ(values[2], std::round(values[2]));
        ++rounds[static_cast<std::size_t>(values[2])];
        days.insert(values[3]);
    }
    // Half of the four powers of ten; each whole number one in four.
    EXPECT_NEAR(static_cast<double>(small_rates), 2'000, 160);
    for (std::size_t r = 1; r <= 4; ++r) EXPECT_NEAR(static_cast<double>(rounds[r]), 1'000, 140);
    EXPECT_EQ(days, (std::set<double>{0, 30, 60}));
}

TEST(DrawParameters, IsTheSameForASeedAndTriesNoPlaceTwice) {
    const std::vector<SearchDimension> space{{"a", Kind::kChoice, 0, 0, false, {1, 2, 3}},
                                             {"b", Kind::kWhole, 1, 2, true, {}}};
    const auto drawn = draw_parameters(space, 10, 5);
    ASSERT_TRUE(drawn);
    EXPECT_EQ(drawn->size(), 6U) << "the space has six places";
    EXPECT_EQ(std::set<ParameterValues>(drawn->begin(), drawn->end()).size(), 6U);
    EXPECT_EQ(*drawn, *draw_parameters(space, 10, 5));
    EXPECT_NE(*drawn, *draw_parameters(space, 10, 6));
}

TEST(DrawParameters, RefusesSpacesThatAreNone) {
    const auto refuses = [](const std::vector<SearchDimension>& space, const char* what) {
        const auto drawn = draw_parameters(space, 3, 1);
        ASSERT_FALSE(drawn);
        EXPECT_EQ(drawn.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(drawn.error().message, testing::HasSubstr(what));
    };
    refuses({}, "no parameters");
    refuses({{"days", Kind::kChoice, 0, 0, false, {}}}, "days");
    refuses({{"rate", Kind::kReal, 0, 1, true, {}}}, "rate");
    refuses({{"rate", Kind::kReal, 2, 1, false, {}}}, "rate");
    refuses({{"rate", Kind::kReal, 0, std::nan(""), false, {}}}, "rate");
}

class Counting final : public Progress {
 public:
    explicit Counting(std::uint64_t stop_after) : stop_after_(stop_after) {}
    void begin(std::string_view stage, std::uint64_t all) override {
        name = stage;
        total = all;
    }
    void advance(std::uint64_t so_far) override { done = so_far; }
    void end() override { ended = true; }
    [[nodiscard]] bool cancelled() const override { return done >= stop_after_; }

    std::string name;
    std::uint64_t total = 0;
    std::uint64_t done = 0;
    bool ended = false;

 private:
    std::uint64_t stop_after_;
};

/// Candidate i is worth 1 - |i - 17| / 100; with a share of the budget it seems worse, and the
/// order of far ones is the same.
Result<double> planted(std::size_t candidate, double budget) {
    return 1 - std::abs(static_cast<double>(candidate) - 17) / 100 - 0.2 * (1 - budget);
}

TEST(SearchCandidates, TriesEachInFull) {
    NullProgress progress;
    const auto found = search_candidates(40, planted, {}, progress);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->best, 17U);
    EXPECT_EQ(found->value, 1);
    EXPECT_EQ(found->trials.size(), 40U);
    EXPECT_EQ(found->spent, 40);
}

TEST(SearchCandidates, HalvingFindsTheSameForLess) {
    NullProgress progress;
    CandidateSearchOptions options;
    options.budget = SearchBudget::kHalving;
    options.smallest_budget = 0.01;
    const auto found = search_candidates(27, planted, options, progress);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->best, 17U);
    EXPECT_EQ(found->value, 1);
    // 27 at 1/27, 9 at 1/9, 3 at 1/3, 1 in full.
    ASSERT_EQ(found->trials.size(), 40U);
    EXPECT_NEAR(found->spent, 4, 1e-9);
    EXPECT_NEAR(found->trials[0].budget, 1.0 / 27, 1e-12);
    EXPECT_NEAR(found->trials[27].budget, 1.0 / 9, 1e-12);
    EXPECT_EQ(found->trials[39].budget, 1);
    options.smallest_budget = 0.2;
    EXPECT_NEAR(search_candidates(27, planted, options, progress)->spent, 27.0 / 3 + 9, 1e-9);
    options.smallest_budget = 0.01;
    EXPECT_EQ(search_candidates(2, planted, options, progress)->spent, 2) << "too few to halve";
    EXPECT_EQ(search_candidates(1, planted, options, progress)->best, 0U);
}

TEST(SearchCandidates, HalvingCountsOnlyWhatWasTriedInFull) {
    // Candidate 0 shines with little and is poor in full.
    const auto objective = [](std::size_t candidate, double budget) -> Result<double> {
        if (candidate == 0) return 2 - 2 * budget;
        return static_cast<double>(candidate) / 10;
    };
    CandidateSearchOptions options;
    options.budget = SearchBudget::kHalving;
    options.reduction = 2;
    NullProgress progress;
    const auto found = search_candidates(5, objective, options, progress);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->best, 4U);
    EXPECT_EQ(found->value, 0.4);
}

TEST(SearchCandidates, TheFirstOfEqualsWins) {
    NullProgress progress;
    for (const auto budget : {SearchBudget::kFull, SearchBudget::kHalving}) {
        CandidateSearchOptions options;
        options.budget = budget;
        const auto found = search_candidates(
            12, [](auto, auto) -> Result<double> { return 3; }, options, progress);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->best, 0U);
    }
}

TEST(SearchCandidates, PassesOverWhatFails) {
    const auto objective = [](std::size_t candidate, double) -> Result<double> {
        if (candidate == 1) return fail(ErrorCode::kInvalidArgument, "it diverged");
        if (candidate == 2) return std::numeric_limits<double>::quiet_NaN();
        return -static_cast<double>(candidate);
    };
    NullProgress progress;
    const auto found = search_candidates(4, objective, {}, progress);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->best, 0U);
    EXPECT_EQ(found->trials[1].error, "it diverged");
    EXPECT_FALSE(found->trials[1].value);
    EXPECT_FALSE(found->trials[2].value);
    const auto none = search_candidates(
        2, [&](std::size_t, double budget) { return objective(1, budget); }, {}, progress);
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, testing::HasSubstr("it diverged"));
}

/// The higher a candidate, the better it looks; from `first_failing` on they fail at `budget`.
CandidateObjective failing_from(std::size_t first_failing, double budget) {
    return [=](std::size_t candidate, double given) -> Result<double> {
        if (given >= budget && candidate >= first_failing) {
            return fail(ErrorCode::kInvalidArgument, "candidate {} diverged", candidate);
        }
        return static_cast<double>(candidate);
    };
}

TEST(SearchCandidates, TheNextBestTakesThePlaceOfALastOneThatFails) {
    CandidateSearchOptions options;
    options.budget = SearchBudget::kHalving;
    options.reduction = 3;
    options.smallest_budget = 0.01;
    // 9 at 1/9, then 8, 7 and 6 at 1/3, then 8 in full, which fails.
    Counting progress(1'000);
    const auto next = search_candidates(9, failing_from(8, 1), options, progress);
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(next->best, 7U);
    EXPECT_EQ(next->value, 7);
    ASSERT_EQ(next->trials.size(), 14U);
    EXPECT_EQ(next->trials[12].error, "candidate 8 diverged");
    EXPECT_EQ(next->trials[13].candidate, 7U);
    EXPECT_EQ(next->trials[13].budget, 1);
    EXPECT_NEAR(next->spent, 4, 1e-9);
    EXPECT_EQ(progress.done, progress.total);
    // Nobody of the last round is left: the best of the round before it.
    const auto earlier = search_candidates(9, failing_from(4, 1), options, progress);
    ASSERT_TRUE(earlier) << earlier.error().message;
    EXPECT_EQ(earlier->best, 3U);
    EXPECT_EQ(earlier->trials.back().budget, 1);
    // A round in the middle fails whole; what took its place goes on.
    const auto middle = search_candidates(9, failing_from(6, 0.3), options, progress);
    ASSERT_TRUE(middle) << middle.error().message;
    EXPECT_EQ(middle->best, 5U);
    EXPECT_EQ(middle->trials.back().candidate, 5U);
    EXPECT_EQ(middle->trials.back().budget, 1);
    EXPECT_FALSE(search_candidates(9, failing_from(0, 1), options, progress)) << "all fail in full";
}

TEST(SearchCandidates, OtherErrorsEndIt) {
    std::size_t num_calls = 0;
    NullProgress progress;
    const auto found = search_candidates(
        9,
        [&](std::size_t, double) -> Result<double> {
            ++num_calls;
            return fail(ErrorCode::kUnavailable, "the disk is gone");
        },
        {}, progress);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(num_calls, 1U);
}

TEST(SearchCandidates, TellsHowFarItIsAndStops) {
    CandidateSearchOptions options;
    options.budget = SearchBudget::kHalving;
    options.smallest_budget = 0.01;
    options.stage = "search als";
    Counting all(1'000);
    ASSERT_TRUE(search_candidates(27, planted, options, all));
    EXPECT_EQ(all.name, "search als");
    EXPECT_EQ(all.total, 40U);
    EXPECT_EQ(all.done, 40U);
    EXPECT_TRUE(all.ended);

    Counting some(5);
    const auto stopped = search_candidates(27, planted, options, some);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(some.done, 5U);
}

TEST(SearchCandidates, RefusesBadOptions) {
    NullProgress progress;
    EXPECT_FALSE(search_candidates(0, planted, {}, progress));
    CandidateSearchOptions options;
    options.reduction = 1;
    EXPECT_FALSE(search_candidates(3, planted, options, progress));
    options = {};
    options.smallest_budget = 0;
    EXPECT_FALSE(search_candidates(3, planted, options, progress));
}

}  // namespace
}  // namespace attune
