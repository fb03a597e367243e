#include "features/profile_fields.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

constexpr std::array<std::string_view, 4> kNumericFields{"age", "income", "num_employees",
                                                         "revenue"};
constexpr std::array<std::string_view, 8> kTextFields{"education",  "gender",   "industry",
                                                      "kind",       "location", "marital_status",
                                                      "occupation", "residency"};

std::optional<double> typical(const std::optional<Range>& range) {
    if (!range) return std::nullopt;
    return range->typical();
}

}  // namespace

std::span<const std::string_view> numeric_profile_fields() {
    return kNumericFields;
}
std::span<const std::string_view> text_profile_fields() {
    return kTextFields;
}

std::optional<double> numeric_profile_field(const Customer& customer, std::string_view field) {
    if (field == "age" && customer.age) return *customer.age;
    if (field == "income" && customer.income) return customer.income->major();
    if (field == "num_employees") return typical(customer.num_employees);
    if (field == "revenue") return typical(customer.revenue);
    return std::nullopt;
}

std::string_view text_profile_field(const Customer& customer, std::string_view field) {
    if (field == "education") return customer.education;
    if (field == "gender") return customer.gender;
    if (field == "industry") return customer.industry;
    if (field == "kind") return customer_kind_name(customer.kind);
    if (field == "location") return customer.location;
    if (field == "marital_status") return customer.marital_status;
    if (field == "occupation") return customer.occupation;
    if (field == "residency") return customer.residency;
    return {};
}

std::string describe_profile_field(const Customer& customer, std::string_view field) {
    if (field == "income") return customer.income ? format_money(*customer.income) : "";
    if (field == "num_employees" && customer.num_employees) {
        return format_range(*customer.num_employees);
    }
    if (field == "revenue" && customer.revenue) return format_range(*customer.revenue);
    if (const auto number = numeric_profile_field(customer, field)) {
        return format_attribute(*number);
    }
    if (const auto text = text_profile_field(customer, field); !text.empty()) {
        return std::string(text);
    }
    if (field.starts_with(kHeldPrefix)) {
        const auto& held = customer.held_categories;
        const auto category = field.substr(kHeldPrefix.size());
        return std::find(held.begin(), held.end(), category) != held.end() ? "yes" : "no";
    }
    const auto found = customer.attributes.find(field);
    return found == customer.attributes.end() ? "" : format_attribute(found->second);
}

}  // namespace attune
