#include <gtest/gtest.h>

#include <cmath>

#include "domain/evidence.hpp"
#include "domain/json.hpp"
#include "domain/limits.hpp"

namespace attune {
namespace {

TEST(Validation, IdsAreShortPlainText) {
    EXPECT_TRUE(validate_id("id", "a/b c\xC3\xA9"));
    EXPECT_FALSE(validate_id("id", ""));
    EXPECT_FALSE(validate_id("id", "  \xC2\xA0 "));
    EXPECT_FALSE(validate_id("id", "a\nb"));
    EXPECT_TRUE(validate_id("id", std::string(kMaxIdBytes, 'x')));
    EXPECT_FALSE(validate_id("id", std::string(kMaxIdBytes + 1, 'x')));
}

TEST(Validation, CustomersKeepToTheirKind) {
    Customer customer;
    customer.id = "c";
    EXPECT_TRUE(validate(customer));
    customer.age = 131;
    EXPECT_FALSE(validate(customer));
    customer.age = 130;
    EXPECT_TRUE(validate(customer));
    customer.industry = "retail";
    EXPECT_FALSE(validate(customer));
    customer.kind = CustomerKind::kOrganisation;
    EXPECT_FALSE(validate(customer));
    customer.age.reset();
    EXPECT_TRUE(validate(customer));
    customer.residency = "Australia";
    EXPECT_FALSE(validate(customer));
}

TEST(Validation, ProductsHaveNamesAndOrderedBounds) {
    Product product;
    product.id = "p";
    EXPECT_FALSE(validate(product));
    product.name = "n";
    EXPECT_TRUE(validate(product));
    product.eligibility.minimum_age = 30;
    product.eligibility.maximum_age = 20;
    EXPECT_FALSE(validate(product));
    product.eligibility.maximum_age = 30;
    product.available_from = Timestamp{5};
    product.available_until = Timestamp{5};
    EXPECT_FALSE(validate(product));
}

TEST(Validation, EventsArePositiveAndInTime) {
    Event event{"e", "c",          "p", EventType::kView, from_calendar_day(2020, 1, 1),
                1,   std::nullopt, ""};
    EXPECT_TRUE(validate(event));
    event.quantity = 0;
    EXPECT_FALSE(validate(event));
    event.quantity = std::nan("");
    EXPECT_FALSE(validate(event));
    event.quantity = 1;
    event.unit_price = Money{-1};
    EXPECT_FALSE(validate(event));
    event.unit_price = Money{0};
    EXPECT_TRUE(validate(event));
    event.time = from_calendar_day(1899, 12, 31);
    EXPECT_FALSE(validate(event));
    event.time = from_calendar_day(2201, 1, 1);
    EXPECT_FALSE(validate(event));
}

TEST(Validation, RecordsNameWhatTheyBelongTo) {
    EXPECT_FALSE(validate(Transaction{"", "c", Timestamp{0}, {}, "", "", ""}));
    EXPECT_TRUE(validate(Transaction{"t", "c", Timestamp{0}, {}, "", "", ""}));
    EXPECT_FALSE(validate(Post{"p", "c", Timestamp{0}, "", ""}));
    EXPECT_FALSE(validate(HouseholdRelation{"c", "c", "self"}));
    EXPECT_FALSE(validate(HouseholdRelation{"c", "d", ""}));
    EXPECT_FALSE(validate(Consent{"c", "", true, Timestamp{0}, ""}));
    EXPECT_FALSE(validate(Consent{"c", "Personalisation", true, Timestamp{0}, ""}));
    EXPECT_TRUE(validate(Consent{"c", "personalization", true, Timestamp{0}, ""}));
}

TEST(EventTypes, NamesReadBackAndWeightsAreConfigurable) {
    EventWeights weights;
    weights.comment = 0.45;
    for (const EventType type : kEventTypes) {
        EXPECT_EQ(parse_event_type(event_type_name(type)).value(), type);
        EXPECT_GE(weights.of(type), 0);
    }
    EXPECT_EQ(weights.of(EventType::kComment), 0.45);
    EXPECT_EQ(weights.of(EventType::kDismiss), 0);
    EXPECT_FALSE(parse_event_type("buy"));
    EXPECT_EQ(parse_customer_kind("organization").value(), CustomerKind::kOrganisation);
}

TEST(Evidence, AddsUpAndHasNames) {
    EXPECT_DOUBLE_EQ(
        total_contribution({{EvidenceKind::kEvent, "p", "", std::nullopt, 0.5, "als"},
                            {EvidenceKind::kTerm, "w", "", std::nullopt, -0.2, "als"}}),
        0.3);
    EXPECT_EQ(evidence_kind_name(EvidenceKind::kCohort), "cohort");
    EXPECT_EQ(evidence_kind_name(EvidenceKind::kAttribute), "attribute");
    EXPECT_EQ(evidence_kind_name(EvidenceKind::kPopularity), "popularity");
    EXPECT_EQ(evidence_kind_name(EvidenceKind::kBaseline), "baseline");
    EXPECT_EQ(evidence_kind_name(EvidenceKind::kTerm), "term");
    EXPECT_EQ(evidence_kind_name(EvidenceKind::kEvent), "event");
    EXPECT_EQ(format_attribute(true), "yes");
    EXPECT_EQ(format_attribute(2.5), "2.5");
    EXPECT_EQ(format_attribute(std::string("x")), "x");
}

}  // namespace
}  // namespace attune
