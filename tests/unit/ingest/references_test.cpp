#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/import_helpers.hpp"

namespace attune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using Rows = std::vector<std::vector<std::string>>;

constexpr std::string_view kVisits = R"(
[[record]]
kind = "event"
[record.fields]
id = { template = "v-{#hash}" }
type = { constant = "view" }
customer_id = "Who"
product_id = "What"
time = { constant = "2020-01-01" }
)";

TEST(Import, RowsThatReferToNothingAreBadRows) {
    const std::vector<std::string> header{"Who", "What"};
    const Rows rows{{"ann", "lamp"}, {"bob", "lamp"}, {"ann", "sofa"}, {"ann", "lamp"}};
    const auto run = [&](OnError on_error) {
        std::pair<Result<ImportReport>, KeptRecords> outcome;
        outcome.second.unknown_ids = {"bob", "sofa"};
        FakeRows reader = FakeRows::texts(header, rows);
        NullProgress progress;
        outcome.first =
            import_rows(reader, parsed(kVisits), {.on_error = on_error, .file = "visits.csv"},
                        outcome.second, progress);
        return outcome;
    };
    const auto [skipped, kept] = run(OnError::kSkip);
    ASSERT_TRUE(skipped) << skipped.error().message;
    EXPECT_EQ(skipped->rows_accepted, 2U);
    EXPECT_EQ(skipped->rows_bad, 2U);
    EXPECT_EQ(skipped->bad_rows.count(IssueReason::kUnknownCustomer), 1U);
    EXPECT_EQ(skipped->bad_rows.count(IssueReason::kUnknownProduct), 1U);
    EXPECT_EQ(skipped->bad_rows.listed.at(1).row, 4U);
    EXPECT_EQ(skipped->bad_rows.listed.at(1).column, "What");
    EXPECT_EQ(skipped->bad_rows.listed.at(1).value, "sofa");
    EXPECT_EQ(kept.all<Event>().size(), 2U);
    EXPECT_EQ(skipped->customers, 1U) << "of accepted rows";

    const auto stopped = run(OnError::kStop).first;
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(stopped.error().message,
                AllOf(HasSubstr("visits.csv, row 3, column 'Who', value 'bob'"),
                      HasSubstr("(unknown_customer)"), HasSubstr("--on-error skip")));
}

TEST(Import, WhatHasNotHappenedYetIsABadRow) {
    std::string mapping(kVisits);
    const std::string constant = R"(time = { constant = "2020-01-01" })";
    mapping.replace(mapping.find(constant), constant.size(), R"(time = "When")");
    const Rows rows{{"ann", "lamp", "2026-07-04 12:05:00"},
                    {"ann", "lamp", "2026-07-04 12:05:01"},
                    {"bob", "lamp", "2062-07-04"}};
    ImportOptions options{.on_error = OnError::kSkip, .file = "visits.csv"};
    const auto run = [&] {
        std::pair<Result<ImportReport>, KeptRecords> outcome;
        FakeRows reader = FakeRows::texts({"Who", "What", "When"}, rows);
        NullProgress progress;
        outcome.first = import_rows(reader, parsed(mapping), options, outcome.second, progress);
        return outcome;
    };
    EXPECT_EQ(run().first->rows_accepted, 3U) << "without a limit";
    options.latest_time = parse_timestamp("2026-07-04 12:05:00").value();
    const auto [skipped, kept] = run();
    ASSERT_TRUE(skipped) << skipped.error().message;
    EXPECT_EQ(skipped->rows_bad, 2U);
    EXPECT_EQ(skipped->bad_rows.count(IssueReason::kInTheFuture), 2U);
    EXPECT_EQ(skipped->bad_rows.listed.at(1).row, 4U);
    EXPECT_EQ(skipped->bad_rows.listed.at(1).column, "When");
    EXPECT_EQ(kept.all<Event>().size(), 1U);
    EXPECT_EQ(skipped->customers, 1U) << "of accepted rows";

    options.on_error = OnError::kStop;
    const auto stopped = run().first;
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(
        stopped.error().message,
        AllOf(HasSubstr("visits.csv, row 3, column 'When', value '2026-07-04T12:05:01.000Z'"),
              HasSubstr("lies in the future"), HasSubstr("(in_the_future)")));
}

TEST(Import, TransactionsAndPostsHaveHappenedTooButConsentsMayBegin) {
    const auto num_bad = [](RecordKind kind, const nlohmann::json& document) {
        FakeRows reader = FakeRows::documents({document});
        KeptRecords kept;
        NullProgress progress;
        const auto report =
            import_rows(reader, native_mapping(kind),
                        {.on_error = OnError::kSkip, .latest_time = Timestamp{0}}, kept, progress);
        EXPECT_TRUE(report) << report.error().message;
        if (!report) return std::uint64_t{99};
        EXPECT_EQ(report->rows_accepted + report->rows_bad, 1U);
        return report->rows_bad;
    };
    EXPECT_EQ(
        num_bad(RecordKind::kTransaction, {{"id", "t"},
                                           {"customer_id", "c"},
                                           {"time", "2020-01-01"},
                                           {"amount", {{"amount", "5.00"}, {"currency", "EUR"}}}}),
        1U);
    EXPECT_EQ(
        num_bad(RecordKind::kPost,
                {{"id", "p"}, {"customer_id", "c"}, {"time", "2020-01-01"}, {"text", "hello"}}),
        1U);
    EXPECT_EQ(num_bad(RecordKind::kConsent, {{"customer_id", "c"},
                                             {"purpose", "marketing"},
                                             {"granted", true},
                                             {"time", "2020-01-01"}}),
              0U);
}

TEST(Import, RowsMayReferToWhatTheyMakeAndToRowsBefore) {
    const std::string mapping = std::string(kVisits) + R"(
[[record]]
kind = "customer"
when = { column = "New", equals = "yes" }
[record.fields]
id = "Who"
)";
    FakeRows reader = FakeRows::texts(
        {"Who", "What", "New"}, {{"ann", "lamp", ""}, {"ann", "lamp", "yes"}, {"ann", "lamp", ""}});
    KeptRecords kept;
    kept.unknown_ids = {"ann"};
    NullProgress progress;
    const auto report =
        import_rows(reader, parsed(mapping), {.on_error = OnError::kSkip}, kept, progress);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->rows_bad, 1U);
    EXPECT_EQ(kept.all<Event>().size(), 2U);
}

}  // namespace
}  // namespace attune
