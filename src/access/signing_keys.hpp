#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/stores.hpp"

namespace attune {

/// A key that signs tokens.
struct SigningKey {
    std::string id;
    std::string secret;  ///< 32 bytes
    Timestamp made_at;
};

/// The keys in use, the one that signs first: one, or two while tokens of the one before may live.
using SigningKeys = std::vector<SigningKey>;

/// Reads the keys from the store's secrets; makes the first one, and a new one when the newest is
/// older than `max_age_days`. The one before stays for `overlap_s` after that.
/// @errors those of the database; kCorrupt: what is stored cannot be read
Result<SigningKeys> load_signing_keys(Database& database, Timestamp now, double max_age_days,
                                      std::int64_t overlap_s);

}  // namespace attune
