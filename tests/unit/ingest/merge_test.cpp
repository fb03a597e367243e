#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ingest/import_helpers.hpp"

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

}  // namespace
}  // namespace attune
