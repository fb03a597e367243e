#pragma once

#include <array>
#include <string_view>
#include <variant>

#include "core/result.hpp"
#include "domain/customer.hpp"
#include "domain/event.hpp"
#include "domain/product.hpp"
#include "domain/records.hpp"

namespace attune {

/// What a row of a file can become.
enum class RecordKind { kCustomer, kProduct, kEvent, kTransaction, kPost, kHousehold, kConsent };

inline constexpr std::array kRecordKinds{
    RecordKind::kCustomer, RecordKind::kProduct,   RecordKind::kEvent,  RecordKind::kTransaction,
    RecordKind::kPost,     RecordKind::kHousehold, RecordKind::kConsent};

/// The alternatives stand in the order of RecordKind.
using Record =
    std::variant<Customer, Product, Event, Transaction, Post, HouseholdRelation, Consent>;

inline RecordKind kind_of(const Record& record) {
    return static_cast<RecordKind>(record.index());
}

std::string_view record_kind_name(RecordKind kind);  ///< "customer", "product", ...
/// @errors kInvalidArgument lists the kinds
Result<RecordKind> parse_record_kind(std::string_view text);

}  // namespace attune
