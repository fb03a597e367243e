#include "serving/event_service.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "domain/json.hpp"
#include "domain/limits.hpp"
#include "serving/json_text.hpp"

namespace attune {
namespace {

std::string field_of(std::size_t index, std::string_view field) {
    return fmt::format("events[{}].{}", index, field);
}

/// The first thing that is wrong with the event itself.
std::optional<FieldProblem> problem_of(const Event& event, std::size_t index,
                                       Timestamp latest_time) {
    const std::array ids{std::pair("id", &event.id), std::pair("customer_id", &event.customer_id),
                         std::pair("product_id", &event.product_id)};
    for (const auto& [field, id] : ids) {
        if (const Status good = validate_id(field, *id); !good) {
            return FieldProblem{field_of(index, field), good.error().message};
        }
    }
    if (const Status good = validate_time("time", event.time); !good) {
        return FieldProblem{field_of(index, "time"), good.error().message};
    }
    if (event.time > latest_time) {
        return FieldProblem{
            field_of(index, "time"),
            fmt::format("{} lies in the future; at most {} is taken", format_timestamp(event.time),
                        format_timestamp(latest_time))};
    }
    if (const Status good = validate(event); !good) {
        const bool of_price = event.unit_price && event.unit_price->minor < 0;
        return FieldProblem{field_of(index, of_price ? "unit_price" : "quantity"),
                            good.error().message};
    }
    return std::nullopt;
}

/// The customers and products of the events that the store does not have.
Result<std::vector<FieldProblem>> missing_of(const std::vector<Event>& events, Stores& stores) {
    std::vector<FieldProblem> problems;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        ATTUNE_ASSIGN(const bool customer, stores.customers().contains(event.customer_id));
        if (!customer) {
            problems.push_back({field_of(i, "customer_id"),
                                fmt::format("there is no customer '{}'", event.customer_id),
                                ErrorCode::kNotFound});
        }
        ATTUNE_ASSIGN(const bool product, stores.products().contains(event.product_id));
        if (!product) {
            problems.push_back({field_of(i, "product_id"),
                                fmt::format("there is no product '{}'", event.product_id),
                                ErrorCode::kNotFound});
        }
    }
    return problems;
}

}  // namespace

struct EventService::Outcome {
    std::uint64_t sequence = 0;
    std::vector<std::uint8_t> added;  ///< by event
    std::vector<FieldProblem> problems;
    bool has_duplicates = false;
};

EventService::EventService(Database& database, CustomerStates& states, LiveStream& stream,
                           const Clock& clock, const EventServiceOptions& options)
    : database_(database), states_(states), stream_(stream), clock_(clock), options_(options) {}

std::vector<FieldProblem> EventService::problems_of(const std::vector<Event>& events,
                                                    Timestamp now) const {
    const Timestamp latest{now.ms + static_cast<std::int64_t>(options_.max_clock_skew_s * 1'000)};
    std::vector<FieldProblem> problems;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (auto problem = problem_of(events[i], i, latest)) {
            problems.push_back(std::move(*problem));
        }
    }
    return problems;
}

/// All at once: most batches hold nothing that was stored before.
Status EventService::store(const std::vector<Event>& events, Outcome& outcome) {
    const Status stored = database_.write([&](Stores& stores) -> Status {
        outcome.sequence = states_.next_sequence();
        auto counts = stores.events().append(events);
        if (!counts && counts.error().code == ErrorCode::kNotFound) {
            ATTUNE_ASSIGN(outcome.problems, missing_of(events, stores));
        }
        ATTUNE_TRY(counts);
        outcome.has_duplicates = counts->unchanged > 0;
        // Which of them were stored before cannot be told any more: undone, and one by one.
        if (outcome.has_duplicates) return fail(ErrorCode::kConflict, "some are stored already");
        return {};
    });
    if (!stored && outcome.has_duplicates) return store_one_by_one(events, outcome);
    if (!stored && !outcome.problems.empty()) return {};
    if (stored) outcome.added.assign(events.size(), 1);
    return stored;
}

Status EventService::store_one_by_one(const std::vector<Event>& events, Outcome& outcome) {
    outcome.added.assign(events.size(), 0);
    return database_.write([&](Stores& stores) -> Status {
        outcome.sequence = states_.next_sequence();
        for (std::size_t i = 0; i < events.size(); ++i) {
            ATTUNE_ASSIGN(const PutCounts counts, stores.events().append({&events[i], 1}));
            outcome.added[i] = counts.added > 0 ? 1 : 0;
        }
        return {};
    });
}

void EventService::tell_states(const std::vector<Event>& events, const Outcome& outcome) {
    std::unordered_map<std::string_view, EventList> by_customer;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (outcome.added[i] == 0) continue;
        by_customer[events[i].customer_id].push_back(
            to_known_event(events[i], states_.product_numbers()));
    }
    for (auto& [customer_id, list] : by_customer) {
        // Events never need a reread: only removals can be overtaken.
        (void)states_.apply({std::string(customer_id), outcome.sequence, std::move(list)});
    }
}

void EventService::publish(const std::vector<Event>& events, const Outcome& outcome) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (outcome.added[i] == 0) continue;
        const Event& event = events[i];
        fmt::memory_buffer text;
        JsonText json(text);
        json.object([&] {
            json.field("id", event.id);
            json.field("customer_id", event.customer_id);
            json.field("product_id", event.product_id);
            json.field("type", event_type_name(event.type));
            json.field("time", format_timestamp(event.time));
        });
        stream_.publish(StreamKind::kEvent, fmt::to_string(text));
    }
}

Result<EventReceipt> EventService::submit(std::vector<Event> events) {
    if (events.empty()) return fail(ErrorCode::kInvalidArgument, "there are no events");
    if (events.size() > options_.max_batch) {
        return fail(ErrorCode::kLimitExceeded,
                    "{} events at once are too many; send at most {} (events.max_batch)",
                    events.size(), options_.max_batch);
    }
    EventReceipt receipt;
    const Timestamp now = clock_.now();
    for (Event& event : events) {
        if (event.id.empty()) event.id = ids_.next(now);
    }
    receipt.problems = problems_of(events, now);
    if (!receipt.problems.empty()) return receipt;
    // The skew is that of the client's clock: left as it is, the next answer would not count it.
    for (Event& event : events) event.time = std::min(event.time, now);
    Outcome outcome;
    ATTUNE_TRY(store(events, outcome));
    receipt.problems = std::move(outcome.problems);
    if (!receipt.problems.empty()) return receipt;
    tell_states(events, outcome);
    publish(events, outcome);
    receipt.accepted =
        static_cast<std::size_t>(std::count(outcome.added.begin(), outcome.added.end(), 1));
    receipt.duplicates = events.size() - receipt.accepted;
    num_accepted_.fetch_add(receipt.accepted);
    num_duplicates_.fetch_add(receipt.duplicates);
    for (Event& event : events) receipt.ids.push_back(std::move(event.id));
    return receipt;
}

}  // namespace attune
