#include "ingest/record_fields.hpp"

#include <fmt/core.h>

#include <array>

#include "core/assert.hpp"

namespace attune {
namespace {

template <typename T>
struct Field {
    FieldInfo info;
    void (*set)(T&, FieldValue&&);
    void (*append)(T&, std::string&&);
};

template <typename T>
struct Held {
    using Type = T;
};
template <typename T>
struct Held<std::optional<T>> {
    using Type = T;
};

template <typename Value>
constexpr FieldType type_of() {
    if constexpr (std::is_same_v<Value, std::string>)
        return FieldType::kText;
    else if constexpr (std::is_same_v<Value, double>)
        return FieldType::kNumber;
    else if constexpr (std::is_same_v<Value, int>)
        return FieldType::kInteger;
    else if constexpr (std::is_same_v<Value, bool>)
        return FieldType::kBoolean;
    else if constexpr (std::is_same_v<Value, Timestamp>)
        return FieldType::kTime;
    else if constexpr (std::is_same_v<Value, Money>)
        return FieldType::kMoney;
    else if constexpr (std::is_same_v<Value, Range>)
        return FieldType::kRange;
    else if constexpr (std::is_same_v<Value, CustomerKind>)
        return FieldType::kCustomerKind;
    else if constexpr (std::is_same_v<Value, EventType>)
        return FieldType::kEventType;
    else if constexpr (std::is_same_v<Value, RateSide>)
        return FieldType::kRateSide;
    else
        return FieldType::kList;
}

enum class Need { kOptional, kRequired };

/// The member of `target` at the end of a path of pointers to members.
template <typename T, auto First, auto... Rest>
auto& reach(T& target) {
    if constexpr (sizeof...(Rest) == 0) {
        return target.*First;
    } else {
        auto& inner = target.*First;
        return reach<std::remove_reference_t<decltype(inner)>, Rest...>(inner);
    }
}

template <typename T, auto... Path>
constexpr Field<T> field(std::string_view name, Need need = Need::kOptional) {
    using Member = std::remove_cvref_t<decltype(reach<T, Path...>(std::declval<T&>()))>;
    using Value = typename Held<Member>::Type;
    Field<T> result{{name, type_of<Value>(), need == Need::kRequired}, nullptr, nullptr};
    result.set = [](T& target, FieldValue&& value) {
        reach<T, Path...>(target) = std::get<Value>(std::move(value));
    };
    if constexpr (type_of<Value>() == FieldType::kList) {
        result.append = [](T& target, std::string&& value) {
            reach<T, Path...>(target).push_back(std::move(value));
        };
    }
    return result;
}

constexpr Need kNeeded = Need::kRequired;

template <typename T>
struct Table;

template <>
struct Table<Customer> {
    using T = Customer;
    static constexpr std::array kFields{field<T, &T::id>("id", kNeeded),
                                        field<T, &T::kind>("kind"),
                                        field<T, &T::name>("name"),
                                        field<T, &T::location>("location"),
                                        field<T, &T::residency>("residency"),
                                        field<T, &T::age>("age"),
                                        field<T, &T::gender>("gender"),
                                        field<T, &T::income>("income"),
                                        field<T, &T::education>("education"),
                                        field<T, &T::occupation>("occupation"),
                                        field<T, &T::marital_status>("marital_status"),
                                        field<T, &T::industry>("industry"),
                                        field<T, &T::num_employees>("num_employees"),
                                        field<T, &T::revenue>("revenue"),
                                        field<T, &T::interests>("interests"),
                                        field<T, &T::preferences>("preferences"),
                                        field<T, &T::financial_needs>("financial_needs"),
                                        field<T, &T::held_categories>("held_categories")};
};

template <>
struct Table<Product> {
    using T = Product;
    using E = Eligibility;
    static constexpr auto kRules = &T::eligibility;
    static constexpr std::array kFields{field<T, &T::id>("id", kNeeded),
                                        field<T, &T::brand>("brand"),
                                        field<T, &T::name>("name", kNeeded),
                                        field<T, &T::category>("category"),
                                        field<T, &T::description>("description"),
                                        field<T, kRules, &E::minimum_age>("minimum_age"),
                                        field<T, kRules, &E::maximum_age>("maximum_age"),
                                        field<T, kRules, &E::customer_kind>("customer_kind"),
                                        field<T, kRules, &E::residencies>("residencies"),
                                        field<T, kRules, &E::minimum_income>("minimum_income"),
                                        field<T, kRules, &E::minimum_revenue>("minimum_revenue"),
                                        field<T, kRules, &E::occupations>("occupations"),
                                        field<T, kRules, &E::notes>("notes"),
                                        field<T, &T::available>("available"),
                                        field<T, &T::available_from>("available_from"),
                                        field<T, &T::available_until>("available_until")};
};

template <>
struct Table<Event> {
    using T = Event;
    static constexpr std::array kFields{field<T, &T::id>("id", kNeeded),
                                        field<T, &T::customer_id>("customer_id", kNeeded),
                                        field<T, &T::product_id>("product_id", kNeeded),
                                        field<T, &T::type>("type", kNeeded),
                                        field<T, &T::time>("time", kNeeded),
                                        field<T, &T::quantity>("quantity"),
                                        field<T, &T::unit_price>("unit_price"),
                                        field<T, &T::context>("context")};
};

template <>
struct Table<Transaction> {
    using T = Transaction;
    static constexpr std::array kFields{
        field<T, &T::id>("id", kNeeded),         field<T, &T::customer_id>("customer_id", kNeeded),
        field<T, &T::time>("time", kNeeded),     field<T, &T::amount>("amount", kNeeded),
        field<T, &T::category>("category"),      field<T, &T::counterparty>("counterparty"),
        field<T, &T::description>("description")};
};

template <>
struct Table<Post> {
    using T = Post;
    static constexpr std::array kFields{
        field<T, &T::id>("id", kNeeded), field<T, &T::customer_id>("customer_id", kNeeded),
        field<T, &T::time>("time", kNeeded), field<T, &T::channel>("channel"),
        field<T, &T::text>("text", kNeeded)};
};

template <>
struct Table<HouseholdRelation> {
    using T = HouseholdRelation;
    static constexpr std::array kFields{field<T, &T::customer_id>("customer_id", kNeeded),
                                        field<T, &T::related_id>("related_id", kNeeded),
                                        field<T, &T::relation>("relation", kNeeded)};
};

template <>
struct Table<Consent> {
    using T = Consent;
    static constexpr std::array kFields{
        field<T, &T::customer_id>("customer_id", kNeeded),
        field<T, &T::purpose>("purpose", kNeeded), field<T, &T::granted>("granted", kNeeded),
        field<T, &T::time>("time", kNeeded), field<T, &T::source>("source")};
};

template <>
struct Table<ProductFeature> {
    using T = ProductFeature;
    static constexpr std::array kFields{field<T, &T::type>("type"), field<T, &T::text>("text")};
};

template <>
struct Table<Fee> {
    using T = Fee;
    static constexpr std::array kFields{field<T, &T::name>("name"), field<T, &T::type>("type"),
                                        field<T, &T::amount>("amount"), field<T, &T::text>("text")};
};

template <>
struct Table<Rate> {
    using T = Rate;
    static constexpr std::array kFields{
        field<T, &T::side>("side", kNeeded), field<T, &T::type>("type"),
        field<T, &T::yearly>("yearly", kNeeded), field<T, &T::text>("text")};
};

template <typename T>
std::span<const FieldInfo> infos() {
    static constexpr auto kInfos = [] {
        std::array<FieldInfo, Table<T>::kFields.size()> list{};
        for (std::size_t i = 0; i < list.size(); ++i) list[i] = Table<T>::kFields[i].info;
        return list;
    }();
    return kInfos;
}

}  // namespace

std::string_view field_type_name(FieldType type) {
    switch (type) {
        case FieldType::kText:
            return "text";
        case FieldType::kNumber:
            return "number";
        case FieldType::kInteger:
            return "whole number";
        case FieldType::kBoolean:
            return "boolean";
        case FieldType::kTime:
            return "time";
        case FieldType::kMoney:
            return "amount";
        case FieldType::kRange:
            return "range";
        case FieldType::kList:
            return "list";
        case FieldType::kCustomerKind:
            return "kind of customer";
        case FieldType::kEventType:
            return "type of event";
        case FieldType::kRateSide:
            return "side of a rate";
    }
    return "unknown";
}

std::span<const FieldInfo> fields_of(FieldOwner owner) {
    switch (owner) {
        case FieldOwner::kCustomer:
            return infos<Customer>();
        case FieldOwner::kProduct:
            return infos<Product>();
        case FieldOwner::kEvent:
            return infos<Event>();
        case FieldOwner::kTransaction:
            return infos<Transaction>();
        case FieldOwner::kPost:
            return infos<Post>();
        case FieldOwner::kHousehold:
            return infos<HouseholdRelation>();
        case FieldOwner::kConsent:
            return infos<Consent>();
        case FieldOwner::kFeature:
            return infos<ProductFeature>();
        case FieldOwner::kFee:
            return infos<Fee>();
        case FieldOwner::kRate:
            return infos<Rate>();
    }
    return {};
}

template <typename T>
void set_field(T& target, std::size_t position, FieldValue value) {
    ATTUNE_ASSERT(position < Table<T>::kFields.size());
    Table<T>::kFields[position].set(target, std::move(value));
}

template <typename T>
void append_to_field(T& target, std::size_t position, std::string value) {
    ATTUNE_ASSERT(position < Table<T>::kFields.size() &&
                  Table<T>::kFields[position].append != nullptr);
    Table<T>::kFields[position].append(target, std::move(value));
}

#define ATTUNE_INSTANTIATE(T)                                \
    template void set_field<T>(T&, std::size_t, FieldValue); \
    template void append_to_field<T>(T&, std::size_t, std::string)
ATTUNE_INSTANTIATE(Customer);
ATTUNE_INSTANTIATE(Product);
ATTUNE_INSTANTIATE(Event);
ATTUNE_INSTANTIATE(Transaction);
ATTUNE_INSTANTIATE(Post);
ATTUNE_INSTANTIATE(HouseholdRelation);
ATTUNE_INSTANTIATE(Consent);
ATTUNE_INSTANTIATE(ProductFeature);
ATTUNE_INSTANTIATE(Fee);
ATTUNE_INSTANTIATE(Rate);
#undef ATTUNE_INSTANTIATE

namespace {

struct CanonicalText {
    std::string operator()(const std::string& value) const { return value; }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(int value) const { return fmt::format("{}", value); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(Timestamp value) const { return fmt::format("{}", value.ms); }
    std::string operator()(const Money& value) const {
        return fmt::format("{} {}", value.minor, value.currency_code());
    }
    std::string operator()(const Range& value) const { return format_range(value); }
    std::string operator()(const std::vector<std::string>& values) const {
        std::string text;
        for (const std::string& value : values) {
            text += value;
            text += '\x1e';
        }
        return text;
    }
    std::string operator()(CustomerKind value) const {
        return std::string(customer_kind_name(value));
    }
    std::string operator()(EventType value) const { return std::string(event_type_name(value)); }
    std::string operator()(RateSide value) const {
        return value == RateSide::kLending ? "lending" : "deposit";
    }
};

}  // namespace

std::string canonical_text(const FieldValue& value) {
    return std::visit(CanonicalText{}, value);
}

}  // namespace attune
