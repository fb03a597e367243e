#include "serving/customer_states.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_set>
#include <utility>

#include "core/hash.hpp"

namespace attune {
namespace {

/// The events of a record in their order, which lie in two lists, without a copy of them.
class EventsInOrder {
 public:
    explicit EventsInOrder(const CustomerRecord& record)
        : older_(record.older ? std::span<const KnownEvent>(*record.older)
                              : std::span<const KnownEvent>()),
          recent_(record.recent) {}

    [[nodiscard]] const KnownEvent& operator[](std::size_t index) const {
        return index < older_.size() ? older_[index] : recent_[index - older_.size()];
    }

 private:
    std::span<const KnownEvent> older_;
    std::span<const KnownEvent> recent_;
};

bool same_events(const CustomerRecord& a, const CustomerRecord& b) {
    if (a.num_events() != b.num_events() || a.num_left_out != b.num_left_out) return false;
    if (a.older == b.older && a.recent == b.recent) return true;
    const EventsInOrder of_a(a);
    const EventsInOrder of_b(b);
    for (std::size_t i = 0; i < a.num_events(); ++i) {
        if (of_a[i] != of_b[i]) return false;
    }
    return true;
}

bool same_content(const CustomerRecord& a, const CustomerRecord& b) {
    if ((a.profile == nullptr) != (b.profile == nullptr)) return false;
    if (a.profile && a.profile != b.profile && !(*a.profile == *b.profile)) return false;
    return std::ranges::equal(a.decided(), b.decided()) && same_events(a, b);
}

/// Without the events of `hashes` (ascending).
EventList without(const EventList& events, const std::vector<std::uint64_t>& hashes) {
    EventList rest;
    for (const KnownEvent& event : events) {
        if (!std::binary_search(hashes.begin(), hashes.end(), event.id_hash)) {
            rest.push_back(event);
        }
    }
    return rest;
}

}  // namespace

CustomerStates::CustomerStates(Options options) : options_(std::move(options)) {}

CustomerStates::Shard& CustomerStates::shard_of(std::string_view id) {
    return shards_[hash64(id) % kNumShards];
}

const CustomerStates::Shard& CustomerStates::shard_of(std::string_view id) const {
    return shards_[hash64(id) % kNumShards];
}

std::shared_ptr<const CustomerRecord> CustomerStates::find(std::string_view id) const {
    const Shard& shard = shard_of(id);
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.records.find(id);
    // Without a profile: an event came before the customer it belongs to was told.
    if (found == shard.records.end() || !found->second->profile) return nullptr;
    return found->second;
}

std::size_t CustomerStates::num_customers() const {
    std::size_t count = 0;
    for (const Shard& shard : shards_) {
        const std::shared_lock lock(shard.mutex);
        count += shard.num_customers;
    }
    return count;
}

std::uint64_t CustomerStates::num_events() const {
    std::uint64_t count = 0;
    for (const Shard& shard : shards_) {
        const std::shared_lock lock(shard.mutex);
        count += shard.num_events;
    }
    return count;
}

EventWeights CustomerStates::engagement_weights() const {
    const std::lock_guard lock(weights_mutex_);
    return options_.weights;
}

void CustomerStates::set_engagement_weights(const EventWeights& weights) {
    {
        const std::lock_guard lock(weights_mutex_);
        options_.weights = weights;
    }
    for (Shard& shard : shards_) {
        const std::unique_lock lock(shard.mutex);
        for (const auto& [id, record] : shard.records) {
            engagement_.set(record->engagement_slot,
                            engagement_at_reference(record->engagement, weights));
        }
    }
}

/// Puts the record in place of the one of its id. @pre the shard is locked
void CustomerStates::put_in(Shard& shard, std::shared_ptr<CustomerRecord> record) {
    const auto found = shard.records.find(record->id);
    if (found != shard.records.end()) {
        const CustomerRecord& former = *found->second;
        record->engagement_slot = former.engagement_slot;
        shard.num_customers -= former.profile ? 1U : 0U;
        shard.num_events -= former.num_events() + former.num_left_out;
    } else {
        record->engagement_slot = engagement_.take();
    }
    record->revision = revision_.fetch_add(1) + 1;
    engagement_.set(record->engagement_slot,
                    engagement_at_reference(record->engagement, engagement_weights()));
    shard.num_customers += record->profile ? 1U : 0U;
    shard.num_events += record->num_events() + record->num_left_out;
    // The key is a view of the record's own id, so the former entry goes with the former record.
    if (found != shard.records.end()) {
        auto node = shard.records.extract(found);
        node.key() = record->id;
        node.mapped() = std::move(record);
        shard.records.insert(std::move(node));
    } else {
        const std::string_view id = record->id;
        shard.records.emplace(id, std::move(record));
    }
}

/// @pre the shard is locked
void CustomerStates::erase_in(Shard& shard, std::string_view id) {
    const auto found = shard.records.find(id);
    if (found == shard.records.end()) return;
    const std::shared_ptr<const CustomerRecord> record = found->second;
    shard.num_customers -= record->profile ? 1U : 0U;
    shard.num_events -= record->num_events() + record->num_left_out;
    engagement_.give(record->engagement_slot);
    shard.records.erase(found);
    revision_.fetch_add(1);
}

CustomerStates::Applied CustomerStates::remove_in(Shard& shard, const StateChange& change) {
    std::uint64_t& removed_at = shard.removed[change.customer_id];
    if (removed_at == 0) shard.removed_order.push_back(change.customer_id);
    removed_at = std::max(removed_at, change.sequence);
    while (shard.removed_order.size() > kMostTombstones) {
        shard.removed.erase(shard.removed_order.front());
        shard.removed_order.pop_front();
    }
    const auto found = shard.records.find(change.customer_id);
    const bool made_again =
        found != shard.records.end() && found->second->profile_sequence > change.sequence;
    if (made_again) return Applied::kReread;
    erase_in(shard, change.customer_id);
    return Applied::kDone;
}

/// @pre the shard is locked
CustomerStates::Applied CustomerStates::apply_in(Shard& shard, const StateChange& change,
                                                 const std::vector<std::uint64_t>& not_as_told) {
    if (std::holds_alternative<StateChange::Removal>(change.what)) {
        return remove_in(shard, change);
    }
    const auto removed = shard.removed.find(change.customer_id);
    if (removed != shard.removed.end() && removed->second > change.sequence) return Applied::kDone;
    const auto found = shard.records.find(change.customer_id);
    auto record = found == shard.records.end() ? std::make_shared<CustomerRecord>()
                                               : std::make_shared<CustomerRecord>(*found->second);
    record->id = change.customer_id;
    if (const auto* profile = std::get_if<std::shared_ptr<const Customer>>(&change.what)) {
        if (record->profile_sequence > change.sequence) return Applied::kDone;
        record->profile = *profile;
        record->profile_sequence = change.sequence;
    } else if (const auto* events = std::get_if<EventList>(&change.what)) {
        EventList added = not_as_told.empty() ? *events : without(*events, not_as_told);
        if (add_events(*record, std::move(added), options_.limits) == 0) return Applied::kDone;
    } else {
        add_consent(*record, std::get<Consent>(change.what));
    }
    put_in(shard, std::move(record));
    return Applied::kDone;
}

CustomerStates::Applied CustomerStates::apply(const StateChange& change) {
    Shard& shard = shard_of(change.customer_id);
    const std::unique_lock lock(shard.mutex);
    if (journaling_.load()) shard.journal.push_back(change);
    return apply_in(shard, change, {});
}

/// Replaces a customer by what was read, unless it is the same. @pre the shard is locked
void CustomerStates::reread_in(Shard& shard, RereadCustomer reread, const Journal& journal) {
    std::shared_ptr<CustomerRecord> record = std::move(reread.record);
    const auto found = shard.records.find(record->id);
    const std::shared_ptr<const CustomerRecord> former =
        found == shard.records.end() ? nullptr : found->second;
    const std::string id = record->id;
    if (!record->profile) {
        erase_in(shard, id);
    } else if (!former || !same_content(*former, *record)) {
        record->profile_sequence = former ? former->profile_sequence : 0;
        put_in(shard, std::move(record));
    }
    // What was changed since the reading began; most of it is in what was read, and changes
    // nothing.
    const auto changes = journal.find(id);
    if (changes == journal.end()) return;
    for (const StateChange* change : changes->second) {
        apply_in(shard, *change, reread.not_as_told);
    }
}

/// The journal of the shard by customer: looking through all of it for each would take customers
/// times changes, while requests wait. @pre the shard is locked
CustomerStates::Journal CustomerStates::journal_of(const Shard& shard) {
    Journal journal;
    for (const StateChange& change : shard.journal) journal[change.customer_id].push_back(&change);
    return journal;
}

void CustomerStates::finish_refresh(Extent extent, std::vector<RereadCustomer> customers) {
    std::array<std::vector<RereadCustomer>, kNumShards> by_shard;
    for (RereadCustomer& customer : customers) {
        by_shard[hash64(customer.record->id) % kNumShards].push_back(std::move(customer));
    }
    for (std::size_t s = 0; s < kNumShards; ++s) {
        Shard& shard = shards_[s];
        const std::unique_lock lock(shard.mutex);
        const Journal journal = journal_of(shard);
        if (extent == Extent::kAll) {
            std::unordered_set<std::string_view> there;
            for (const RereadCustomer& customer : by_shard[s]) there.insert(customer.record->id);
            for (const auto& [id, changes] : journal) there.insert(id);
            std::vector<std::string> gone;
            for (const auto& [id, record] : shard.records) {
                if (!there.contains(id)) gone.emplace_back(id);
            }
            for (const std::string& id : gone) erase_in(shard, id);
        }
        for (RereadCustomer& customer : by_shard[s]) {
            reread_in(shard, std::move(customer), journal);
        }
        shard.journal.clear();
        shard.journal.shrink_to_fit();
    }
}

Status CustomerStates::refresh(Extent extent,
                               const std::function<Result<std::vector<RereadCustomer>>()>& read) {
    const std::lock_guard turn(refresh_turn_);
    journaling_.store(true);
    // A change that is applied without having seen the flag is durable already, so that the
    // snapshot has it: wait until none of them is at work.
    for (Shard& shard : shards_) const std::unique_lock lock(shard.mutex);
    auto customers = read();
    // From here on each shard keeps its journal until it is brought up to date.
    if (customers) finish_refresh(extent, std::move(*customers));
    journaling_.store(false);
    for (Shard& shard : shards_) {
        const std::unique_lock lock(shard.mutex);
        shard.journal.clear();
    }
    if (!customers) return fail(customers.error());
    return {};
}

}  // namespace attune
