#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "serving/customer_states.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Brings the states up to what the store holds now: all customers. Events of a time that
/// is still to come count as of now: a year that was misread would outweigh everybody else's
/// events.
/// @errors those of the store; kCancelled
/// @cost   O(customers + events) time; the store is read on one snapshot, once
Status load_all_states(Database& database, CustomerStates& states, const Clock& clock,
                       Progress& progress);

/// The same for some customers, each by its own reads.
/// @cost O(events of those customers)
Status load_states_of(Database& database, CustomerStates& states,
                      std::span<const std::string> customer_ids, const Clock& clock);

}  // namespace attune
