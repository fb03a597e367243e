#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ingest/import_helpers.hpp"
#include "ingest/record_merge.hpp"

namespace attune {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

/// Lays one import after the other over a customer or product that is there.
class Merging : public testing::Test {
 protected:
    ImportReport take(RowReader&& reader, const Mapping& mapping) {
        NullProgress progress;
        auto report = import_rows(reader, mapping, {.on_error = OnError::kSkip}, kept_, progress);
        EXPECT_TRUE(report) << report.error().message;
        return report ? std::move(*report) : ImportReport{};
    }

    void take_customer(const json& document) {
        const ImportReport report =
            take(FakeRows::documents({document}), native_mapping(RecordKind::kCustomer));
        EXPECT_EQ(report.rows_bad, 0U);
    }

    [[nodiscard]] Customer customer() const { return kept_.all<Customer>().back(); }
    [[nodiscard]] Product product() const { return kept_.all<Product>().back(); }

    KeptRecords kept_;
};

TEST_F(Merging, KeepsFieldsThatAFileDoesNotHave) {
    take_customer({{"id", "c"},
                   {"name", "Ann"},
                   {"age", 30},
                   {"interests", {"tea", "art"}},
                   {"attributes", {{"a", 1}, {"b", "x"}}}});
    take(FakeRows::texts({"id", "age", "name", "interests", "attributes"},
                         {{"c", "31", "", "", R"({"b": "y", "c": true})"}}),
         native_mapping(RecordKind::kCustomer));
    EXPECT_EQ(customer().age, 31);
    EXPECT_EQ(customer().name, "Ann") << "an empty cell says nothing";
    EXPECT_THAT(customer().interests, ElementsAre("tea", "art"));
    EXPECT_EQ(customer().attributes,
              (Attributes{{"a", 1.0}, {"b", std::string("y")}, {"c", true}}));
    take_customer({{"id", "c"}, {"interests", {"art"}}, {"age", nullptr}});
    EXPECT_THAT(customer().interests, ElementsAre("art")) << "lists are replaced";
    EXPECT_EQ(customer().age, 31);
    take_customer({{"id", "c"}, {"interests", json::array()}, {"name", ""}});
    EXPECT_THAT(customer().interests, ElementsAre()) << "JSON Lines can empty a field";
    EXPECT_EQ(customer().name, "");
}

TEST_F(Merging, DoesNotTurnAnOrganisationIntoAPerson) {
    take_customer({{"id", "c"}, {"kind", "organisation"}, {"industry", "steel"}});
    const std::string_view located = R"(
[[record]]
kind = "customer"
[record.fields]
id = "ID"
location = "WHERE"
)";
    take(FakeRows::texts({"ID", "WHERE"}, {{"c", "Graz"}}), parsed(located));
    EXPECT_EQ(customer().kind, CustomerKind::kOrganisation);
    EXPECT_EQ(customer().industry, "steel");
    EXPECT_EQ(customer().location, "Graz");
}

TEST_F(Merging, ARowThatDoesNotFitWhatIsStoredIsABadRow) {
    take_customer({{"id", "c"}, {"kind", "organisation"}, {"industry", "steel"}});
    const std::string_view aged = R"(
[[record]]
kind = "customer"
[record.fields]
id = "ID"
age = "AGE"
)";
    const ImportReport report = take(FakeRows::texts({"ID", "AGE"}, {{"c", "3"}}), parsed(aged));
    ASSERT_EQ(report.bad_rows.count(IssueReason::kInvalidRecord), 1U);
    EXPECT_EQ(report.bad_rows.listed.at(0).value, "c");
    EXPECT_THAT(report.bad_rows.listed.at(0).message, HasSubstr("what is stored"));
    const ImportReport native =
        take(FakeRows::texts({"id", "age"}, {{"c", "3"}}), native_mapping(RecordKind::kCustomer));
    EXPECT_EQ(native.bad_rows.count(IssueReason::kInvalidRecord), 1U);
    EXPECT_EQ(kept_.records.size(), 1U);
}

