#include "ingest/record_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <set>

#include "domain/json.hpp"
#include "ingest/record_fields.hpp"
#include "ingest/record_row.hpp"

namespace attune {
namespace {

using nlohmann::json;
using namespace std::string_view_literals;
using testing::HasSubstr;

std::string word() {
    return *rc::gen::nonEmpty(rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("ab;[]{}\",: \xC3\xA4\n'="))));
}

/// Without the lone bytes that `word` makes out of the two-byte letter.
std::string text() {
    std::string result;
    for (const char c : word()) {
        if ((static_cast<unsigned char>(c) & 0x80) != 0)
            result += "\xC3\xA4";
        else
            result += c;
    }
    return result;
}

std::string id() {
    return "id-" + std::to_string(*rc::gen::inRange(0, 99));
}

std::vector<std::string> texts() {
    std::vector<std::string> list(*rc::gen::inRange<std::size_t>(0, 3));
    for (std::string& element : list) element = *rc::gen::inRange(0, 4) == 0 ? "" : text();
    return list;
}

bool coin() {
    return *rc::gen::arbitrary<bool>();
}

std::optional<Money> money() {
    if (coin()) return std::nullopt;
    return Money{*rc::gen::inRange<std::int64_t>(0, 1'000'000'000), {'A', 'U', 'D'}};
}

Timestamp time() {
    return Timestamp{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)};
}

double number() {
    return *rc::gen::inRange(-100'000, 100'000) / 7.0;
}

Attributes attributes() {
    Attributes result;
    if (coin()) result["flag"] = coin();
    if (coin()) result["number"] = number();
    if (coin()) result[text()] = text();
    return result;
}

Record customer() {
    Customer customer;
    customer.id = id();
    customer.name = text();
    customer.location = coin() ? text() : "";
    if (coin()) {
        customer.age = *rc::gen::inRange(0, 130);
        customer.income = money();
        customer.education = text();
    } else {
        customer.kind = CustomerKind::kOrganisation;
        customer.num_employees = Range{10, 50};
        customer.revenue = Range{std::nullopt, 5e6};
    }
    customer.interests = texts();
    customer.held_categories = texts();
    customer.attributes = attributes();
    return customer;
}

Record product() {
    Product product;
    product.id = id();
    product.name = text();
    product.description = coin() ? text() : "";
    if (coin()) product.features = {{text(), text()}, {"", text()}};
    if (coin()) product.fees = {{text(), text(), money(), text()}};
    if (coin()) product.rates = {{RateSide::kDeposit, text(), number(), ""}};
    if (coin()) product.eligibility.minimum_age = 18;
    product.eligibility.occupations = texts();
    product.eligibility.minimum_income = money();
    product.available = coin();
    if (coin()) product.available_until = time();
    product.attributes = attributes();
    return product;
}

Record record(RecordKind kind) {
    switch (kind) {
        case RecordKind::kCustomer:
            return customer();
        case RecordKind::kProduct:
            return product();
        case RecordKind::kEvent:
            return Event{id(),    id(),
                         id(),    EventType::kPurchase,
                         time(),  1.0 + *rc::gen::inRange(0, 1000) / 3.0,
                         money(), text()};
        case RecordKind::kTransaction:
            return Transaction{id(),   id(),   time(), Money{*rc::gen::inRange(-999, 999)},
                               text(), text(), text()};
        case RecordKind::kPost:
            return Post{id(), id(), time(), coin() ? text() : "", text()};
        case RecordKind::kHousehold:
            return HouseholdRelation{"a" + id(), "b" + id(), "spouse"};
        case RecordKind::kConsent:
            return Consent{id(), "marketing", coin(), time(), text()};
    }
    return {};
}

RecordKind any_kind() {
    return *rc::gen::elementOf(std::vector<RecordKind>(kRecordKinds.begin(), kRecordKinds.end()));
}

Result<Record> read_row(RecordKind kind, const std::vector<std::string>& columns,
                        std::span<const Cell> cells) {
    ATTUNE_ASSIGN(const RecordHeader header, RecordHeader::of(kind, columns));
    ATTUNE_ASSIGN(const json document, header.document(cells));
    return parse_record(kind, document);
}

Result<Record> read_document(RecordKind kind, const json& line) {
    ATTUNE_ASSIGN(const json document, unpacked_document(kind, line));
    return parse_record(kind, document);
}

RC_GTEST_PROP(RecordRow, ReadsBackFromAWorkbook, ()) {
    const Record original = record(any_kind());
    const RecordKind kind = kind_of(original);
    RecordRow row(kind);
    const auto read = read_row(kind, row.columns(), row.cells(original));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == original);
}

