#pragma once

#include <atomic>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/time_ids.hpp"
#include "domain/event.hpp"
#include "serving/customer_states.hpp"
#include "serving/field_problem.hpp"
#include "serving/live_stream.hpp"
#include "storage/stores.hpp"

namespace attune {

/// What became of a batch of events.
struct EventReceipt {
    std::size_t accepted = 0;
    std::size_t duplicates = 0;    ///< stored before, by their ids; they changed nothing
    std::vector<std::string> ids;  ///< of all, in the order they came
    /// Not empty: nothing was stored.
    std::vector<FieldProblem> problems;
};

struct EventServiceOptions {
    std::size_t max_batch = 1'000;
    double max_clock_skew_s = 300;  ///< how far in the future an event may lie when it comes
};

/// Takes events in: checks them, stores them durably, lets the customers' states know, publishes
/// them, and only then returns. Whoever asks for recommendations afterwards finds them counted.
///
/// @threads  every member may be called from many threads; batches that come at once share a flush
///           of the disk
class EventService {
 public:
    /// @lifetime borrows all
    EventService(Database& database, CustomerStates& states, LiveStream& stream, const Clock& clock,
                 const EventServiceOptions& options);

    /// Stores all events or none.
    ///
    /// An event without an id gets one, and one that lies in the future, as far as it may, the time
    /// now: it comes from a clock that is fast.
    /// @errors kInvalidArgument: no events; kLimitExceeded: too many; those of the store, after
    ///         which nothing was stored and no state changed. What is wrong with a single event is
    ///         in the receipt.
    Result<EventReceipt> submit(std::vector<Event> events);

    [[nodiscard]] std::uint64_t num_accepted() const { return num_accepted_.load(); }
    [[nodiscard]] std::uint64_t num_duplicates() const { return num_duplicates_.load(); }

 private:
    struct Outcome;

    [[nodiscard]] std::vector<FieldProblem> problems_of(const std::vector<Event>& events,
                                                        Timestamp now) const;
    Status store(const std::vector<Event>& events, Outcome& outcome);
    Status store_one_by_one(const std::vector<Event>& events, Outcome& outcome);
    void tell_states(const std::vector<Event>& events, const Outcome& outcome);
    void publish(const std::vector<Event>& events, const Outcome& outcome);

    Database& database_;
    CustomerStates& states_;
    LiveStream& stream_;
    const Clock& clock_;
    EventServiceOptions options_;
    TimeIds ids_{TimeIds::fresh_seed()};
    std::atomic<std::uint64_t> num_accepted_{0};
    std::atomic<std::uint64_t> num_duplicates_{0};
};

/// Reads an event as it comes from a client: as event_from_json, but the id may be missing (it
/// stays empty) and so may the time (it is `now`).
/// @errors kInvalidArgument names the field
Result<Event> event_input_from_json(const nlohmann::json& document, Timestamp now);

/// What a customer did about a recommendation: accept (a purchase), click (a view), like, dismiss.
/// @errors kInvalidArgument: another action; a bad decision id
Result<Event> feedback_event(const std::string& decision_id, const std::string& customer_id,
                             const std::string& product_id, const std::string& action);

}  // namespace attune
