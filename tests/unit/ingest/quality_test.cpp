#include "ingest/quality.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

using namespace std::string_view_literals;

TEST(Histogram, CountsByWidthsThatDouble) {
    Histogram histogram;
    EXPECT_TRUE(histogram.bins().empty());
    for (int i = 0; i < 100; ++i) histogram.add(i);
    const auto bins = histogram.bins();
    ASSERT_EQ(bins.size(), 25U);
    for (const HistogramBin& bin : bins) EXPECT_EQ(bin.count, 4U);
    EXPECT_EQ(bins.front().from, 0);
    EXPECT_EQ(bins.back().until, 100);
}

TEST(Histogram, TakesZeroAndHugeSpans) {
    Histogram histogram;
    for (const double value : {0.0, 1e-12, 1e300, -1e300}) histogram.add(value);
    std::uint64_t total = 0;
    for (const HistogramBin& bin : histogram.bins()) total += bin.count;
    EXPECT_EQ(total, 4U);
}

RC_GTEST_PROP(Histogram, EveryNumberStandsInItsBin, ()) {
    const auto values = *rc::gen::container<std::vector<int>>(rc::gen::arbitrary<int>());
    Histogram histogram;
    for (const int value : values) histogram.add(value / 8.0);
    const auto bins = histogram.bins();
    RC_ASSERT(bins.size() <= 32U);
    for (const HistogramBin& bin : bins) {
        const auto inside = std::count_if(values.begin(), values.end(), [&](int value) {
            return value / 8.0 >= bin.from && value / 8.0 < bin.until;
        });
        RC_ASSERT(bin.count == static_cast<std::uint64_t>(inside));
    }
}

TEST(ColumnProfile, TellsTypesApart) {
    ColumnProfile profile("c", {});
    for (const Cell& cell :
         {Cell{1.0}, Cell{2.5}, Cell{"17850.0"sv}, Cell{"-x"sv}, Cell{"2010-12-01"sv},
          Cell{"2010-99-01"sv}, Cell{Timestamp{0}}, Cell{true}, Cell{"TRUE"sv}, Cell{1.0 / 0.0}}) {
        profile.add(cell);
    }
    profile.add_nested();
    profile.add_out_of_range();
    profile.add_invalid();
    profile.set_num_rows(13);
    const ColumnQuality summary = profile.summary();
    EXPECT_EQ(summary.present, 11U);
    EXPECT_EQ(summary.missing, 2U);
    EXPECT_EQ(summary.whole_numbers, 2U);
    EXPECT_EQ(summary.other_numbers, 1U);
    EXPECT_EQ(summary.times, 2U);
    EXPECT_EQ(summary.booleans, 2U);
    EXPECT_EQ(summary.texts, 3U);
    EXPECT_EQ(summary.nested, 1U);
    EXPECT_EQ(summary.minimum, 1);
    EXPECT_EQ(summary.maximum, 17850);
    EXPECT_DOUBLE_EQ(*summary.mean, (1 + 2.5 + 17850) / 3);
    EXPECT_EQ(summary.earliest, Timestamp{0});
    EXPECT_EQ(format_date(*summary.latest), "2010-12-01");
}

TEST(ColumnProfile, FollowsABoundedNumberOfValues) {
    ColumnProfile profile("c", {.max_distinct_values = 2, .num_top_values = 1});
    for (const std::string_view text : {"b"sv, "a"sv, "a"sv, "c"sv}) profile.add(text);
    const ColumnQuality summary = profile.summary();
    EXPECT_EQ(summary.distinct, 2U);
    EXPECT_TRUE(summary.distinct_is_lower_bound);
    ASSERT_EQ(summary.top_values.size(), 1U);
    EXPECT_EQ(summary.top_values[0], (std::pair<std::string, std::uint64_t>{"a", 2}));
}

TEST(ColumnProfile, ShortensLongValuesBetweenCharacters) {
    ColumnProfile profile("c", {});
    const std::string text = std::string(63, 'a') + "\xC3\xA9";
    profile.add(std::string_view(text));
    EXPECT_EQ(profile.summary().top_values[0].first, std::string(63, 'a'));
}

TEST(QualityReport, HasAJsonForm) {
    ColumnProfile numbers("n", {});
    numbers.add(3.0);
    ColumnProfile times("t", {});
    times.add(Timestamp{86'400'000});
    QualityReport report{{numbers.summary(), times.summary()}, 4};
    const nlohmann::json json = to_json(report);
    EXPECT_EQ(json["rows_duplicate"], 4);
    EXPECT_EQ(json["columns"][0]["mean"], 3.0);
    EXPECT_EQ(json["columns"][0]["types"]["whole_number"], 1);
    EXPECT_EQ(json["columns"][0]["histogram"][0]["count"], 1);
    EXPECT_EQ(json["columns"][1]["earliest"], "1970-01-02T00:00:00.000Z");
    EXPECT_TRUE(json["columns"][1]["histogram"][0]["from"].is_string());
}

}  // namespace
}  // namespace attune