TEST_F(Merging, KeepsThePartsOfProductsThatAMappingDoesNotName) {
    const Mapping native = native_mapping(RecordKind::kProduct);
    take(FakeRows::documents({{{"id", "p"},
                               {"name", "Card"},
                               {"available", false},
                               {"features", {{{"type", "A"}}}},
                               {"eligibility", {{"minimum_age", 18}, {"residencies", {"AU"}}}}}}),
         native);
    const std::string_view rules = R"(
[[record]]
kind = "product"
[record.fields]
id = "ID"
name = "NAME"
minimum_age = "AGE"
)";
    take(FakeRows::texts({"ID", "NAME", "AGE"}, {{"p", "Card", "21"}}), parsed(rules));
    EXPECT_EQ(product().eligibility.minimum_age, 21);
    EXPECT_THAT(product().eligibility.residencies, ElementsAre("AU"));
    EXPECT_EQ(product().features.size(), 1U);
    EXPECT_FALSE(product().available);
    take(FakeRows::documents({{{"id", "p"}, {"available", true}}}), native);
    EXPECT_TRUE(product().available);
    EXPECT_EQ(product().name, "Card") << "required, and there already";
    take(FakeRows::documents({{{"id", "p"}, {"eligibility", {{"maximum_age", 70}}}}}), native);
    EXPECT_FALSE(product().eligibility.minimum_age) << "given as a whole";
}

TEST_F(Merging, AnEmptyListOfADocumentEmptiesTheField) {
    const Mapping mapping = ready("cdr-products");
    json document = cdr_product();
    take(FakeRows::documents({document}), mapping);
    ASSERT_FALSE(product().fees.empty());
    const std::size_t num_rates = product().rates.size();
    document["fees"] = json::array();
    document["eligibility"] = json::array();
    document.erase("lendingRates");
    document.erase("depositRates");
    document["isTailored"] = true;
    take(FakeRows::documents({document}), mapping);
    EXPECT_TRUE(product().fees.empty());
    EXPECT_FALSE(product().eligibility.minimum_age);
    EXPECT_EQ(product().rates.size(), num_rates);
    EXPECT_EQ(product().attributes.at("is_tailored"), AttributeValue(true));
}

TEST(Rebased, WhatBothChangedIsTheRecordsAndTheRestIsWhoseItIs) {
    Product former;
    former.id = "p";
    former.brand = "B";
    former.name = "N";
    former.eligibility.minimum_age = 18;
    former.eligibility.residencies = {"AT"};
    former.attributes = {{"a", 1.0}, {"b", 1.0}, {"c", 1.0}};
    Product record = former;
    record.name = "Made from it";
    record.eligibility.minimum_age = 21;
    record.attributes = {{"a", 2.0}, {"b", 1.0}, {"new", true}};
    Product stored = former;
    stored.name = "Stored";
    stored.brand.clear();
    stored.category = "C";
    stored.eligibility.residencies.clear();
    stored.eligibility.maximum_age = 65;
    stored.attributes = {{"a", 3.0}, {"b", 3.0}, {"c", 1.0}};
    const auto both = rebased(record, former, stored);
    ASSERT_TRUE(both) << both.error().message;
    Product expected = stored;
    expected.name = "Made from it";
    expected.eligibility.minimum_age = 21;
    expected.attributes = {{"a", 2.0}, {"b", 3.0}, {"new", true}};
    EXPECT_EQ(*both, Record(expected));
    EXPECT_EQ(*rebased(record, former, former), Record(record));
    EXPECT_EQ(*rebased(former, former, stored), Record(stored));
    record.eligibility.minimum_age = 70;
    EXPECT_EQ(rebased(record, former, stored).error().code, ErrorCode::kInvalidArgument);
}

TEST(Rebased, OfNothingItIsLaidOverWhatIsStored) {
    Customer record;
    record.id = "c";
    record.name = "Ann";
    record.attributes = {{"a", 1.0}};
    Customer stored;
    stored.id = "c";
    stored.name = "An";
    stored.location = "Graz";
    stored.attributes = {{"b", 1.0}};
    Customer expected = stored;
    expected.name = "Ann";
    expected.attributes = {{"a", 1.0}, {"b", 1.0}};
    EXPECT_EQ(*rebased(record, std::nullopt, stored), Record(expected));
    // What the record took away goes, what it never had stays.
    Customer bare;
    bare.id = "c";
    stored.name.clear();
    expected = stored;
    EXPECT_EQ(*rebased(bare, record, stored), Record(expected));
}

}  // namespace
}  // namespace attune
