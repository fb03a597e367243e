#include "domain/customer.hpp"

#include "domain/limits.hpp"

namespace attune {

std::string_view customer_kind_name(CustomerKind kind) {
    return kind == CustomerKind::kPerson ? "person" : "organisation";
}

Result<CustomerKind> parse_customer_kind(std::string_view text) {
    if (text == "person") return CustomerKind::kPerson;
    if (text == "organisation" || text == "organization") return CustomerKind::kOrganisation;
    return fail(ErrorCode::kInvalidArgument, "kind '{}' is not 'person' or 'organisation'",
                text.substr(0, 64));
}

namespace {

Status validate_kind_fields(const Customer& customer) {
    const bool person_field = customer.age || customer.income || !customer.gender.empty() ||
                              !customer.education.empty() || !customer.occupation.empty() ||
                              !customer.marital_status.empty();
    const bool organisation_field =
        customer.num_employees || customer.revenue || !customer.industry.empty();
    if (customer.kind == CustomerKind::kOrganisation && person_field) {
        return fail(ErrorCode::kInvalidArgument,
                    "customer '{}': age, gender, income, education, occupation and marital_status "
                    "belong to persons, this is an organisation",
                    customer.id);
    }
    if (customer.kind == CustomerKind::kPerson && organisation_field) {
        return fail(ErrorCode::kInvalidArgument,
                    "customer '{}': industry, num_employees and revenue belong to organisations, "
                    "this is a person",
                    customer.id);
    }
    return {};
}

}  // namespace

Status validate(const Customer& customer) {
    ATTUNE_TRY(validate_id("customer id", customer.id));
    if (customer.age && (*customer.age < 0 || *customer.age > 130)) {
        return fail(ErrorCode::kInvalidArgument, "age {} is not between 0 and 130 years",
                    *customer.age);
    }
    if (customer.income && customer.income->minor < 0) {
        return fail(ErrorCode::kInvalidArgument, "income {} is negative",
                    format_money(*customer.income));
    }
    const std::string& residency = customer.residency;
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (!residency.empty() &&
        (residency.size() != 2 || !capital(residency[0]) || !capital(residency[1]))) {
        return fail(ErrorCode::kInvalidArgument,
                    "residency '{}' is not an ISO 3166 country code such as AU", residency);
    }
    return validate_kind_fields(customer);
}

}  // namespace attune
