#include "models/sequence/markov.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "unit/models/made_data.hpp"

namespace attune {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kMinute = 1.0 / 24 / 60;

CutSessions sessions_of(const TrainingData& data, double gap_minutes) {
    auto sessions = cut_sessions("markov", data, gap_minutes);
    EXPECT_TRUE(sessions);
    return *std::move(sessions);
}

TEST(CutSessions, AreCutWhereCustomersPause) {
    const TrainingData data =
        made_data(4, {{{2, 10}, {0, 10 - 20 * kMinute}, {2, 10 - 40 * kMinute, 3}, {1, 9}},
                      {},
                      {{3, 5, 0}, {3, 1}}});
    const CutSessions sessions = sessions_of(data, 30);
    EXPECT_THAT(sessions.offsets, ElementsAre(0, 2, 2, 3));
    EXPECT_THAT(sessions.products.offsets, ElementsAre(0, 2, 3, 4));
    EXPECT_THAT(sessions.products.columns, ElementsAre(0, 2, 1, 3));
    EXPECT_THAT(sessions.products.values, ElementsAre(1, 3, 1, 1));  // the highest weight
    EXPECT_THAT(sessions.times, ElementsAre(add_days(kMadeNow, -(10 - 40 * kMinute)),
                                            add_days(kMadeNow, -9), add_days(kMadeNow, -1)));
    EXPECT_EQ(sessions_of(data, 10).size(), 5U);
    EXPECT_EQ(sessions_of(data, 1e9).size(), 2U);
}

TrainingData random_data() {
    Random random(4);
    std::vector<std::vector<MadeEvent>> histories;
    for (std::size_t c = 0; c < 40; ++c) {
        std::vector<MadeEvent> events;
        for (std::size_t e = 0; e < 12; ++e) {
            const double day = std::floor(8 * random.uniform());
            events.push_back({random.below(9), day, 1 + static_cast<float>(random.below(2))});
        }
        histories.push_back(std::move(events));
    }
    histories.push_back({});
    return made_data(10, histories);
}

/// Every ordered pair of sessions of every customer, as the header says.
std::vector<std::vector<double>> direct_counts(const CutSessions& sessions,
                                               const TransitionOptions& options) {
    const std::size_t num_products = sessions.products.num_columns;
    std::vector<std::vector<double>> counts(num_products, std::vector<double>(num_products));
    const auto weight = [&](std::size_t session, std::size_t product) -> double {
        const auto columns = sessions.products.row_columns(session);
        for (std::size_t k = 0; k < columns.size(); ++k) {
            if (columns[k] == product) return sessions.products.row_values(session)[k];
        }
        return 0;
    };
    const auto half = [](double days, double half_life) {
        return half_life > 0 ? std::exp2(-days / half_life) : 1;
    };
    for (std::size_t c = 0; c + 1 < sessions.offsets.size(); ++c) {
        for (std::size_t s = sessions.offsets[c]; s < sessions.offsets[c + 1]; ++s) {
            for (std::size_t t = s; t < sessions.offsets[c + 1]; ++t) {
                if (t - s > options.max_steps) continue;
                const double gap = days_between(sessions.times[s], sessions.times[t]);
                const double age = days_between(sessions.times[t], kMadeNow);
                const double factor =
                    std::pow(static_cast<double>(sessions.products.row_columns(s).size()),
                             -options.source_exponent) *
                    (t == s ? options.within_session
                            : std::pow(options.step_decay, static_cast<double>(t - s - 1))) *
                    half(gap, options.gap_half_life_days) *
                    half(age, options.target_half_life_days);
                for (std::size_t j = 0; j < num_products; ++j) {
                    bool had = false;
                    for (std::size_t e = sessions.offsets[c]; e < t; ++e) had |= weight(e, j) > 0;
                    if (had && options.repeats == Repeats::kIgnored) continue;
                    for (std::size_t i = 0; i < num_products; ++i) {
                        if (i != j) counts[i][j] += factor * weight(s, i) * weight(t, j);
                    }
                }
            }
        }
    }
    return counts;
}

std::vector<std::vector<double>> dense(const CsrMatrix& matrix) {
    std::vector<std::vector<double>> rows(matrix.num_rows, std::vector<double>(matrix.num_columns));
    for (std::size_t row = 0; row < matrix.num_rows; ++row) {
        for (std::size_t at = matrix.offsets[row]; at < matrix.offsets[row + 1]; ++at) {
            rows[row][matrix.columns[at]] = matrix.values[at];
        }
    }
    return rows;
}

TEST(Markov, TransitionsAreThoseCountedOneByOne) {
    ThreadPool pool(3);
    NullProgress progress;
    const CutSessions sessions = sessions_of(random_data(), 30);
    std::vector<TransitionOptions> choices(5);
    choices[4].within_session = 0;
    choices[1] = {1, 1, 0, 0, 0, Repeats::kCounted};
    choices[2] = {3, 0.5, 2, 5, 0.5, Repeats::kCounted};
    choices[3] = {100, 0.9, 0, 3, 1, Repeats::kIgnored};
    for (const TransitionOptions& options : choices) {
        const auto counts = transition_counts(sessions, kMadeNow, options, pool, progress);
        ASSERT_TRUE(counts);
        const auto found = dense(*counts);
        const auto wanted = direct_counts(sessions, options);
        for (std::size_t i = 0; i < found.size(); ++i) {
            for (std::size_t j = 0; j < found.size(); ++j) {
                EXPECT_NEAR(found[i][j], wanted[i][j], 1e-5) << i << " to " << j;
            }
        }
    }
}

Result<std::unique_ptr<Recommender>> try_fit(const TrainingData& data,
                                             const MarkovOptions& options) {
    ThreadPool pool(2);
    NullProgress progress;
    return fit_markov(data, options, pool, progress);
}

std::vector<double> scores_of(const Recommender& model, const std::vector<MadeEvent>& events,
                              std::size_t num_products) {
    const auto history = made_history(events);
    std::vector<double> scores(num_products);
    model.score({nullptr, history, kMadeNow}, scores);
    return scores;
}

/// p0 is followed by p1 twice and by p2 once; p3 comes first or alone.
TrainingData chain() {
    return made_data(
        5, {{{0, 9}, {1, 8}}, {{0, 9}, {1, 8}}, {{0, 9}, {2, 8}}, {{3, 9}}, {{3, 9}, {0, 8}}});
}

MarkovOptions plain() {
    MarkovOptions options;
    options.transitions = {1, 1, 0, 0, 0, Repeats::kCounted};
    options.history = {};
    options.target_exponent = 0;
    options.smoothing = 1;
    return options;
}

TEST(Markov, ScoresAreSmoothedProbabilities) {
    const auto model = try_fit(chain(), plain());
    ASSERT_TRUE(model);
    const auto scores = scores_of(**model, {{0, 1}}, 5);
    // Nine events: p0 four times, p1 and p3 twice, p2 once. From p0: N = 3, k = 1.
    const std::vector<double> wanted{4.0 / 9 / 4, (2 + 2.0 / 9) / 4, (1 + 1.0 / 9) / 4, 2.0 / 9 / 4,
                                     0};
    const double scale = scores[1] / wanted[1];
    for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(scores[j], scale * wanted[j], 1e-6) << j;
    // Nobody went on from p2: what is popular follows.
    const auto backed_off = scores_of(**model, {{2, 1}}, 5);
    EXPECT_NEAR(backed_off[0], scale * 4 / 9, 1e-6);
    EXPECT_NEAR(backed_off[3], scale * 2 / 9, 1e-6);
    EXPECT_THAT(scores_of(**model, {}, 5), Each(0.0));
}

TEST(Markov, TargetsAreDividedByTheirShareOfSessions) {
    MarkovOptions options = plain();
    const auto plainly = try_fit(chain(), options);
    options.target_exponent = 0.5;
    const auto divided = try_fit(chain(), options);
    ASSERT_TRUE(plainly && divided);
    const auto before = scores_of(**plainly, {{0, 1}}, 5);
    const auto after = scores_of(**divided, {{0, 1}}, 5);
    // Of nine products in sessions, p1 is two and p2 one.
    EXPECT_NEAR(after[1] / after[2], before[1] / before[2] * std::sqrt(1.0 / 2), 1e-6);
}

TEST(Markov, ProductsOfOneSessionFollowEachOtherEitherWay) {
    const TrainingData data = made_data(3, {{{0, 9}, {1, 9}}, {{2, 9}}});
    MarkovOptions options = plain();
    options.smoothing = 1e-6;
    const auto together = try_fit(data, options);
    ASSERT_TRUE(together);
    const auto scores = scores_of(**together, {{0, 1}}, 3);
    EXPECT_GT(scores[1], 0);
    EXPECT_NEAR(scores_of(**together, {{1, 1}}, 3)[0], scores[1], 1e-6);
    EXPECT_LT(scores[2], 1e-4 * scores[1]);
}

TEST(Markov, OrderMatters) {
    MarkovOptions options = plain();
    options.smoothing = 1e-6;
    const auto model = try_fit(chain(), options);
    ASSERT_TRUE(model);
    EXPECT_GT(scores_of(**model, {{0, 1}}, 5)[1], 0.1);
    const auto from_p1 = scores_of(**model, {{1, 1}}, 5);
    EXPECT_GT(from_p1[0], from_p1[2]);
}

TEST(Markov, EvidenceIsEachEventsTerm) {
    const auto model = try_fit(chain(), plain());
    ASSERT_TRUE(model);
    const auto history = made_history({{0, 1}, {3, 2}});
    const auto explanation = (*model)->explain({nullptr, history, kMadeNow}, ProductIndex(1));
    ASSERT_EQ(explanation.evidence.size(), 2U);
    EXPECT_EQ(explanation.evidence[0].subject, "p0");
    EXPECT_NEAR(explanation.evidence[0].contribution, scores_of(**model, {{0, 1}}, 5)[1], 1e-12);
    EXPECT_EQ(explanation.evidence[1].subject, "p3");
    EXPECT_NEAR(explanation.evidence[1].contribution, scores_of(**model, {{3, 1}}, 5)[1], 1e-12);
}

TEST(Markov, KeepsTheStrongestTargets) {
    MarkovOptions options = plain();
    options.max_targets = 1;
    options.smoothing = 1e-6;
    const auto model = try_fit(chain(), options);
    ASSERT_TRUE(model);
    const auto scores = scores_of(**model, {{0, 1}}, 5);
    EXPECT_GT(scores[1], 1000 * scores[2]);
}

TEST(Markov, RefusesOptionsOutOfRange) {
    const auto message = [](const MarkovOptions& options) {
        const auto model = try_fit(chain(), options);
        EXPECT_FALSE(model);
        EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
        return model.error().message;
    };
    MarkovOptions options;
    options.session_gap_minutes = -1;
    EXPECT_THAT(message(options), HasSubstr("session_gap_minutes is -1"));
    options = {};
    options.transitions.max_steps = 0;
    EXPECT_THAT(message(options), HasSubstr("max_steps is 0; it may be 1"));
    options = {};
    options.transitions.step_decay = 1.5;
    EXPECT_THAT(message(options), HasSubstr("step_decay is 1.5; it may be 0 to 1"));
    options = {};
    options.transitions.gap_half_life_days = std::nan("");
    EXPECT_THAT(message(options), HasSubstr("half-life"));
    options = {};
    options.smoothing = 0;
    EXPECT_THAT(message(options), HasSubstr("smoothing is 0"));
    options = {};
    options.max_targets = 0;
    EXPECT_THAT(message(options), HasSubstr("max_targets"));
    const float infinity = std::numeric_limits<float>::infinity();
    EXPECT_FALSE(try_fit(made_data(2, {{{0, 2, infinity}, {1, 1}}}), {}));
}

TEST(Markov, SurvivesLittleData) {
    EXPECT_TRUE(try_fit(made_data(0, {}), {}));
    const auto nobody = try_fit(made_data(3, {{}, {}}), {});
    ASSERT_TRUE(nobody);
    EXPECT_THAT(scores_of(**nobody, {{0, 1}}, 3), Each(0.0));
    const auto one_customer = try_fit(made_data(3, {{{0, 2}, {1, 1}}}), {});
    ASSERT_TRUE(one_customer);
    EXPECT_GT(scores_of(**one_customer, {{0, 1}}, 3)[1], 0);
    EXPECT_TRUE(try_fit(made_data(1, {{{0, 2}}, {{0, 1}}}), {}));
    EXPECT_FALSE(try_fit(made_data(2, {{{0, 2, std::nanf("")}, {1, 1}}}), {}));
}

TEST(Markov, RefusesOrSurvivesDamagedBytes) {
    const TrainingData data = chain();
    BinaryWriter writer;
    (*try_fit(data, plain()))->save(writer);
    const std::string bytes = writer.bytes();
    std::size_t num_refused = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = '\xff';
        BinaryReader reader(damaged);
        const auto loaded = load_markov(reader, data.catalogue);
        if (!loaded) {
            ++num_refused;
            continue;
        }
        for (const double score : scores_of(**loaded, {{0, 1}}, 5)) {
            EXPECT_TRUE(std::isfinite(score));
        }
    }
    EXPECT_GT(num_refused, 20U);
}

}  // namespace
}  // namespace attune
