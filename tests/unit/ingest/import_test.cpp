#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "ingest/import_helpers.hpp"
#include "ingest/import_report_text.hpp"

namespace attune {
namespace {

using namespace std::string_view_literals;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

using Rows = std::vector<std::vector<std::string>>;

TEST(Import, StopsAtTheFirstBadRowOnRequest) {
    std::vector<std::vector<Cell>> rows{
        {"1"sv, "A"sv, "LAMP"sv, "x"sv, "2010-12-01"sv, 1.0, 1.0, "UK"sv}};
    const Error error = import_error(FakeRows(kRetail, rows, "2010"), ready("online-retail"));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.message,
                HasSubstr("file.csv, sheet '2010', row 2, column 'Quantity', value "
                          "'x': this is not a number (not_a_number); --on-error skip"));
}

TEST(Import, NamesTheColumnThatIsNotThere) {
    const Error error = import_error(FakeRows({"InvoiceNo", "Stock"}, {}), ready("online-retail"));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("file.csv"), HasSubstr("'CustomerID'"), HasSubstr("Stock")));
}

constexpr std::string_view kCustomers = R"(
[[record]]
kind = "customer"
[record.fields]
id = "ID"
age = { column = "AGE", maximum = 150 }
)";

TEST(Import, ReasonsAreCountedAndTheListIsBounded) {
    Rows rows;
    for (int i = 0; i < 5; ++i) rows.push_back({std::to_string(i), "old"});
    rows.push_back({"6", "200"});
    rows.push_back({"7", "140"});
    rows.push_back({"", "3"});
    rows.push_back({"8", ""});
    KeptRecords kept;
    NullProgress progress;
    FakeRows reader = FakeRows::texts({"ID", "AGE"}, rows);
    const auto report =
        import_rows(reader, parsed(kCustomers),
                    {.on_error = OnError::kSkip, .max_listed_issues = 2}, kept, progress);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->rows_bad, 8U);
    EXPECT_EQ(report->bad_rows.count(IssueReason::kNotANumber), 5U);
    EXPECT_EQ(report->bad_rows.count(IssueReason::kOutOfRange), 1U);
    EXPECT_EQ(report->bad_rows.count(IssueReason::kInvalidRecord), 1U);
    EXPECT_EQ(report->bad_rows.count(IssueReason::kMissingValue), 1U);
    EXPECT_EQ(report->bad_rows.listed.size(), 2U + 3U) << "two of each reason";
    EXPECT_EQ(report->rows_accepted, 1U);
    const ColumnQuality& age = report->quality.columns.at(1);
    EXPECT_EQ(age.out_of_range, 1U);
    EXPECT_EQ(age.invalid, 5U);
    EXPECT_EQ(age.missing, 1U);
}

TEST(Import, KeepsTheFirstOfEachCustomer) {
    const Imported imported =
        import(FakeRows::texts({"ID", "AGE"}, {{"1", "30"}, {"1", "31"}, {"2", "40"}}),
               parsed(kCustomers));
    const auto customers = imported.kept.all<Customer>();
    ASSERT_EQ(customers.size(), 2U);
    EXPECT_EQ(customers[0].age, 30);
    EXPECT_EQ(imported.report.customers, 2U);
    EXPECT_EQ(imported.report.rows_accepted, 3U);
}

TEST(Import, CountsRowsOfACustomerThatDifferFromItsFirst) {
    const Imported imported =
        import(FakeRows::texts({"ID", "AGE"}, {{"1", "30"}, {"1", "30"}, {"1", "31"}, {"2", "30"}}),
               parsed(kCustomers));
    EXPECT_EQ(imported.report.rows_accepted, 4U);
    EXPECT_EQ(imported.report.warnings.count(IssueReason::kDiffersFromFirst), 1U);
    const Issue& issue = imported.report.warnings.listed.at(0);
    EXPECT_EQ(issue.row, 4U);
    EXPECT_EQ(issue.column, "ID");
    EXPECT_EQ(issue.value, "1");
    EXPECT_THAT(issue.message, HasSubstr("customer differs from its first row"));
    EXPECT_EQ(imported.report.quality.columns.at(0).invalid, 0U) << "the id is good";
}

TEST(Import, FormulasWithoutResultAreBadRowsWhereTheMappingReadsThem) {
    const Mapping mapping = parsed(kCustomers);
    for (const auto& [column, num_bad] : {std::pair{1U, 1U}, std::pair{2U, 0U}}) {
        FakeRows reader = FakeRows::texts({"ID", "AGE", "NOTE"}, {{"1", ""}});
        reader.uncalculated = {column};
        const Imported imported = import(std::move(reader), mapping);
        EXPECT_EQ(imported.report.bad_rows.count(IssueReason::kNotCalculated), num_bad);
        EXPECT_EQ(imported.report.rows_bad, num_bad);
    }
}

