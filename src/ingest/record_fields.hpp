#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "domain/money.hpp"
#include "domain/range.hpp"
#include "ingest/record_kind.hpp"

namespace attune {

/// How the text or number of a cell is read.
enum class FieldType {
    kText,
    kNumber,
    kInteger,
    kBoolean,
    kTime,
    kMoney,
    kRange,
    kList,
    kCustomerKind,
    kEventType,
    kRateSide
};

std::string_view field_type_name(FieldType type);  ///< "text", "number", "whole number", ...

using FieldValue = std::variant<std::string, double, int, bool, Timestamp, Money, Range,
                                std::vector<std::string>, CustomerKind, EventType, RateSide>;

/// What a mapping can fill: the records, and the parts that a product has several of.
enum class FieldOwner {
    kCustomer,
    kProduct,
    kEvent,
    kTransaction,
    kPost,
    kHousehold,
    kConsent,
    kFeature,
    kFee,
    kRate
};

inline FieldOwner owner_of(RecordKind kind) {
    return static_cast<FieldOwner>(kind);
}

struct FieldInfo {
    std::string_view name;
    FieldType type = FieldType::kText;
    bool required = false;
};

/// The fields of `owner`; a field's position names it in `set_field`.
std::span<const FieldInfo> fields_of(FieldOwner owner);

/// Sets the field at `position` of fields_of(<owner of T>). @pre the value is of the field's type
template <typename T>
void set_field(T& target, std::size_t position, FieldValue value);

/// Appends `values` to the list field at `position`. @pre the field is a list
template <typename T>
void append_to_field(T& target, std::size_t position, std::string value);

/// The same text for the same value, whatever the file it was read from.
std::string canonical_text(const FieldValue& value);

}  // namespace attune
