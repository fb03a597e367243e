#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "ingest/import_helpers.hpp"

namespace attune {
namespace {

using namespace std::string_view_literals;
using nlohmann::json;
using testing::ElementsAre;

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
    EXPECT_EQ(customers[0].attributes, (Attributes{{"credit_in_default", false},
                                                   {"average_balance", 2143.0},
                                                   {"last_contact_day", 5.0},
                                                   {"last_contact_month", "may"},
                                                   {"contacts_in_campaign", 1.0},
                                                   {"contacts_before_campaign", 0.0}}));
    EXPECT_EQ(customers[1].occupation, "");
    EXPECT_THAT(customers[1].held_categories, ElementsAre("PERS_LOANS"));
    EXPECT_EQ(customers[1].attributes.at("days_since_previous_contact"), AttributeValue(8.0));
    EXPECT_FALSE(customers[1].attributes.contains("duration"));
    EXPECT_EQ(imported.report.quality.columns.at(13).missing, 1U) << "pdays -1";
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
    const Imported imported = import(FakeRows::documents({nested, no_list, null_list, text_elements,
                                                          json(3), json(json::value_t::discarded)}),
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
    const Imported imported =
        import(FakeRows::documents({cdr_product(), without}), ready("cdr-products"));
    std::set<std::string> names;
    for (const ColumnQuality& column : imported.report.quality.columns) {
        names.insert(column.name);
        EXPECT_EQ(column.missing, column.name == "effectiveTo" ? 1U : 0U) << column.name;
        EXPECT_EQ(column.nested > 0, cdr_product()[column.name].is_structured()) << column.name;
    }
    EXPECT_EQ(names.size(), cdr_product().size());
}

}  // namespace
}  // namespace attune
