#include "ingest/mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "ingest/pack.hpp"
#include "support/source_path.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kShort = R"(
[[record]]
kind = "customer"
[record.fields]
id = "ID"
)";

class MappingFile : public testing::Test {
 protected:
    Result<Mapping> load(std::string_view text) {
        return load_mapping(folder_.write("shop.toml", text));
    }
    std::string refusal(std::string_view text) {
        const auto mapping = load(text);
        if (mapping) return "accepted";
        EXPECT_EQ(mapping.error().code, ErrorCode::kInvalidArgument);
        return mapping.error().message;
    }
    /// A mapping whose customer has one more line among its fields.
    std::string field_refusal(std::string_view line) {
        return refusal(std::string(kShort) + std::string(line) + "\n");
    }

    TemporaryFolder folder_;
};

TEST_F(MappingFile, ReadsTheSource) {
    const auto mapping = load(R"(
name = "shop"
title = "A shop"
[source]
sheet = "2010"
header_row = 3
delimiter = "tab"
missing = "n/a"
duplicates = "skip"
)" + std::string(kShort));
    ASSERT_TRUE(mapping) << mapping.error().message;
    EXPECT_EQ(mapping->source.sheet, "2010");
    EXPECT_EQ(mapping->source.header_row, 3U);
    EXPECT_EQ(mapping->source.delimiter, '\t');
    EXPECT_EQ(mapping->on_duplicate, Mapping::OnDuplicate::kSkip);
    EXPECT_THAT(mapping->missing, testing::ElementsAre("n/a"));
    EXPECT_THAT(mapping->columns, testing::ElementsAre("ID"));
    ASSERT_EQ(mapping->records.size(), 1U);
    EXPECT_TRUE(mapping->records[0].fields[0].value.required);
}

TEST_F(MappingFile, RefusalsNameFileLineKeyAndWhatIsRight) {
    EXPECT_THAT(refusal("nme = \"x\"\n" + std::string(kShort)),
                AllOf(HasSubstr("shop.toml, line 1: there is no key 'nme'"), HasSubstr("title")));
    EXPECT_THAT(field_refusal("agee = \"AGE\""),
                AllOf(HasSubstr("line 6"), HasSubstr("record[0].fields.agee"),
                      HasSubstr("marital_status")));
    EXPECT_THAT(field_refusal("age = { colum = \"AGE\" }"), HasSubstr("exactly one of column"));
    EXPECT_THAT(field_refusal("age = { column = \"AGE\", minimun = 3 }"),
                AllOf(HasSubstr("line 6"), HasSubstr("minimun"), HasSubstr("minimum")));
    EXPECT_THAT(refusal("[[record]\n"), HasSubstr("not valid TOML"));
    EXPECT_THAT(refusal(""), HasSubstr("[[record]]"));
}

TEST_F(MappingFile, RefusesOptionsThatDoNotFit) {
    EXPECT_THAT(field_refusal("name = { column = \"N\", minimum = 1 }"), HasSubstr("numbers"));
    EXPECT_THAT(field_refusal("age = { column = \"N\", minimum = 9, maximum = 1 }"),
                HasSubstr("above the maximum"));
    EXPECT_THAT(field_refusal("income = \"N\""), HasSubstr("ISO 4217"));
    EXPECT_THAT(field_refusal("age = { column = \"N\", currency = \"EUR\" }"),
                HasSubstr("amounts only"));
    EXPECT_THAT(field_refusal("age = { column = \"N\", format = \"YYYY\" }"),
                HasSubstr("times only"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", decimal_comma = true }"),
                HasSubstr("numbers and amounts"));
    EXPECT_THAT(field_refusal("interests = { column = \"N\", separator = \"\" }"),
                HasSubstr("separator"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", transform = \"reverse\" }"),
                HasSubstr("whole_number"));
    EXPECT_THAT(field_refusal("name = { template = \"{#what}\" }"), HasSubstr("{#row:5}"));
    EXPECT_THAT(field_refusal("name = { template = \"{open\" }"), HasSubstr("placeholders"));
    EXPECT_THAT(field_refusal("name = { template = \"{#row:x}\" }"), HasSubstr("placeholders"));
    EXPECT_THAT(field_refusal("name = { template = \"{#hash}\" }"), HasSubstr("ids only"));
    EXPECT_THAT(field_refusal("name = { column = \"\" }"), HasSubstr("must name a column"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", values = 3 }"), HasSubstr("table"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", values = { a = [] } }"),
                HasSubstr("texts"));
    EXPECT_THAT(field_refusal("name = { column = [] }"), HasSubstr("must be text"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", required = 1 }"), HasSubstr("true or"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", missing = {} }"), HasSubstr("list"));
    EXPECT_THAT(field_refusal("name = { column = \"N\", missing = [[]] }"), HasSubstr("list"));
    EXPECT_THAT(field_refusal("age = { column = \"N\", minimum = \"x\" }"), HasSubstr("number"));
    EXPECT_THAT(field_refusal("name = 3"), HasSubstr("must be a table"));
}

