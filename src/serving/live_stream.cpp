#include "serving/live_stream.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace attune {
namespace {

constexpr std::array kKinds{StreamKind::kEvent, StreamKind::kDecision, StreamKind::kJob,
                            StreamKind::kAlert};

}  // namespace

std::string_view stream_kind_name(StreamKind kind) {
    switch (kind) {
        case StreamKind::kEvent:
            return "event";
        case StreamKind::kDecision:
            return "decision";
        case StreamKind::kJob:
            return "job";
        case StreamKind::kAlert:
            return "alert";
    }
    return "unknown";
}

Result<StreamKind> parse_stream_kind(std::string_view text) {
    std::vector<std::string_view> names;
    for (const StreamKind kind : kKinds) {
        if (stream_kind_name(kind) == text) return kind;
        names.push_back(stream_kind_name(kind));
    }
    return fail(ErrorCode::kInvalidArgument, "there are no messages of the kind '{}'; there are {}",
                text.substr(0, 64), fmt::join(names, ", "));
}

StreamKinds StreamKinds::all() {
    StreamKinds kinds;
    for (const StreamKind kind : kKinds) kinds.add(kind);
    return kinds;
}

/// Where a subscriber stands. Guarded by the hub's mutex.
struct StreamSubscription::Seat {
    StreamKinds kinds;
    std::function<void()> wake;
    std::uint64_t next_id = 0;  ///< before or at the first message that waits
    std::size_t num_waiting = 0;
    std::size_t max_waiting = 0;
    bool ended = false;
};

struct LiveStream::Hub {
    explicit Hub(const LiveStreamOptions& wanted) : options(wanted), next_id(wanted.first_id) {}

    LiveStreamOptions options;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::shared_ptr<const StreamMessage>> ring;  ///< consecutive ids up to next_id - 1
    std::vector<std::shared_ptr<StreamSubscription::Seat>> seats;
    std::uint64_t next_id;
    std::uint64_t num_dropped = 0;
    bool closed = false;

    [[nodiscard]] std::uint64_t oldest_id() const { return next_id - ring.size(); }
    [[nodiscard]] const std::shared_ptr<const StreamMessage>& message(std::uint64_t id) const {
        return ring[static_cast<std::size_t>(id - oldest_id())];
    }

    /// Ends a subscription that cannot keep up. @pre locked
    void drop(StreamSubscription::Seat& seat) {
        seat.ended = true;
        seat.num_waiting = 0;
        ++num_dropped;
        if (seat.wake) seat.wake();
    }

    /// Lets a subscriber know of the newest message. @pre locked
    void tell(StreamSubscription::Seat& seat, const StreamMessage& message) {
        if (seat.num_waiting > 0 && seat.next_id < oldest_id()) return drop(seat);
        if (!seat.kinds.contains(message.kind)) return;
        if (seat.num_waiting >= seat.max_waiting) return drop(seat);
        if (seat.num_waiting == 0) seat.next_id = message.id;
        if (++seat.num_waiting == 1 && seat.wake) seat.wake();
    }

    /// Drops what ended out of the list. @pre locked
    void sweep() {
        std::erase_if(seats, [](const auto& seat) { return seat->ended; });
    }
};

LiveStream::LiveStream(const LiveStreamOptions& options) : hub_(std::make_shared<Hub>(options)) {}

LiveStream::~LiveStream() {
    close();
}

void LiveStream::publish(StreamKind kind, std::string json) {
    auto message = std::make_shared<StreamMessage>();
    message->kind = kind;
    message->data = std::move(json);
    {
        const std::lock_guard lock(hub_->mutex);
        if (hub_->closed) return;
        message->id = hub_->next_id++;
        hub_->ring.push_back(message);
        if (hub_->ring.size() > hub_->options.ring_messages) hub_->ring.pop_front();
        for (const auto& seat : hub_->seats) hub_->tell(*seat, *message);
        hub_->sweep();
    }
    hub_->changed.notify_all();
}

