#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/money.hpp"

namespace attune {

/// A movement on an account; negative amounts leave it.
struct Transaction {
    std::string id;
    std::string customer_id;
    Timestamp time;
    Money amount;
    std::string category;  ///< such as groceries or salary
    std::string counterparty;
    std::string description;

    friend bool operator==(const Transaction&, const Transaction&) = default;
};

/// Something a customer wrote.
struct Post {
    std::string id;
    std::string customer_id;
    Timestamp time;
    std::string channel;  ///< such as review, mail or chat
    std::string text;

    friend bool operator==(const Post&, const Post&) = default;
};

/// `customer_id` stands in `relation` to `related_id`, as in "spouse", "child", "parent".
struct HouseholdRelation {
    std::string customer_id;
    std::string related_id;
    std::string relation;

    friend bool operator==(const HouseholdRelation&, const HouseholdRelation&) = default;
};

/// What a customer allowed or refused, from a moment on; the latest decision for a purpose holds.
struct Consent {
    std::string customer_id;
    std::string purpose;  ///< such as personalization or marketing
    bool granted = false;
    Timestamp time;
    std::string source;  ///< where the decision was taken

    friend bool operator==(const Consent&, const Consent&) = default;
};

/// The purpose under which profiles and behaviour may be used to choose products.
inline constexpr std::string_view kPersonalizationPurpose = "personalization";

/// Whether the latest decision on personalization at or before `now` is a refusal.
/// @param consents  of one customer, ascending by time
bool personalization_refused(std::span<const Consent> consents, Timestamp now);

/// @errors kInvalidArgument: a bad id, time, purpose or relation, another spelling of
///         "personalization"; the message names the field
Status validate(const Transaction& transaction);
Status validate(const Post& post);
Status validate(const HouseholdRelation& relation);
Status validate(const Consent& consent);

}  // namespace attune
