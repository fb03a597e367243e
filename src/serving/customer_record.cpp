#include "serving/customer_record.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "core/hash.hpp"

namespace attune {
namespace {

// Events are appended to a short list, whose copy costs little, and moved to the long one together.
constexpr std::size_t kMostRecent = 64;

std::uint64_t kept_for_rules(const KnownEvent& event) {
    return (std::uint64_t{event.product} << 1U) | (event.type == EventType::kPurchase ? 1U : 0U);
}

/// Leaves out old events beyond the newest `max_events`, but for those that rules go by.
std::size_t leave_out_old(EventList& events, std::size_t max_events) {
    if (events.size() <= max_events) return 0;
    const auto first_kept = events.end() - static_cast<std::ptrdiff_t>(max_events);
    std::unordered_set<std::uint64_t> seen;
    EventList stay;
    for (auto at = first_kept; at != events.begin();) {
        --at;
        const bool rules = at->type == EventType::kPurchase || at->type == EventType::kDismiss;
        if (rules && seen.insert(kept_for_rules(*at)).second) stay.push_back(*at);
    }
    const std::size_t before = events.size();
    std::reverse(stay.begin(), stay.end());
    stay.insert(stay.end(), first_kept, events.end());
    events = std::move(stay);
    return before - events.size();
}

/// Puts all events into the long list.
void settle(CustomerRecord& record, const EventList& added, std::size_t max_events) {
    auto all = std::make_shared<EventList>();
    all->reserve(record.num_events() + added.size());
    if (record.older) *all = *record.older;
    all->insert(all->end(), record.recent.begin(), record.recent.end());
    const auto middle = static_cast<std::ptrdiff_t>(all->size());
    all->insert(all->end(), added.begin(), added.end());
    std::inplace_merge(all->begin(), all->begin() + middle, all->end(), comes_before);
    // A quarter more than the limit before the long list is gone through again.
    if (all->size() > max_events + max_events / 4) {
        record.num_left_out += leave_out_old(*all, max_events);
    }
    all->shrink_to_fit();
    record.older = std::move(all);
    record.recent.clear();
}

}  // namespace

bool comes_before(const KnownEvent& a, const KnownEvent& b) {
    return std::tie(a.time_ms, a.id_hash) < std::tie(b.time_ms, b.id_hash);
}

KnownEvent to_known_event(const Event& event, ProductNumbers& numbers) {
    return {event.time.ms, hash64(event.id), hash64(event.context),
            numbers.number_of(event.product_id), event.type};
}

bool CustomerRecord::has_event(const KnownEvent& event) const {
    return (older && std::binary_search(older->begin(), older->end(), event, comes_before)) ||
           std::binary_search(recent.begin(), recent.end(), event, comes_before);
}

std::size_t add_events(CustomerRecord& record, EventList added, const RecordLimits& limits) {
    std::sort(added.begin(), added.end(), comes_before);
    const auto same = [](const KnownEvent& a, const KnownEvent& b) {
        return !comes_before(a, b) && !comes_before(b, a);
    };
    added.erase(std::unique(added.begin(), added.end(), same), added.end());
    std::erase_if(added, [&](const KnownEvent& event) { return record.has_event(event); });
    if (added.empty()) return 0;
    for (const KnownEvent& event : added) {
        count_event(record.engagement, event.type, Timestamp{event.time_ms}, limits.scale);
    }
    const bool in_order =
        !record.older || record.older->empty() || comes_before(record.older->back(), added.front());
    if (in_order && record.recent.size() + added.size() <= kMostRecent) {
        const auto middle = static_cast<std::ptrdiff_t>(record.recent.size());
        record.recent.insert(record.recent.end(), added.begin(), added.end());
        std::inplace_merge(record.recent.begin(), record.recent.begin() + middle,
                           record.recent.end(), comes_before);
    } else {
        settle(record, added, limits.max_events);
    }
    return added.size();
}

void add_consent(CustomerRecord& record, const Consent& consent) {
    auto consents = std::make_shared<std::vector<Consent>>();
    if (record.consents) *consents = *record.consents;
    if (std::find(consents->begin(), consents->end(), consent) != consents->end()) return;
    // Of two decisions of one instant the refusal comes last, as in the store.
    const auto before = [](const Consent& a, const Consent& b) {
        if (a.time != b.time) return a.time < b.time;
        return a.granted && !b.granted;
    };
    consents->insert(std::upper_bound(consents->begin(), consents->end(), consent, before),
                     consent);
    record.consents = std::move(consents);
}

std::vector<Interaction> history_of(const CustomerRecord& record,
                                    std::span<const std::uint32_t> indexes,
                                    const EventWeights& weights, Timestamp now) {
    std::vector<Interaction> history;
    history.reserve(record.num_events());
    record.for_each_until(now, [&](const KnownEvent& event) {
        if (event.product >= indexes.size()) return;
        const std::uint32_t index = indexes[event.product];
        if (index == ProductNumbers::kNoProduct) return;
        history.push_back({ProductIndex(index), event.type, Timestamp{event.time_ms},
                           static_cast<float>(weights.of(event.type)), event.basket});
    });
    return history;
}

}  // namespace attune