Result<std::shared_ptr<StreamSubscription>> LiveStream::subscribe(Wish wish) {
    auto seat = std::make_shared<StreamSubscription::Seat>();
    seat->kinds = wish.kinds;
    seat->wake = std::move(wish.wake);
    bool must_reset = false;
    {
        const std::lock_guard lock(hub_->mutex);
        if (hub_->closed) return fail(ErrorCode::kUnavailable, "the stream is closed");
        if (hub_->seats.size() >= hub_->options.max_subscribers) {
            return fail(ErrorCode::kUnavailable, "{} listen to the stream already; try again",
                        hub_->seats.size());
        }
        seat->next_id = hub_->next_id;
        if (wish.after) {
            must_reset = *wish.after + 1 < hub_->oldest_id() || *wish.after >= hub_->next_id;
            if (!must_reset) seat->next_id = *wish.after + 1;
        }
        for (std::uint64_t id = seat->next_id; id < hub_->next_id; ++id) {
            if (seat->kinds.contains(hub_->message(id)->kind)) ++seat->num_waiting;
        }
        // What it missed while it was away is no sign of being slow.
        seat->max_waiting = seat->num_waiting + hub_->options.max_waiting_messages;
        hub_->seats.push_back(seat);
    }
    return std::shared_ptr<StreamSubscription>(
        new StreamSubscription(hub_, std::move(seat), must_reset));
}

StreamMessages LiveStream::latest(StreamKind kind, std::size_t limit) const {
    const std::lock_guard lock(hub_->mutex);
    StreamMessages messages;
    for (auto at = hub_->ring.rbegin(); at != hub_->ring.rend() && messages.size() < limit; ++at) {
        if ((*at)->kind == kind) messages.push_back(*at);
    }
    return messages;
}

std::uint64_t LiveStream::last_id() const {
    const std::lock_guard lock(hub_->mutex);
    return hub_->next_id - 1;
}

std::uint64_t LiveStream::num_dropped() const {
    const std::lock_guard lock(hub_->mutex);
    return hub_->num_dropped;
}

std::size_t LiveStream::num_subscribers() const {
    const std::lock_guard lock(hub_->mutex);
    return hub_->seats.size();
}

void LiveStream::close() {
    {
        const std::lock_guard lock(hub_->mutex);
        hub_->closed = true;
        for (const auto& seat : hub_->seats) {
            seat->ended = true;
            if (seat->wake) seat->wake();
        }
        hub_->sweep();
    }
    hub_->changed.notify_all();
}

StreamSubscription::StreamSubscription(std::shared_ptr<LiveStream::Hub> hub,
                                       std::shared_ptr<Seat> seat, bool must_reset)
    : hub_(std::move(hub)), seat_(std::move(seat)), must_reset_(must_reset) {}

StreamSubscription::~StreamSubscription() {
    const std::lock_guard lock(hub_->mutex);
    // Whoever it would wake may be gone.
    seat_->wake = nullptr;
    seat_->ended = true;
    hub_->sweep();
}

StreamMessages StreamSubscription::take(std::size_t limit) {
    StreamMessages messages;
    const std::lock_guard lock(hub_->mutex);
    std::uint64_t id = std::max(seat_->next_id, hub_->oldest_id());
    for (; seat_->num_waiting > 0 && messages.size() < limit && id < hub_->next_id; ++id) {
        const auto& message = hub_->message(id);
        if (!seat_->kinds.contains(message->kind)) continue;
        messages.push_back(message);
        --seat_->num_waiting;
    }
    seat_->next_id = id;
    return messages;
}

bool StreamSubscription::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(hub_->mutex);
    return hub_->changed.wait_for(lock, time,
                                  [&] { return seat_->num_waiting > 0 || seat_->ended; });
}

bool StreamSubscription::ended() const {
    const std::lock_guard lock(hub_->mutex);
    return seat_->ended;
}

}  // namespace attune
