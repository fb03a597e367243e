#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/customer.hpp"
#include "domain/event.hpp"
#include "domain/records.hpp"
#include "features/customer_view.hpp"
#include "features/engagement.hpp"
#include "serving/product_numbers.hpp"

namespace attune {

/// An event as it is kept in memory: 32 bytes, and nothing of it depends on a catalogue.
struct KnownEvent {
    std::int64_t time_ms = 0;
    std::uint64_t id_hash = 0;  ///< of the event's id: tells events apart
    std::uint64_t basket = 0;   ///< as in Interaction
    ProductNumbers::Number product = 0;
    EventType type = EventType::kView;

    friend bool operator==(const KnownEvent&, const KnownEvent&) = default;
};

/// By time, events of one instant by the hash of their ids.
bool comes_before(const KnownEvent& a, const KnownEvent& b);

KnownEvent to_known_event(const Event& event, ProductNumbers& numbers);

using EventList = std::vector<KnownEvent>;  ///< in the order of comes_before, each once

/// Everything that serving knows of one customer. Immutable: a change makes another one, which
/// shares with it what stayed.
struct CustomerRecord {
    std::string id;
    std::uint64_t revision = 0;          ///< of CustomerStates when this was made
    std::uint64_t profile_sequence = 0;  ///< of the write that the profile comes from
    std::shared_ptr<const Customer> profile;
    std::shared_ptr<const EventList> older;                ///< null: none
    EventList recent;                                      ///< few; all come after those of `older`
    std::shared_ptr<const std::vector<Consent>> consents;  ///< ascending by time; null: none
    EngagementCounts engagement{};  ///< of all events, also of those that are not kept
    std::uint32_t engagement_slot = 0;
    /// Events that are not kept, for there were too many newer ones. Of them the latest purchase
    /// and the latest dismissal of each product stay among the others: rules go by them for ever.
    std::uint64_t num_left_out = 0;

    [[nodiscard]] std::size_t num_events() const {
        return (older ? older->size() : 0) + recent.size();
    }
    [[nodiscard]] bool has_event(const KnownEvent& event) const;
    [[nodiscard]] std::span<const Consent> decided() const {
        return consents ? std::span<const Consent>(*consents) : std::span<const Consent>();
    }
    /// Calls `visit` for the events until `now`, ascending.
    template <typename Visit>
    void for_each_until(Timestamp now, const Visit& visit) const {
        const auto run = [&](std::span<const KnownEvent> events) {
            for (const KnownEvent& event : events) {
                if (event.time_ms > now.ms) return;
                visit(event);
            }
        };
        if (older) run(*older);
        run(recent);
    }
};

/// What bounds a record and how its events count.
struct RecordLimits {
    std::size_t max_events = 10'000;  ///< newest events that are kept
    EngagementScale scale;
};

/// Adds events; those that it has already change nothing.
/// @return how many were added
/// @cost   O(added log(events)) while they come in order of time, else O(events)
std::size_t add_events(CustomerRecord& record, EventList added, const RecordLimits& limits);

/// Adds a decision on a purpose; the same one again changes nothing.
void add_consent(CustomerRecord& record, const Consent& consent);

/// The history until `now` under the indexes of a catalogue; events of products that it lacks are
/// left out.
/// @param indexes  ProductNumbers::indexes_in of the catalogue
std::vector<Interaction> history_of(const CustomerRecord& record,
                                    std::span<const std::uint32_t> indexes,
                                    const EventWeights& weights, Timestamp now);

}  // namespace attune
