#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/result.hpp"
#include "domain/customer.hpp"
#include "domain/event.hpp"
#include "domain/product.hpp"
#include "domain/records.hpp"

namespace attune {

/// The JSON form of the nouns: empty fields are left out; money is {"amount": "12.34",
/// "currency": "EUR"}; times are RFC 3339; ranges are text such as "500-1000".
nlohmann::json to_json(const Customer& customer);
nlohmann::json to_json(const Product& product);
nlohmann::json to_json(const Event& event);
nlohmann::json to_json(const Transaction& transaction);
nlohmann::json to_json(const Post& post);
nlohmann::json to_json(const HouseholdRelation& relation);
nlohmann::json to_json(const Consent& consent);

/// Reads the same form and validates it. Unknown keys are refused, so that a misspelt one is seen.
/// @errors kInvalidArgument names the field and what it takes
Result<Customer> customer_from_json(const nlohmann::json& json);
Result<Product> product_from_json(const nlohmann::json& json);
Result<Event> event_from_json(const nlohmann::json& json);
Result<Transaction> transaction_from_json(const nlohmann::json& json);
Result<Post> post_from_json(const nlohmann::json& json);
Result<HouseholdRelation> household_relation_from_json(const nlohmann::json& json);
Result<Consent> consent_from_json(const nlohmann::json& json);

}  // namespace attune
