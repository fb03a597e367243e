#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "ingest/fake_rows.hpp"
#include "ingest/importer.hpp"
#include "support/source_path.hpp"

/// The packs that come with the product, read from their files. The whole of the retail pack, half
/// a million rows, is read by tests/acceptance/main-job-1-import: here it would take minutes.
namespace attune {
namespace {

struct Imported {
    ImportReport report;
    KeptRecords kept;
};

std::string data(const std::string& name) {
    return source_path("data/") + name;
}

/// Reads at most `max_rows` rows.
class FirstRows final : public RowReader {
 public:
    FirstRows(std::unique_ptr<RowReader> inner, std::uint64_t max_rows)
        : inner_(std::move(inner)), left_(max_rows) {}
    const std::vector<std::string>& columns() const override { return inner_->columns(); }
    const std::string& sheet() const override { return inner_->sheet(); }
    const std::string& row_error() const override { return inner_->row_error(); }
    double progress() const override { return inner_->progress(); }
    Result<bool> next(Row& row) override {
        if (left_ == 0) return false;
        --left_;
        return inner_->next(row);
    }

 private:
    std::unique_ptr<RowReader> inner_;
    std::uint64_t left_;
};

Imported import_file(const std::string& file, const std::string& mapping_name,
                     std::uint64_t max_rows = 1'000'000) {
    Imported imported;
    auto mapping = load_mapping(source_path("config/mappings/") + mapping_name + ".toml");
    EXPECT_TRUE(mapping) << mapping.error().message;
    auto opened = open_rows(data(file), mapping->source);
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return imported;
    FirstRows reader(std::move(*opened), max_rows);
    NullProgress progress;
    ImportOptions options;
    options.on_error = OnError::kSkip;
    options.file = file;
    auto report = import_rows(reader, *mapping, options, imported.kept, progress);
    EXPECT_TRUE(report) << report.error().message;
    if (report) imported.report = std::move(*report);
    return imported;
}

TEST(RetailPack, WorkbookEqualsTheFirstRowsOfTheText) {
    const Imported workbook = import_file("retail/OnlineRetail_first70051.xlsx", "online-retail");
    const Imported text = import_file("retail/online_retail.csv.xz", "online-retail", 70'051);
    EXPECT_EQ(workbook.report.rows_read, 70'051U);
    EXPECT_EQ(workbook.report.rows_duplicate, text.report.rows_duplicate);
    ASSERT_EQ(workbook.kept.records.size(), text.kept.records.size());
    for (std::size_t i = 0; i < text.kept.records.size(); ++i) {
        ASSERT_EQ(workbook.kept.records[i], text.kept.records[i]) << "record " << i;
    }
}

TEST(RetailPack, ReadsBothSheetsOfTheSecondOne) {
    const std::string file = "retail/online_retail_II_2sheets_34766.xlsx";
    const Imported first = import_file(file, "online-retail-ii");
    EXPECT_EQ(first.report.rows_bad, 0U);
    EXPECT_GT(first.report.rows_accepted, 10'000U);
    auto mapping = load_mapping(source_path("config/mappings/online-retail-ii.toml"));
    mapping->source.sheet = "no such";
    EXPECT_EQ(open_rows(data(file), mapping->source).error().code, ErrorCode::kInvalidArgument);
}

TEST(RetailPack, TheTruncatedWorkbookIsRefused) {
    EXPECT_EQ(open_rows(data("retail/corrupt_truncated.xlsx")).error().code, ErrorCode::kCorrupt);
}

TEST(BankPack, HasAllCustomers) {
    const Imported imported = import_file("bank/bank-full.csv.xz", "bank-marketing");
    EXPECT_EQ(imported.report.rows_accepted, 45'211U);
    EXPECT_EQ(imported.report.rows_bad, 0U);
    const auto customers = imported.kept.all<Customer>();
    ASSERT_EQ(customers.size(), 45'211U);
    EXPECT_EQ(customers.back().id, "bm-45211");
    std::map<std::string, int> held;
    for (const Customer& customer : customers) {
        for (const std::string& category : customer.held_categories) ++held[category];
        ASSERT_FALSE(customer.attributes.contains("duration"));
    }
    EXPECT_EQ(held["TERM_DEPOSITS"], 5'289);
    EXPECT_EQ(held["RESIDENTIAL_MORTGAGES"], 25'130);
    EXPECT_EQ(held["PERS_LOANS"], 7'244);
}

TEST(BankPack, HasAllProducts) {
    const Imported imported = import_file("bank/products_majors.jsonl.xz", "cdr-products");
    EXPECT_EQ(imported.report.rows_accepted, 521U);
    EXPECT_EQ(imported.report.products, 521U);
    EXPECT_EQ(imported.report.rows_bad, 0U);
    EXPECT_EQ(imported.report.warnings.count(IssueReason::kOutOfRange), 0U);
    const auto products = imported.kept.all<Product>();
    ASSERT_EQ(products.size(), 521U);
    const Timestamp snapshot = parse_timestamp("2024-08-12").value();
    int expired = 0;
    int with_age = 0;
    std::size_t features = 0;
    std::size_t fees = 0;
    std::size_t rates = 0;
    for (const Product& product : products) {
        expired += product.available_until && *product.available_until < snapshot ? 1 : 0;
        with_age += product.eligibility.minimum_age ? 1 : 0;
        features += product.features.size();
        fees += product.fees.size();
        rates += product.rates.size();
    }
    EXPECT_EQ(expired, 4);
    EXPECT_EQ(with_age, 374);
    EXPECT_EQ(features, 5'205U);
    EXPECT_EQ(fees, 5'228U);
    EXPECT_EQ(rates, 2'713U + 2'367U - 1U) << "one has no figure";
}

TEST(TaiwanPack, HasAllCustomers) {
    const Imported imported = import_file(
        "credit-default-taiwan/default_of_credit_card_clients.xlsx", "credit-default-taiwan");
    EXPECT_EQ(imported.report.rows_bad, 0U);
    const auto customers = imported.kept.all<Customer>();
    ASSERT_EQ(customers.size(), 30'000U);
    int defaulted = 0;
    for (const Customer& customer : customers) {
        defaulted += std::get<bool>(customer.attributes.at("defaulted")) ? 1 : 0;
    }
    EXPECT_EQ(defaulted, 6'636);
    EXPECT_EQ(customers[0].id, "tw-1");
    EXPECT_EQ(customers[0].gender, "female");
    EXPECT_EQ(customers[0].education, "university");
    EXPECT_EQ(customers[0].marital_status, "married");
    EXPECT_EQ(customers[0].age, 24);
}

}  // namespace
}  // namespace attune