TEST(Import, DuplicatesCanBeSkipped) {
    const std::string skip = "[source]\nduplicates = \"skip\"\n" + std::string(kCustomers);
    const Imported imported =
        import(FakeRows::texts({"ID", "AGE"}, {{"1", ""}, {"1"}, {"1", ""}}), parsed(skip));
    EXPECT_EQ(imported.report.rows_duplicate, 2U) << "short rows equal those that end empty";
    EXPECT_EQ(imported.report.rows_skipped, 2U);
    EXPECT_EQ(imported.report.rows_accepted, 1U);
}

TEST(Import, ColumnsOfFilesWithoutAHeaderAreNamed) {
    const std::string named =
        "[source]\nhas_header = false\ncolumns = [\"ID\", \"AGE\"]\n" + std::string(kCustomers);
    const Imported imported = import(FakeRows::texts({"1", "2"}, {{"x", "3"}}), parsed(named));
    EXPECT_EQ(imported.kept.all<Customer>().at(0).age, 3);
    EXPECT_THAT(import_error(FakeRows::texts({"1"}, {}), parsed(named)).message,
                HasSubstr("names 2 columns, the file has 1"));
}

TEST(Import, RefusesTooManyRows) {
    ImportOptions options;
    options.max_rows = 1;
    EXPECT_EQ(
        import_error(FakeRows::texts({"ID", "AGE"}, {{"1"}, {"2"}}), parsed(kCustomers), options)
            .code,
        ErrorCode::kLimitExceeded);
}

TEST(Import, PassesErrorsOfReaderAndSinkOn) {
    FakeRows broken = FakeRows::texts({"ID", "AGE"}, {{"1"}});
    broken.end_error = "cut off";
    EXPECT_EQ(import_error(std::move(broken), parsed(kCustomers)).code, ErrorCode::kCorrupt);

    KeptRecords full;
    full.max_records = 0;
    NullProgress progress;
    FakeRows reader = FakeRows::texts({"ID", "AGE"}, {{"1"}});
    EXPECT_EQ(import_rows(reader, parsed(kCustomers), {}, full, progress).error().code,
              ErrorCode::kUnavailable);
}

class Stopping final : public Progress {
 public:
    void begin(std::string_view stage, std::uint64_t total) override {
        stage_ = stage;
        total_ = total;
    }
    void advance(std::uint64_t done) override { done_ = done; }
    void end() override { ended_ = true; }
    bool cancelled() const override { return stop; }

    bool stop = false;
    std::string stage_;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    bool ended_ = false;
};

TEST(Import, TellsItsProgressAndStopsOnRequest) {
    const Mapping mapping = parsed(kCustomers);
    KeptRecords kept;
    Stopping progress;
    FakeRows reader = FakeRows::texts({"ID", "AGE"}, {{"1"}});
    EXPECT_TRUE(import_rows(reader, mapping, {.file = "a.csv"}, kept, progress));
    EXPECT_EQ(progress.stage_, "Importing a.csv");
    EXPECT_EQ(progress.done_, progress.total_);
    EXPECT_TRUE(progress.ended_);
    progress.stop = true;
    FakeRows again = FakeRows::texts({"ID", "AGE"}, {{"1"}});
    EXPECT_EQ(import_rows(again, mapping, {}, kept, progress).error().code, ErrorCode::kCancelled);
}

TEST(Import, RecordsCanDependOnTheRow) {
    const Mapping mapping = parsed(R"(
[[record]]
kind = "household"
when = { column = "SPOUSE", missing = false }
[record.fields]
customer_id = "ID"
related_id = "SPOUSE"
relation = { constant = "spouse" }

[[record]]
kind = "consent"
[record.fields]
customer_id = "ID"
purpose = { constant = "marketing" }
granted = "OK"
time = { constant = "2020-01-01" }

[[record]]
kind = "transaction"
[record.fields]
id = { template = "t-{#hash}" }
customer_id = "ID"
time = { constant = "2020-01-01" }
amount = { constant = "5", currency = "EUR" }

[[record]]
kind = "post"
[record.fields]
id = { template = "p-{#hash}" }
customer_id = "ID"
time = { constant = "2020-01-01" }
text = { constant = "hello" }
)");
    const Imported imported = import(
        FakeRows::texts({"ID", "SPOUSE", "OK"}, {{"1", "2", "yes"}, {"3", "", "no"}}), mapping);
    EXPECT_EQ(imported.kept.all<HouseholdRelation>().size(), 1U);
    EXPECT_EQ(imported.kept.all<Consent>().size(), 2U);
    EXPECT_EQ(imported.kept.all<Transaction>().at(0).amount.minor, 500);
    EXPECT_EQ(imported.kept.all<Post>().size(), 2U);
    EXPECT_EQ(imported.report.customers, 3U);
}

