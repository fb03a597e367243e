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
