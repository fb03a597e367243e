#include "domain/records.hpp"

#include "domain/limits.hpp"

namespace attune {

bool personalization_refused(std::span<const Consent> consents, Timestamp now) {
    bool refused = false;
    for (const Consent& consent : consents) {
        if (consent.purpose == kPersonalizationPurpose && consent.time <= now) {
            refused = !consent.granted;
        }
    }
    return refused;
}

Status validate(const Transaction& transaction) {
    ATTUNE_TRY(validate_id("transaction id", transaction.id));
    ATTUNE_TRY(validate_id("customer id", transaction.customer_id));
    return validate_time("time", transaction.time);
}

Status validate(const Post& post) {
    ATTUNE_TRY(validate_id("post id", post.id));
    ATTUNE_TRY(validate_id("customer id", post.customer_id));
    if (post.text.empty()) {
        return fail(ErrorCode::kInvalidArgument, "post '{}' has no text", post.id);
    }
    return validate_time("time", post.time);
}

Status validate(const HouseholdRelation& relation) {
    ATTUNE_TRY(validate_id("customer id", relation.customer_id));
    ATTUNE_TRY(validate_id("related id", relation.related_id));
    ATTUNE_TRY(validate_id("relation", relation.relation));
    if (relation.customer_id == relation.related_id) {
        return fail(ErrorCode::kInvalidArgument, "customer '{}' cannot be related to itself",
                    relation.customer_id);
    }
    return {};
}

Status validate(const Consent& consent) {
    ATTUNE_TRY(validate_id("customer id", consent.customer_id));
    ATTUNE_TRY(validate_id("purpose", consent.purpose));
    // A refusal under a misspelt purpose would be kept and not obeyed.
    std::string purpose = consent.purpose;
    for (char& c : purpose) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (consent.purpose != kPersonalizationPurpose &&
        (purpose == kPersonalizationPurpose || purpose == "personalisation")) {
        return fail(ErrorCode::kInvalidArgument, "purpose '{}' must be written '{}'",
                    consent.purpose, kPersonalizationPurpose);
    }
    return validate_time("time", consent.time);
}

}  // namespace attune
