#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "features/training_data.hpp"
#include "math/csr.hpp"

namespace attune {

/// The events of all customers cut where they paused: a session goes on for as long as each event
/// follows the one before by no more than the gap. Within a session there is no order.
struct CutSessions {
    CsrMatrix products;                ///< num_sessions x num_products: the highest weight, > 0
    std::vector<Timestamp> times;      ///< num_sessions: of the latest event
    std::vector<std::size_t> offsets;  ///< num_customers + 1: sessions of c, oldest first

    [[nodiscard]] std::size_t size() const { return times.size(); }
};

/// Events that weigh nothing, such as dismissals, are in no session.
/// @errors kInvalidArgument: a gap that is negative or not finite, an event whose weight is not
///         finite; names the `model`
/// @cost   O(events log events of a session)
Result<CutSessions> cut_sessions(std::string_view model, const TrainingData& data,
                                 double gap_minutes);

}  // namespace attune