RC_GTEST_PROP(RecordRow, ReadsBackFromText, ()) {
    const Record original = record(any_kind());
    RecordRow row(kind_of(original));
    std::deque<std::string> kept;
    std::vector<Cell> cells;
    for (const Cell& cell : row.cells(original)) {
        const std::string& plain = kept.emplace_back(cell_text(cell));
        cells.push_back(plain.empty() ? Cell{} : Cell{std::string_view(plain)});
    }
    const RecordKind kind = kind_of(original);
    const auto read = read_row(kind, row.columns(), cells);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == original);
}

RC_GTEST_PROP(RecordRow, ReadsBackFromDocuments, ()) {
    const Record original = record(any_kind());
    const RecordKind kind = kind_of(original);
    const json whole = std::visit([](const auto& held) { return to_json(held); }, original);
    RC_ASSERT(read_document(kind, whole).value() == original);

    // As a spreadsheet program may put it into JSON Lines: nested values as text.
    RecordRow row(kind);
    json packed = json::object();
    const auto cells = row.cells(original);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string& name = record_columns(kind)[i];
        if (const auto* held = std::get_if<std::string_view>(&cells[i])) packed[name] = *held;
        if (const auto* held = std::get_if<double>(&cells[i])) packed[name] = *held;
        if (const auto* held = std::get_if<bool>(&cells[i])) packed[name] = *held;
        if (std::holds_alternative<const json*>(cells[i])) packed[name] = cell_text(cells[i]);
    }
    RC_ASSERT(read_document(kind, packed).value() == original);
}