TEST_F(MappingFile, RefusesWrongRecordsAndSources) {
    const std::string rest(kShort);
    EXPECT_THAT(refusal("[[record]]\nkind = \"client\"\n"), HasSubstr("customer, product"));
    EXPECT_THAT(refusal("[[record]]\nkind = \"event\"\n[record.fields]\nid = \"a\"\n"),
                HasSubstr("customer_id"));
    EXPECT_THAT(refusal("[[record]]\nkind = \"customer\"\nfields = 3\n"), HasSubstr("table"));
    EXPECT_THAT(refusal("record = 3\n"), HasSubstr("must be a table"));
    EXPECT_THAT(refusal("[source]\ndelimiter = \"::\"\n" + rest), HasSubstr("one character"));
    EXPECT_THAT(refusal("[source]\ncolumns = [\"a\"]\n" + rest), HasSubstr("has_header"));
    EXPECT_THAT(refusal("[source]\nheader_row = -1\n" + rest), HasSubstr("0 or above"));
    EXPECT_THAT(refusal("[source]\nduplicates = \"x\"\n" + rest), HasSubstr("keep or skip"));
    EXPECT_THAT(refusal("native = \"x\"\n"), HasSubstr("customer, product"));
    EXPECT_THAT(refusal(rest + "[record.attributes]\na = { column = \"A\", type = \"x\" }\n"),
                HasSubstr("boolean"));
    EXPECT_THAT(refusal(rest + "[record.attributes]\na = { template = \"{#hash}\" }\n"),
                HasSubstr("ids only"));
    EXPECT_THAT(refusal(rest + "[[record.list]]\nfield = \"fees\"\neach = \"fees\"\n"),
                HasSubstr("products only"));
    EXPECT_THAT(refusal(rest + "[record]\n"), HasSubstr("not valid TOML"));
    EXPECT_THAT(
        refusal("[[record]]\nkind = \"customer\"\nbuiltin = \"x\"\nfields = { id = \"I\" }"),
        HasSubstr("cdr_eligibility"));
}

TEST_F(MappingFile, RefusesWrongConditionsAndAdditions) {
    const std::string rest(kShort);
    EXPECT_THAT(refusal(rest + "[[skip]]\nname = \"A B\"\ncolumn = \"x\"\nmissing = true\n"),
                HasSubstr("small letters"));
    EXPECT_THAT(refusal(rest + "[[skip]]\nname = \"a\"\ncolumn = \"x\"\n"), HasSubstr("at_most"));
    EXPECT_THAT(refusal(rest + "[[skip]]\nname = \"a\"\nmissing = true\n"),
                HasSubstr("needed in a condition"));
    const std::string skip = "[[skip]]\nname = \"a\"\ncolumn = \"x\"\nmissing = true\n";
    EXPECT_THAT(refusal(rest + skip + skip), HasSubstr("stands twice"));
    EXPECT_THAT(refusal(rest + "[[record.add]]\nfield = \"age\"\nvalue = \"x\"\n"),
                HasSubstr("list field"));
    EXPECT_THAT(refusal(rest + "[[record.add]]\nfield = \"interests\"\nvalue = \"x\"\n"),
                HasSubstr("when"));
    EXPECT_THAT(refusal(rest + "[[record.add]]\nfield = \"interests\"\n"), HasSubstr("value"));
}

TEST_F(MappingFile, RefusesWrongLists) {
    const std::string head =
        "[[record]]\nkind = \"product\"\nfields = { id = \"I\", name = \"N\" }\n[[record.list]]\n";
    EXPECT_THAT(refusal(head + "field = \"x\"\n"), HasSubstr("features, fees or rates"));
    EXPECT_THAT(refusal(head + "field = \"fees\"\n"), HasSubstr("each"));
    EXPECT_THAT(refusal(head + "field = \"fees\"\neach = \"f\"\non_bad_element = \"x\"\n"),
                HasSubstr("refuse or drop"));
    EXPECT_THAT(refusal(head + "field = \"rates\"\neach = \"f\"\n"), HasSubstr("side"));
    EXPECT_THAT(
        refusal("[[record]]\nkind = \"event\"\nattributes = {}\nfields = { id = \"I\", customer_id "
                "= \"C\", product_id = \"P\", type = \"T\", time = \"D\" }\n"),
        HasSubstr("customers and products"));
}

