#include "ingest/record_binary.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace attune {
namespace {

/// Records with something in every field, also what no store would take, and empty ones.
std::vector<Record> samples() {
    Customer customer{.id = "c\n\xff",
                      .kind = CustomerKind::kOrganisation,
                      .name = "n",
                      .location = "l",
                      .residency = "AT",
                      .age = -3,
                      .gender = "g",
                      .income = Money{-5, {'U', 'S', 'D'}},
                      .education = "e",
                      .occupation = "o",
                      .marital_status = "m",
                      .industry = "i",
                      .num_employees = Range{1, {}},
                      .revenue = Range{{}, std::numeric_limits<double>::infinity()},
                      .interests = {"a", ""},
                      .preferences = {"b"},
                      .financial_needs = {"d"},
                      .held_categories = {"f"},
                      .attributes = {{"flag", true}, {"number", 0.1}, {"text", std::string("t")}}};
    Product product{.id = "p",
                    .brand = "b",
                    .name = "n",
                    .category = "c",
                    .description = std::string(100'000, 'd'),
                    .features = {{"A", "x"}, {"", ""}},
                    .eligibility = {.minimum_age = 18,
                                    .maximum_age = 99,
                                    .customer_kind = CustomerKind::kOrganisation,
                                    .residencies = {"AU"},
                                    .minimum_income = Money{1},
                                    .minimum_revenue = Money{2},
                                    .occupations = {"nurse"},
                                    .notes = {"note"}},
                    .fees = {{"f", "PERIODIC", Money{9}, "t"}, {"g", "", {}, ""}},
                    .rates = {{RateSide::kDeposit, "FIXED", 0.05, "t"}},
                    .available = false,
                    .available_from = Timestamp{1},
                    .available_until = Timestamp{2},
                    .attributes = {{"x", 1.5}}};
    return {customer,
            Customer{},
            product,
            Product{},
            Event{"e", "c", "p", EventType::kDismiss, Timestamp{-7}, 2.5, Money{3}, "basket"},
            Event{},
            Transaction{"t", "c", Timestamp{1}, Money{-5}, "food", "shop", "text"},
            Post{"x", "c", Timestamp{1}, "mail", "hello"},
            HouseholdRelation{"a", "b", "spouse"},
            Consent{"c", "marketing", true, Timestamp{1}, "web"}};
}

TEST(RecordBinary, ReadsBackEveryFieldOfEveryKind) {
    BinaryWriter writer;
    for (const Record& record : samples()) write_record(record, writer);
    BinaryReader reader(writer.bytes());
    for (const Record& record : samples()) {
        const auto read = read_record(reader);
        ASSERT_TRUE(read);
        EXPECT_EQ(*read, record) << record_kind_name(kind_of(record));
    }
    EXPECT_TRUE(reader.at_end());
}

TEST(RecordBinary, EveryTruncationIsTold) {
    for (const Record& record : samples()) {
        BinaryWriter writer;
        write_record(record, writer);
        const std::string_view bytes = writer.bytes();
        for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 100) {
            BinaryReader reader(bytes.substr(0, size));
            const auto read = read_record(reader);
            ASSERT_FALSE(read) << record_kind_name(kind_of(record)) << " " << size;
            EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
        }
    }
}

}  // namespace
}  // namespace attune
