#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "ingest/fake_rows.hpp"
#include "ingest/importer.hpp"
#include "ingest/temporary_file.hpp"

namespace attune {
namespace {

using namespace std::string_view_literals;
using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> kRetail{"InvoiceNo",   "StockCode", "Description", "Quantity",
                                       "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

using Rows = std::vector<std::vector<std::string>>;

Mapping ready(const std::string& name) {
    auto mapping = load_mapping(ATTUNE_SOURCE_DIR "/config/mappings/" + name + ".toml");
    EXPECT_TRUE(mapping) << mapping.error().message;
    return std::move(*mapping);
}

Mapping parsed(std::string_view text) {
    TemporaryFolder folder;
    auto mapping = load_mapping(folder.write("test.toml", text));
    EXPECT_TRUE(mapping) << mapping.error().message;
    return std::move(*mapping);
}

struct Imported {
    ImportReport report;
    KeptRecords kept;
};

Imported import(RowReader&& reader, const Mapping& mapping, OnError on_error = OnError::kSkip) {
    Imported result;
    NullProgress progress;
    ImportOptions options;
    options.on_error = on_error;
    options.file = "file.csv";
    auto report = import_rows(reader, mapping, options, result.kept, progress);
    EXPECT_TRUE(report) << report.error().message;
    if (report) result.report = std::move(*report);
    return result;
}

Error import_error(RowReader&& reader, const Mapping& mapping, ImportOptions options = {}) {
    KeptRecords kept;
    NullProgress progress;
    options.file = "file.csv";
    const auto report = import_rows(reader, mapping, options, kept, progress);
    EXPECT_FALSE(report);
    return report ? Error{} : report.error();
}

std::vector<std::string> line(const char* invoice, const char* stock, const char* description,
                              const char* quantity, const char* price, const char* customer) {
    return {invoice, stock, description, quantity, "2010-12-01 08:26:00", price, customer, "UK"};
}

TEST(RetailImport, CountsWhatItLeavesOut) {
    const Imported imported =
        import(FakeRows::texts(kRetail, {line("1", "A", "LAMP ", "6", "2.55", "17850.0"),
                                         line("1", "A", "LAMP ", "6", "2.55", "17850.0"),
                                         line("C2", "A", "LAMP", "-1", "2.55", ""),
                                         line("3", "B", "", "1", "0", "17850.0"),
                                         line("4", "a", "OTHER", "1", "0.001", "17851.0"),
                                         line("5", "B", "", "x", "1", "17851.0")}),
               ready("online-retail"));
    const ImportReport& report = imported.report;
    const json figures = to_json(report);
    EXPECT_EQ(report.rows_read, 6U);
    EXPECT_EQ(report.rows_accepted, 3U);
    EXPECT_EQ(report.rows_skipped, 2U);
    EXPECT_EQ(report.rows_duplicate, 1U);
    EXPECT_EQ(figures["rows_without_customer"], 1);
    EXPECT_EQ(figures["rows_cancelled"], 1);
    EXPECT_EQ(figures["rows_without_quantity"], 1);
    EXPECT_EQ(figures["rows_without_price"], 1);
    EXPECT_EQ(report.customers, 2U);
    EXPECT_EQ(report.products, 2U) << "codes differ by case";
    EXPECT_EQ(figures["records"], (json{{"customer", 2}, {"product", 2}, {"event", 3}}));
    EXPECT_EQ(figures["bad_rows"]["by_reason"], (json{{"not_a_number", 1}}));
    EXPECT_EQ(figures["bad_rows"]["listed"][0], (json{{"file", "file.csv"},
                                                      {"sheet", ""},
                                                      {"row", 7},
                                                      {"column", "Quantity"},
                                                      {"value", "x"},
                                                      {"reason", "not_a_number"},
                                                      {"message", "this is not a number"}}));
}

TEST(RetailImport, MakesCustomersProductsAndEvents) {
    const Imported imported =
        import(FakeRows::texts(kRetail, {line("1", "A", " LAMP ", "6", "2.55", "17850.0")}),
               ready("online-retail"));
    ASSERT_EQ(imported.kept.records.size(), 3U);
    const auto& customer = std::get<Customer>(imported.kept.records[0]);
    EXPECT_EQ(customer.id, "17850");
    EXPECT_EQ(customer.location, "UK");
    const auto& product = std::get<Product>(imported.kept.records[1]);
    EXPECT_EQ(product.id, "A");
    EXPECT_EQ(product.name, "LAMP");
    const auto& event = std::get<Event>(imported.kept.records[2]);
    EXPECT_EQ(event.customer_id, "17850");
    EXPECT_EQ(event.product_id, "A");
    EXPECT_EQ(event.type, EventType::kPurchase);
    EXPECT_EQ(format_timestamp(event.time), "2010-12-01T08:26:00.000Z");
    EXPECT_EQ(event.quantity, 6);
    EXPECT_EQ(event.unit_price, parse_money("2.55", "GBP").value());
    EXPECT_EQ(event.context, "1");
    EXPECT_EQ(event.id.size(), 35U);
}

std::vector<std::string> event_ids(const KeptRecords& kept) {
    std::vector<std::string> ids;
    for (const Event& event : kept.all<Event>()) ids.push_back(event.id);
    return ids;
}

TEST(RetailImport, WorkbookAndTextGiveTheSameEvents) {
    const auto time = parse_timestamp("2010-12-01 08:26:00").value();
    const std::vector<Cell> cells{536365.0,           71053.0, "LANTERN"sv, 6.0, time,
                                  2.5499999999999998, 17850.0, "UK"sv};
    const Mapping mapping = ready("online-retail");
    const Imported workbook = import(FakeRows(kRetail, {cells, cells}, "Sheet1"), mapping);
    const auto row = line("536365", "71053", "LANTERN", "6", "2.55", "17850.0");
    const Imported text = import(FakeRows::texts(kRetail, {row, row}), mapping);
    EXPECT_EQ(workbook.kept.records, text.kept.records);
    EXPECT_EQ(workbook.report.sheet, "Sheet1");
    const auto ids = event_ids(text.kept);
    ASSERT_EQ(ids.size(), 2U);
    EXPECT_NE(ids[0], ids[1]) << "two equal lines are two lines";
}

TEST(RetailImport, ABadRowTakesNoPlaceAmongEqualOnes) {
    const auto row = line("1", "A", "LAMP", "6", "2.55", "17850");
    auto bad = row;
    bad[4] = "someday";
    const Mapping mapping = ready("online-retail");
    EXPECT_EQ(event_ids(import(FakeRows::texts(kRetail, {row, bad, row}), mapping).kept),
              event_ids(import(FakeRows::texts(kRetail, {row, row}), mapping).kept));
}

TEST(Import, StopsAtTheFirstBadRowOnRequest) {
    std::vector<std::vector<Cell>> rows{
        {"1"sv, "A"sv, "LAMP"sv, "x"sv, "2010-12-01"sv, 1.0, 1.0, "UK"sv}};
    const Error error = import_error(FakeRows(kRetail, rows, "2010"), ready("online-retail"));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.message, HasSubstr("file.csv, sheet '2010', row 2, column 'Quantity', value "
                                         "'x': this is not a number (not_a_number)"));
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
    EXPECT_EQ(report->bad_rows.listed.size(), 2U);
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

TEST(BankImport, MapsAllButTheDuration) {
    const Imported imported = import(
        FakeRows::texts({"age", "job", "marital", "education", "default", "balance", "housing",
                         "loan", "contact", "day", "month", "duration", "campaign", "pdays",
                         "previous", "poutcome", "y"},
                        {{"58", "management", "married", "tertiary", "no", "2143", "yes", "no",
                          "unknown", "5", "may", "261", "1", "-1", "0", "unknown", "yes"},
                         {"44", "unknown", "single", "unknown", "yes", "-7", "no", "yes",
                          "cellular", "5", "may", "151", "1", "8", "2", "failure", "no"}}),
        ready("bank-marketing"));
    const auto customers = imported.kept.all<Customer>();
    ASSERT_EQ(customers.size(), 2U);
    EXPECT_EQ(customers[0].id, "bm-00001");
    EXPECT_EQ(customers[0].age, 58);
    EXPECT_EQ(customers[0].occupation, "management");
    EXPECT_EQ(customers[0].marital_status, "married");
    EXPECT_EQ(customers[0].education, "tertiary");
    EXPECT_THAT(customers[0].held_categories,
                ElementsAre("RESIDENTIAL_MORTGAGES", "TERM_DEPOSITS"));
    EXPECT_EQ(customers[0].attributes, (Attributes{{"default", false},
                                                   {"balance", 2143.0},
                                                   {"day", 5.0},
                                                   {"month", "may"},
                                                   {"campaign", 1.0},
                                                   {"previous", 0.0}}));
    EXPECT_EQ(customers[1].occupation, "");
    EXPECT_THAT(customers[1].held_categories, ElementsAre("PERS_LOANS"));
    EXPECT_EQ(customers[1].attributes.at("pdays"), AttributeValue(8.0));
    EXPECT_FALSE(customers[1].attributes.contains("duration"));
    EXPECT_EQ(imported.report.quality.columns.at(13).missing, 1U) << "pdays -1";
}

json cdr_product() {
    return {{"productId", "P1"},
            {"_brand", "A Bank"},
            {"productCategory", "TERM_DEPOSITS"},
            {"name", "Saver"},
            {"description", "Saves."},
            {"isTailored", false},
            {"effectiveFrom", "2021-06-24T14:00:00.000Z"},
            {"effectiveTo", "2022-06-24T14:00:00.000Z"},
            {"features",
             {{{"featureType", "CARD"}, {"additionalValue", "Visa"}, {"additionalInfo", "debit"}}}},
            {"fees",
             {{{"name", "Monthly"}, {"feeType", "PERIODIC"}, {"amount", "5.00"}},
              {{"name", "Abroad"}, {"amount", "3"}, {"currency", "DKK"}},
              {{"name", "In words"}, {"additionalInfo", "ask"}}}},
            {"lendingRates",
             {{{"lendingRateType", "FIXED"}, {"rate", "5.9"}},
              {{"lendingRateType", "FIXED"}, {"rate", "0.059"}}}},
            {"depositRates",
             {{{"depositRateType", "FIXED"}, {"rate", "0.25"}},
              {{"depositRateType", "BONUS"}, {"rate", 0.04}, {"additionalValue", "P1Y"}},
              {{"depositRateType", "BONUS"}, {"rate", ""}}}},
            {"eligibility", {{{"eligibilityType", "MIN_AGE"}, {"additionalValue", "18"}}}}};
}

TEST(CdrImport, ReadsNestedDocuments) {
    const Imported imported = import(FakeRows::documents({cdr_product()}), ready("cdr-products"));
    const auto products = imported.kept.all<Product>();
    ASSERT_EQ(products.size(), 1U);
    const Product& product = products[0];
    EXPECT_EQ(product.id, "A Bank/P1");
    EXPECT_EQ(product.brand, "A Bank");
    EXPECT_EQ(product.category, "TERM_DEPOSITS");
    EXPECT_THAT(product.features, ElementsAre(ProductFeature{"CARD", "Visa: debit"}));
    ASSERT_EQ(product.fees.size(), 3U);
    EXPECT_EQ(product.fees[0].amount, parse_money("5", "AUD").value());
    EXPECT_EQ(product.fees[1].amount, parse_money("3", "DKK").value());
    EXPECT_EQ(product.fees[2].amount, std::nullopt);
    EXPECT_THAT(product.rates, ElementsAre(Rate{RateSide::kLending, "FIXED", 0.059, ""},
                                           Rate{RateSide::kDeposit, "BONUS", 0.04, "P1Y"}));
    EXPECT_EQ(product.eligibility.minimum_age, 18);
    EXPECT_EQ(format_date(*product.available_until), "2022-06-24");
    EXPECT_EQ(product.attributes, (Attributes{{"is_tailored", false}}));
}

TEST(CdrImport, ListsTheRatesThatItDrops) {
    const Imported imported = import(FakeRows::documents({cdr_product()}), ready("cdr-products"));
    const IssueList& warnings = imported.report.warnings;
    EXPECT_EQ(imported.report.rows_bad, 0U);
    EXPECT_EQ(warnings.count(IssueReason::kOutOfRange), 2U);
    EXPECT_EQ(warnings.count(IssueReason::kMissingValue), 1U);
    ASSERT_EQ(warnings.listed.size(), 3U);
    EXPECT_EQ(warnings.listed[0].column, "lendingRates[0].rate");
    EXPECT_EQ(warnings.listed[0].value, "5.9");
    EXPECT_EQ(warnings.listed[0].row, 1U);
    EXPECT_EQ(warnings.listed[1].column, "depositRates[0].rate");
}

TEST(CdrImport, WrongShapesAreBadRows) {
    json nested = cdr_product();
    nested["name"] = {1};
    json no_list = cdr_product();
    no_list["features"] = "x";
    json null_list = cdr_product();
    null_list["features"] = nullptr;
    json text_elements = cdr_product();
    text_elements["productId"] = "P2";
    text_elements["features"] = {{{"featureType", {{"a", 1}}}}};
    const Imported imported = import(FakeRows::documents({nested, no_list, null_list, text_elements, json(3),
                                               json(json::value_t::discarded)}),
                                     ready("cdr-products"));
    const IssueList& bad = imported.report.bad_rows;
    EXPECT_EQ(bad.count(IssueReason::kWrongType), 3U);
    EXPECT_EQ(bad.count(IssueReason::kMissingValue), 1U);
    EXPECT_EQ(bad.count(IssueReason::kMalformedRow), 1U);
    EXPECT_EQ(bad.listed[2].column, "features[0].featureType");
    EXPECT_EQ(imported.report.rows_accepted, 1U);
}

TEST(CdrImport, QualityFollowsTheKeys) {
    json without = cdr_product();
    without["productId"] = "P2";
    without.erase("effectiveTo");
    const Imported imported = import(FakeRows::documents({cdr_product(), without}), ready("cdr-products"));
    std::set<std::string> names;
    for (const ColumnQuality& column : imported.report.quality.columns) {
        names.insert(column.name);
        EXPECT_EQ(column.missing, column.name == "effectiveTo" ? 1U : 0U) << column.name;
        EXPECT_EQ(column.nested > 0, cdr_product()[column.name].is_structured()) << column.name;
    }
    EXPECT_EQ(names.size(), cdr_product().size());
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

TEST(NativeImport, RefusesForeignColumns) {
    const Error error =
        import_error(FakeRows::texts({"id", "who"}, {}), native_mapping(RecordKind::kEvent));
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(error.message, AllOf(HasSubstr("'who'"), HasSubstr("unit_price")));
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