TEST(Mappings, AreFoundByNameAndPath) {
    const std::array folders{std::filesystem::path(source_path("config/mappings"))};
    for (const char* name : {"online-retail", "online-retail-ii", "bank-marketing", "cdr-products",
                             "credit-default-taiwan"}) {
        const auto mapping = find_mapping(name, folders);
        ASSERT_TRUE(mapping) << mapping.error().message;
        EXPECT_EQ(mapping->name, name);
        EXPECT_FALSE(mapping->title.empty());
    }
    EXPECT_EQ(find_mapping("native-household", folders)->native, RecordKind::kHousehold);
    EXPECT_TRUE(find_mapping(source_path("config/mappings/cdr-products.toml"), {}));
    for (const char* name : {"nothing", "native-nothing", "../mappings/cdr-products"}) {
        const auto mapping = find_mapping(name, folders);
        ASSERT_FALSE(mapping);
        EXPECT_EQ(mapping.error().code, ErrorCode::kNotFound);
        EXPECT_THAT(mapping.error().message,
                    AllOf(HasSubstr("bank-marketing"), HasSubstr("native-event")));
    }
}

TEST(Mappings, RefuseFilesThatAreNone) {
    EXPECT_EQ(load_mapping("/nowhere/x.toml").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(load_mapping("/tmp").error().code, ErrorCode::kNotAFile);
}

TEST_F(MappingFile, NativeNeedsNoRecords) {
    const auto mapping = load("native = \"event\"\n[source]\nsheet = \"Events\"\n");
    ASSERT_TRUE(mapping) << mapping.error().message;
    EXPECT_EQ(mapping->native, RecordKind::kEvent);
    EXPECT_EQ(mapping->source.sheet, "Events");
}

TEST(Packs, OfTheProductAreWhole) {
    const std::array folders{std::filesystem::path(source_path("config/mappings"))};
    for (const char* name : {"retail", "bank", "credit-default-taiwan"}) {
        const auto pack = load_pack(std::filesystem::path(source_path("data")) / name);
        ASSERT_TRUE(pack) << pack.error().message;
        EXPECT_EQ(pack->name, name);
        EXPECT_FALSE(pack->notice.empty());
        for (const PackImport& import : pack->imports) {
            EXPECT_TRUE(find_mapping(import.mapping, folders)) << import.mapping;
        }
    }
    EXPECT_THAT(
        load_pack(source_path("data/bank/pack.toml"))->notice,
        AllOf(HasSubstr("as of 2024-08-12, not current, not advice"), HasSubstr("constructed")));
}

TEST(Packs, ReadTheirOwnMappings) {
    TemporaryFolder folder;
    (void)folder.write("shop/rows.csv", "ID\n1\n");
    (void)folder.write("shop/maps/rows.toml", kShort);
    (void)folder.write("shop/pack.toml",
                       "name = \"shop\"\n[[import]]\nfile = \"rows.csv\"\nmapping = "
                       "\"maps/rows.toml\"\nsheet = \"x\"\n");
    const auto pack = load_pack(folder.path() / "shop");
    ASSERT_TRUE(pack) << pack.error().message;
    EXPECT_EQ(pack->imports[0].sheet, "x");
    EXPECT_TRUE(find_mapping(pack->imports[0].mapping, {}));
}

TEST(Packs, RefuseFilesOutsideAndMissingOnes) {
    TemporaryFolder folder;
    const auto refusal = [&](std::string_view text) {
        const auto pack = load_pack(folder.write("pack.toml", text));
        return pack ? Error{} : pack.error();
    };
    EXPECT_THAT(refusal("name = \"a\"\n").message, HasSubstr("[[import]]"));
    EXPECT_THAT(refusal("[[import]]\nfile = \"a\"\nmapping = \"m\"\n").message,
                HasSubstr("'name'"));
    EXPECT_THAT(refusal("name = \"a\"\n[[import]]\nfile = \"a.csv\"\n").message,
                HasSubstr("mapping"));
    EXPECT_THAT(refusal("name = \"a\"\n[[import]]\nfile = \"../a.csv\"\nmapping = \"m\"\n").message,
                HasSubstr("inside the pack"));
    EXPECT_THAT(refusal("name = \"a\"\n[[import]]\nfile = \"a.csv\"\nmapping = \"/m/n\"\n").message,
                HasSubstr("inside the pack"));
    EXPECT_EQ(refusal("name = \"a\"\n[[import]]\nfile = \"a.csv\"\nmapping = \"m\"\n").code,
              ErrorCode::kNotFound);
    EXPECT_EQ(load_pack(folder.path() / "none").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace attune
