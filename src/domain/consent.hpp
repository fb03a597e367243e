#pragma once

#include <span>
#include <string_view>

#include "core/clock.hpp"
#include "domain/records.hpp"

namespace attune {

/// Whether the latest decision on the purpose at or before `now` is a refusal. A purpose that
/// nobody decided on is not refused.
/// @param consents  of one customer, ascending by time
bool consent_refused(std::span<const Consent> consents, std::string_view purpose, Timestamp now);

}  // namespace attune