TEST(Import, QualityCanBeTurnedOffAndIsBounded) {
    KeptRecords kept;
    NullProgress progress;
    ImportOptions options;
    options.quality.enabled = false;
    FakeRows reader = FakeRows::documents({cdr_product()});
    const Mapping mapping = ready("cdr-products");
    EXPECT_THAT(import_rows(reader, mapping, options, kept, progress)->quality.columns, IsEmpty());
    options.quality = {.max_columns = 3};
    FakeRows again = FakeRows::documents({cdr_product()});
    EXPECT_EQ(import_rows(again, mapping, options, kept, progress)->quality.columns.size(), 3U);
}

TEST(NativeImport, ReadsDocumentsAndTables) {
    const Mapping mapping = native_mapping(RecordKind::kEvent);
    const json event{{"id", "e"},
                     {"customer_id", "c"},
                     {"product_id", "p"},
                     {"type", "view"},
                     {"time", "2020-01-01T00:00:00Z"}};
    const Imported documents = import(FakeRows::documents({event, event}), mapping);
    EXPECT_EQ(documents.report.records[2], 2U);
    EXPECT_EQ(documents.report.rows_duplicate, 1U);
    EXPECT_EQ(documents.report.customers, 1U);
    EXPECT_EQ(documents.report.products, 1U);
    const Imported table =
        import(FakeRows::texts(
                   {"id", "customer_id", "product_id", "type", "time"},
                   {{"e", "c", "p", "view", "2020-01-01"}, {"f", "c", "p", "gaze", "2020-01-01"}}),
               mapping);
    EXPECT_EQ(table.kept.records.at(0), documents.kept.records.at(0));
    EXPECT_EQ(table.report.bad_rows.count(IssueReason::kInvalidRecord), 1U);
    EXPECT_THAT(table.report.bad_rows.listed.at(0).message, HasSubstr("gaze"));
}

TEST(NativeImport, WantsTheRequiredFields) {
    const Imported imported =
        import(FakeRows::documents({{{"id", "e"}, {"customer_id", "c"}, {"product_id", "p"}}}),
               native_mapping(RecordKind::kEvent));
    ASSERT_EQ(imported.report.bad_rows.count(IssueReason::kMissingValue), 1U);
    EXPECT_EQ(imported.report.bad_rows.listed.at(0).column, "type");
}

TEST(NativeImport, RefusesForeignColumns) {
    const Error error =
        import_error(FakeRows::texts({"id", "who"}, {}), native_mapping(RecordKind::kEvent));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.message, AllOf(HasSubstr("'who'"), HasSubstr("unit_price")));
}

TEST(ImportReport, IsShortForPeople) {
    Rows rows;
    for (int i = 0; i < 1200; ++i) rows.push_back({fmt::format("{}", i), "30"});
    for (int i = 0; i < 7; ++i) rows.push_back({"x", "old"});
    rows.push_back({"y", ""});
    const Imported imported = import(FakeRows::texts({"ID", "AGE"}, rows), parsed(kCustomers));
    EXPECT_EQ(report_text(imported.report),
              "file.csv: 1,208 rows read, 1,201 accepted, 0 left out, 7 rejected\n"
              "  equal to an earlier row: 6\n"
              "  rejected rows: 7\n"
              "    not_a_number: 7\n"
              "      row 1202, column 'AGE', value 'old': this is not a number\n"
              "      row 1203, column 'AGE', value 'old': this is not a number\n"
              "      row 1204, column 'AGE', value 'old': this is not a number\n"
              "      row 1205, column 'AGE', value 'old': this is not a number\n"
              "      row 1206, column 'AGE', value 'old': this is not a number\n"
              "      and 2 more\n"
              "  columns:\n"
              "    AGE: 1 missing (below 0.1 %), 7 invalid");
}

TEST(ImportReport, ReasonsHaveTheirOwnNames) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kNumIssueReasons; ++i) {
        names.insert(issue_reason_name(static_cast<IssueReason>(i)));
    }
    EXPECT_EQ(names.size(), kNumIssueReasons);
    EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace attune