TEST(RecordRow, ContinuesWhatIsTooLongForExcel) {
    // Characters of one to four bytes, and what needs an escape.
    std::string text;
    while (text.size() < 200'000) text += "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x01_x0041_;";
    Product product;
    product.id = "p";
    product.name = "Long";
    product.description = text;
    product.features = {{"TEXT", text}};
    Product other = product;
    other.description = "short";
    other.features.clear();
    RecordRow row(RecordKind::kProduct, RecordRow::Cells::kOfExcel);
    row.measure(product);
    row.measure(other);
    const auto columns = row.columns();
    EXPECT_NE(std::find(columns.begin(), columns.end(), "description (5)"), columns.end());
    for (const Product& each : {product, other}) {
        const auto cells = row.cells(each);
        ASSERT_EQ(cells.size(), columns.size());
        for (const Cell& cell : cells) EXPECT_LE(cell_text(cell).size(), 4 * 32'767U);
        const auto read = read_row(RecordKind::kProduct, columns, cells);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(std::get<Product>(*read), each);
    }
}

TEST(RecordHeader, RefusesColumnsThatContinueNothing) {
    const auto refusal = [](const std::vector<std::string>& columns) {
        const auto header = RecordHeader::of(RecordKind::kProduct, columns);
        return header ? "accepted" : header.error().message;
    };
    EXPECT_EQ(refusal({"id", "description (2)", "description"}), "accepted");
    EXPECT_THAT(refusal({"id", "description (2)"}), HasSubstr("no column 'description'"));
    EXPECT_THAT(refusal({"description", "description (99999999)"}),
                HasSubstr("no column 'description (2)'"));
    for (const char* odd : {"description (0)", "description (1)", "description (02)",
                            "description (2) ", "text (2)"}) {
        EXPECT_THAT(refusal({"id", odd}), HasSubstr(odd));
    }
}

TEST(RecordRow, ListsAreSeparatedWhereThatCanBeToldApart) {
    Customer customer;
    customer.id = "1";
    const auto interests = [&](std::vector<std::string> list) {
        customer.interests = std::move(list);
        RecordRow row(RecordKind::kCustomer);
        return cell_text(row.cells(customer)[14]);
    };
    EXPECT_EQ(record_columns(RecordKind::kCustomer)[14], "interests");
    EXPECT_EQ(interests({"a", "b c"}), "a;b c");
    EXPECT_EQ(interests({"a;b"}), R"(["a;b"])");
    EXPECT_EQ(interests({"[a"}), R"(["[a"])");
}

TEST(RecordFromRow, TakesWhatPeopleType) {
    const std::vector<std::string> columns{"id", "age", "interests", "attributes"};
    const std::vector<Cell> cells{"1"sv, " 42 "sv, " a ;; b"sv, R"({"x": true})"sv};
    const auto read = read_row(RecordKind::kCustomer, columns, cells);
    ASSERT_TRUE(read) << read.error().message;
    const auto& customer = std::get<Customer>(*read);
    EXPECT_EQ(customer.age, 42);
    EXPECT_EQ(customer.interests, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(customer.attributes.at("x"), AttributeValue(true));

    const std::vector<std::string> consent{"customer_id", "purpose", "granted", "time"};
    for (const char* flag : {"TRUE", "true", "1"}) {
        const std::vector<Cell> row{"1"sv, "marketing"sv, std::string_view(flag), Timestamp{0}};
        EXPECT_TRUE(
            std::get<Consent>(read_row(RecordKind::kConsent, consent, row).value()).granted);
    }
    const std::vector<Cell> refused{"1"sv, "marketing"sv, "0"sv, Timestamp{0}};
    EXPECT_FALSE(
        std::get<Consent>(read_row(RecordKind::kConsent, consent, refused).value()).granted);
}

TEST(RecordFromRow, NamesTheColumnOfABadCell) {
    const auto refusal = [](RecordKind kind, const char* column, std::string_view value) {
        const std::vector<Cell> cells{value};
        const auto read = read_row(kind, {column}, cells);
        return read ? "accepted" : read.error().message;
    };
    EXPECT_THAT(refusal(RecordKind::kCustomer, "age", "old"), HasSubstr("age must be a number"));
    EXPECT_THAT(refusal(RecordKind::kCustomer, "attributes", "x"), HasSubstr("must be JSON"));
    EXPECT_THAT(refusal(RecordKind::kCustomer, "interests", "[x"), HasSubstr("must be JSON"));
    EXPECT_THAT(refusal(RecordKind::kConsent, "granted", "maybe"), HasSubstr("TRUE or FALSE"));
    EXPECT_THAT(refusal(RecordKind::kEvent, "who", "x"), HasSubstr("there are: id"));
}

TEST(RecordFromDocument, RefusesWhatIsNoObjectAndBadPackedValues) {
    EXPECT_FALSE(read_document(RecordKind::kEvent, json(3)));
    EXPECT_FALSE(read_document(RecordKind::kCustomer, json{{"id", "1"}, {"attributes", "x"}}));
}

TEST(RecordKinds, HaveNames) {
    for (const RecordKind kind : kRecordKinds) {
        EXPECT_EQ(parse_record_kind(record_kind_name(kind)), kind);
        EXPECT_FALSE(record_columns(kind).empty());
    }
    EXPECT_FALSE(parse_record_kind("client"));
}

TEST(RecordFields, HaveNamesAndCanonicalTexts) {
    std::set<std::string_view> names;
    for (int type = 0; type <= static_cast<int>(FieldType::kRateSide); ++type) {
        names.insert(field_type_name(static_cast<FieldType>(type)));
    }
    EXPECT_EQ(names.size(), 11U);
    EXPECT_EQ(canonical_text(std::string("x")), "x");
    EXPECT_EQ(canonical_text(2.55), "2.55");
    EXPECT_EQ(canonical_text(3), "3");
    EXPECT_EQ(canonical_text(true), "true");
    EXPECT_EQ(canonical_text(Timestamp{5}), "5");
    EXPECT_EQ(canonical_text(Money{5, {'E', 'U', 'R'}}), "5 EUR");
    EXPECT_EQ(canonical_text(Range{1, 2}), "1-2");
    EXPECT_EQ(canonical_text(std::vector<std::string>{"a", "b"}),
              "a\x1e"
              "b\x1e");
    EXPECT_EQ(canonical_text(CustomerKind::kPerson), "person");
    EXPECT_EQ(canonical_text(EventType::kView), "view");
    EXPECT_EQ(canonical_text(RateSide::kDeposit), "deposit");
}

}  // namespace
}  // namespace attune
