#include "serving/state_loader.hpp"

#include <algorithm>
#include <unordered_map>

namespace attune {
namespace {

constexpr std::size_t kPageSize = 10'000;
constexpr std::uint64_t kEventsBetweenLooks = 50'000;

/// Has the events that are later than `now` be of now. @return the hashes of their ids
std::vector<std::uint64_t> bring_to_now(EventList& events, Timestamp now) {
    std::vector<std::uint64_t> moved;
    for (KnownEvent& event : events) {
        if (event.time_ms <= now.ms) continue;
        event.time_ms = now.ms;
        moved.push_back(event.id_hash);
    }
    return moved;
}

/// A record of the events, and the hashes of those that it does not have as they were told.
/// @param now  after the snapshot was taken, so that what the service stored is not later
RereadCustomer make_record(std::string id, EventList events, const RecordLimits& limits,
                           Timestamp now) {
    RereadCustomer read;
    read.record = std::make_shared<CustomerRecord>();
    read.record->id = std::move(id);
    read.not_as_told = bring_to_now(events, now);
    std::sort(read.not_as_told.begin(), read.not_as_told.end());
    std::vector<std::uint64_t> hashes;
    if (events.size() > limits.max_events) {
        for (const KnownEvent& event : events) hashes.push_back(event.id_hash);
    }
    add_events(*read.record, std::move(events), limits);
    if (read.record->num_left_out == 0) return read;
    std::vector<std::uint64_t> kept;
    read.record->for_each_until(Timestamp{INT64_MAX},
                                [&](const KnownEvent& event) { kept.push_back(event.id_hash); });
    std::sort(kept.begin(), kept.end());
    std::sort(hashes.begin(), hashes.end());
    const auto num_moved = static_cast<std::ptrdiff_t>(read.not_as_told.size());
    std::set_difference(hashes.begin(), hashes.end(), kept.begin(), kept.end(),
                        std::back_inserter(read.not_as_told));
    std::inplace_merge(read.not_as_told.begin(), read.not_as_told.begin() + num_moved,
                       read.not_as_told.end());
    return read;
}

/// Groups the events, which come by customer, and hands each customer's on.
class EventGroups {
 public:
    EventGroups(CustomerStates& states,
                std::unordered_map<std::string_view, RereadCustomer*>& customers,
                const Clock& clock)
        : states_(states), customers_(customers), clock_(clock) {}

    void add(const Event& event) {
        if (event.customer_id != customer_id_) {
            close();
            customer_id_ = event.customer_id;
        }
        events_.push_back(to_known_event(event, states_.product_numbers()));
    }

    void close() {
        if (events_.empty()) return;
        const auto found = customers_.find(customer_id_);
        if (found != customers_.end()) {
            std::shared_ptr<const Customer> profile = std::move(found->second->record->profile);
            *found->second =
                make_record(found->second->record->id, EventList(events_.begin(), events_.end()),
                            states_.limits(), clock_.now());
            found->second->record->profile = std::move(profile);
        }
        events_.clear();
    }

 private:
    CustomerStates& states_;
    std::unordered_map<std::string_view, RereadCustomer*>& customers_;
    const Clock& clock_;
    std::string customer_id_;
    EventList events_;  ///< of one customer; its memory serves for the next one
};

Status read_profiles(Stores& stores, std::vector<RereadCustomer>& customers, Progress& progress) {
    ATTUNE_ASSIGN(const std::size_t count, stores.customers().count());
    customers.reserve(count);
    progress.begin("reading customers", count);
    Page page{"", kPageSize};
    for (;;) {
        ATTUNE_ASSIGN(std::vector<Customer> profiles, stores.customers().list(page));
        if (profiles.empty()) break;
        page.after = profiles.back().id;
        for (Customer& profile : profiles) {
            RereadCustomer& read = customers.emplace_back();
            read.record = std::make_shared<CustomerRecord>();
            read.record->id = profile.id;
            read.record->profile = std::make_shared<const Customer>(std::move(profile));
        }
        progress.advance(customers.size());
        if (progress.cancelled()) return fail(ErrorCode::kCancelled, "reading was stopped");
    }
    progress.end();
    return {};
}

Status read_events(Stores& stores, CustomerStates& states,
                   std::unordered_map<std::string_view, RereadCustomer*>& by_id, const Clock& clock,
                   Progress& progress) {
    ATTUNE_ASSIGN(const std::size_t count, stores.events().count());
    progress.begin("reading events", count);
    EventGroups groups(states, by_id, clock);
    std::uint64_t done = 0;
    ATTUNE_TRY(stores.events().for_each({}, [&](const Event& event) -> Status {
        if (++done % kEventsBetweenLooks == 0) {
            progress.advance(done);
            if (progress.cancelled()) return fail(ErrorCode::kCancelled, "reading was stopped");
        }
        groups.add(event);
        return {};
    }));
    groups.close();
    progress.end();
    return {};
}

Result<std::vector<RereadCustomer>> read_all(Database& database, CustomerStates& states,
                                             const Clock& clock, Progress& progress) {
    std::vector<RereadCustomer> customers;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_TRY(read_profiles(stores, customers, progress));
        // By the ids of the profiles, which stay where they are.
        std::unordered_map<std::string_view, RereadCustomer*> by_id;
        by_id.reserve(customers.size());
        for (RereadCustomer& customer : customers) {
            by_id.emplace(customer.record->profile->id, &customer);
        }
        ATTUNE_TRY(read_events(stores, states, by_id, clock, progress));
        return stores.consents().for_each([&](const Consent& consent) -> Status {
            const auto found = by_id.find(consent.customer_id);
            if (found != by_id.end()) add_consent(*found->second->record, consent);
            return {};
        });
    }));
    return customers;
}

Result<RereadCustomer> read_one(Stores& stores, CustomerStates& states, const std::string& id,
                                const Clock& clock) {
    EventFilter filter;
    filter.customer_id = id;
    EventList events;
    ATTUNE_TRY(stores.events().for_each(filter, [&](const Event& event) -> Status {
        events.push_back(to_known_event(event, states.product_numbers()));
        return {};
    }));
    RereadCustomer read = make_record(id, std::move(events), states.limits(), clock.now());
    auto profile = stores.customers().get(id);
    if (!profile && profile.error().code != ErrorCode::kNotFound) return fail(profile.error());
    if (profile) read.record->profile = std::make_shared<const Customer>(std::move(*profile));
    ATTUNE_ASSIGN(const std::vector<Consent> consents, stores.consents().of_customer(id));
    for (const Consent& consent : consents) add_consent(*read.record, consent);
    return read;
}

}  // namespace

Status load_all_states(Database& database, CustomerStates& states, const Clock& clock,
                       Progress& progress) {
    return states.refresh(CustomerStates::Extent::kAll,
                          [&] { return read_all(database, states, clock, progress); });
}

Status load_states_of(Database& database, CustomerStates& states,
                      std::span<const std::string> customer_ids, const Clock& clock) {
    const auto read = [&]() -> Result<std::vector<RereadCustomer>> {
        std::vector<RereadCustomer> customers;
        ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
            for (const std::string& id : customer_ids) {
                ATTUNE_ASSIGN(RereadCustomer customer, read_one(stores, states, id, clock));
                customers.push_back(std::move(customer));
            }
            return {};
        }));
        return customers;
    };
    return states.refresh(CustomerStates::Extent::kNamed, read);
}

}  // namespace attune
