#include "features/profile_encoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "features/profile_fields.hpp"

namespace attune {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::vector<Customer> some_customers() {
    std::vector<Customer> customers(6);
    const std::vector<std::string> jobs{"retired", "worker", "worker", "retired", "clown", ""};
    for (std::size_t i = 0; i < customers.size(); ++i) {
        customers[i].id = std::to_string(i);
        customers[i].occupation = jobs[i];
        customers[i].attributes["balance"] = static_cast<double>(100 * i);
        customers[i].attributes["default"] = i % 2 == 0;
        if (i < 4) customers[i].age = static_cast<int>(30 + 10 * i);
        if (i < 3) customers[i].held_categories = {"PERS_LOANS"};
    }
    customers[0].income = Money{100'000'00, {'E', 'U', 'R'}};
    return customers;
}

ProfileEncoder fit(const std::vector<Customer>& customers, ProfileEncoderOptions options = {}) {
    return std::move(ProfileEncoder::fit(customers, options).value());
}

std::vector<std::string> names_of(const ProfileEncoder& encoder) {
    std::vector<std::string> names;
    for (const ProfileColumn& column : encoder.columns()) names.push_back(column.name);
    return names;
}

std::vector<float> encode(const ProfileEncoder& encoder, const Customer& customer) {
    std::vector<float> values(encoder.num_columns());
    encoder.encode(customer, values);
    return values;
}

std::vector<float> standardised(const ProfileEncoder& encoder, const Customer& customer) {
    std::vector<float> values(encoder.num_columns());
    encoder.encode_standardised(customer, values);
    return values;
}

TEST(ProfileEncoder, NamesItsColumnsAndTheirSources) {
    const ProfileEncoder encoder = fit(some_customers());
    EXPECT_THAT(names_of(encoder), ElementsAre("age", "income", "occupation=retired",
                                               "occupation=worker", "occupation (other)", "balance",
                                               "default=no", "default=yes", "held:PERS_LOANS"));
    EXPECT_EQ(encoder.columns()[3].field, "occupation");
    EXPECT_EQ(encoder.columns()[8].field, "held:PERS_LOANS");
    EXPECT_THAT(encoder.columns_without(std::vector<std::string>{"occupation", "balance"}),
                ElementsAre(0, 1, 6, 7, 8));
}

TEST(ProfileEncoder, TellsUnknownFromZero) {
    const auto customers = some_customers();
    const ProfileEncoder encoder = fit(customers);
    const auto first = encode(encoder, customers[0]);
    EXPECT_THAT(first,
                ElementsAre(30, ::testing::FloatEq(std::log1p(100'000.0F)), 1, 0, 0, 0, 0, 1, 1));
    const auto last = encode(encoder, customers[5]);
    for (const std::size_t column : {0U, 1U, 2U, 3U, 4U}) EXPECT_TRUE(std::isnan(last[column]));
    EXPECT_EQ(last[5], 500);
    EXPECT_EQ(last[8], 0);
    // Rare values and those never seen share a column.
    EXPECT_EQ(encode(encoder, customers[4])[4], 1);
    Customer pilot;
    pilot.occupation = "pilot";
    EXPECT_EQ(encode(encoder, pilot)[4], 1);
    EXPECT_TRUE(std::isnan(encode(encoder, pilot)[5]));
}

TEST(ProfileEncoder, LeavesOutWhatItIsToldTo) {
    ProfileEncoderOptions options;
    options.excluded_fields = {"age", "balance", "held:PERS_LOANS"};
    EXPECT_THAT(names_of(fit(some_customers(), options)),
                ElementsAre("income", "occupation=retired", "occupation=worker",
                            "occupation (other)", "default=no", "default=yes"));
    options.excluded_fields = {};
    options.held = HeldFields::kExclude;
    EXPECT_THAT(names_of(fit(some_customers(), options)), Not(Contains("held:PERS_LOANS")));
    options.max_categories = 1;
    EXPECT_THAT(names_of(fit(some_customers(), options)),
                IsSupersetOf(
                    {"occupation=retired", "occupation (other)", "default=no", "default (other)"}));
}

TEST(ProfileEncoder, KnowsPersonsFromOrganisations) {
    auto customers = some_customers();
    for (const int size : {10, 20}) {
        Customer firm;
        firm.kind = CustomerKind::kOrganisation;
        firm.industry = "retail";
        firm.num_employees = Range{size, 4.0 * size};
        firm.revenue = Range{1e6, std::nullopt};
        customers.push_back(firm);
    }
    const ProfileEncoder encoder = fit(customers);
    EXPECT_THAT(names_of(encoder), IsSupersetOf({"kind=person", "kind=organisation",
                                                 "industry=retail", "num_employees", "revenue"}));
    const auto row = encode(encoder, customers.back());
    EXPECT_FLOAT_EQ(row[2], std::log1p(40.0F));
    EXPECT_FLOAT_EQ(row[3], std::log1p(1e6F));
    EXPECT_FALSE(encoder.knows(Customer{}));
    EXPECT_TRUE(encoder.knows(customers.back()));
}

TEST(ProfileEncoder, StandardisesForDistances) {
    const auto customers = some_customers();
    const ProfileEncoder encoder = fit(customers);
    std::vector<double> sum(encoder.num_columns(), 0);
    std::vector<double> squares(encoder.num_columns(), 0);
    for (const Customer& customer : customers) {
        const auto row = standardised(encoder, customer);
        for (std::size_t i = 0; i < row.size(); ++i) {
            sum[i] += row[i];
            squares[i] += row[i] * row[i];
        }
    }
    for (const double total : sum) EXPECT_NEAR(total, 0, 1e-5);
    EXPECT_NEAR(squares[5] / 6, 1, 1e-5);                              // balance
    EXPECT_NEAR((squares[2] + squares[3] + squares[4]) / 5, 1, 1e-5);  // occupation, five known
    EXPECT_NEAR(squares[8] / 6, 1, 1e-5);                              // held
    EXPECT_EQ(standardised(encoder, Customer{})[0], 0);
    EXPECT_EQ(squares[1], 0);  // one known income: no deviation to measure by
    Customer rich;
    rich.attributes["balance"] = 1e300;
    EXPECT_EQ(standardised(encoder, rich)[5], 3);
}

TEST(ProfileEncoder, SaysWhatColumnsMean) {
    const ProfileEncoder encoder = fit(some_customers());
    EXPECT_EQ(encoder.describe(0, 0), "age 45");
    EXPECT_EQ(encoder.describe(1, 2), "income 100000");
    EXPECT_EQ(encoder.describe(2, 1), "occupation retired");
    EXPECT_EQ(encoder.describe(4, 1), "occupation (other)");
    EXPECT_EQ(encoder.describe(7, 1), "default yes");
    EXPECT_EQ(encoder.describe(8, 1), "holds PERS_LOANS");
    EXPECT_TRUE(encoder.is_number(0));
    EXPECT_TRUE(encoder.is_value(2) && encoder.is_value(8));
    EXPECT_FALSE(encoder.is_value(4) || encoder.is_value(0));
}

TEST(ProfileEncoder, ReadsAttributesOfMixedTypesAsWords) {
    std::vector<Customer> customers(4);
    customers[0].attributes["tier"] = 1.0;
    customers[1].attributes["tier"] = 1.0;
    customers[2].attributes["tier"] = "gold";
    customers[3].attributes["tier"] = "gold";
    customers[3].attributes["age"] = "old";  // a field of the profile has that name
    customers[2].attributes["held:X"] = "yes";
    customers[3].attributes["note"] = "said once";  // too rare for a column
    const ProfileEncoder encoder = fit(customers);
    EXPECT_THAT(names_of(encoder), ElementsAre("tier=1", "tier=gold"));
    EXPECT_THAT(encode(encoder, customers[1]), ElementsAre(1, 0));
    Customer other;
    other.attributes["tier"] = "silver";  // no shared column: nothing was rare
    EXPECT_THAT(encode(encoder, other), ElementsAre(0, 0));
}

TEST(ProfileEncoder, OfNothingHasNoColumns) {
    EXPECT_EQ(fit({}).num_columns(), 0U);
    EXPECT_EQ(fit(std::vector<Customer>(3)).num_columns(), 0U);
}

TEST(ProfileEncoder, RefusesOptionsOutOfRange) {
    for (const ProfileEncoderOptions& options : {ProfileEncoderOptions{.max_categories = 0},
                                                 ProfileEncoderOptions{.min_category_count = 0},
                                                 ProfileEncoderOptions{.max_deviations = 0}}) {
        EXPECT_EQ(ProfileEncoder::fit({}, options).error().code, ErrorCode::kInvalidArgument);
    }
}

TEST(ProfileEncoder, SurvivesSaving) {
    const auto customers = some_customers();
    const ProfileEncoder encoder = fit(customers);
    BinaryWriter writer;
    encoder.save(writer);
    BinaryReader reader(writer.bytes());
    const ProfileEncoder loaded = ProfileEncoder::load(reader).value();
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(names_of(loaded), names_of(encoder));
    for (const Customer& customer : customers) {
        EXPECT_EQ(standardised(loaded, customer), standardised(encoder, customer));
    }
}

TEST(ProfileEncoder, RefusesDamage) {
    const auto customers = some_customers();
    BinaryWriter writer;
    fit(customers).save(writer);
    const std::string& bytes = writer.bytes();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        BinaryReader reader(std::string_view(bytes).substr(0, size));
        const auto loaded = ProfileEncoder::load(reader);
        ASSERT_FALSE(loaded.has_value()) << size;
        EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
    }
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string flipped = bytes;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
        BinaryReader reader(flipped);
        const auto loaded = ProfileEncoder::load(reader);
        if (!loaded) continue;
        for (const float value : standardised(*loaded, customers[0])) {
            EXPECT_TRUE(std::isfinite(value)) << bit;
        }
    }
}

TEST(ProfileFields, AreReadForPeople) {
    Customer customer = some_customers()[0];
    customer.residency = "NZ";
    customer.location = "Auckland";
    customer.gender = "f";
    customer.education = "tertiary";
    customer.marital_status = "single";
    EXPECT_EQ(describe_profile_field(customer, "age"), "30");
    EXPECT_EQ(describe_profile_field(customer, "income"), "100,000.00 EUR");
    EXPECT_EQ(describe_profile_field(customer, "residency"), "NZ");
    EXPECT_EQ(describe_profile_field(customer, "location"), "Auckland");
    EXPECT_EQ(describe_profile_field(customer, "gender"), "f");
    EXPECT_EQ(describe_profile_field(customer, "education"), "tertiary");
    EXPECT_EQ(describe_profile_field(customer, "marital_status"), "single");
    EXPECT_EQ(describe_profile_field(customer, "held:PERS_LOANS"), "yes");
    EXPECT_EQ(describe_profile_field(customer, "held:OTHER"), "no");
    EXPECT_EQ(describe_profile_field(customer, "default"), "yes");
    EXPECT_EQ(describe_profile_field(customer, "unheard"), "");
    EXPECT_EQ(describe_profile_field(Customer{}, "income"), "");
    Customer firm;
    firm.num_employees = Range{500, 1000};
    firm.revenue = Range{std::nullopt, 5e6};
    firm.industry = "retail";
    EXPECT_EQ(describe_profile_field(firm, "num_employees"), "500-1000");
    EXPECT_EQ(describe_profile_field(firm, "revenue"), "<5000000");
    EXPECT_EQ(describe_profile_field(firm, "industry"), "retail");
}

}  // namespace
}  // namespace attune
