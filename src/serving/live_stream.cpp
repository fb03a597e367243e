#include "serving/live_stream.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>

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
    std::uint64_t next_id = 0;  ///< all messages of its kinds from here on wait
    std::size_t num_waiting = 0;
    std::size_t max_waiting = 0;
    bool ended = false;
};

namespace {

using StreamMessagePointer = std::shared_ptr<const StreamMessage>;

/// The latest messages of one kind, ascending by id.
class Ring {
 public:
    using Place = std::deque<StreamMessagePointer>::const_iterator;

    /// @param dropped_id  those until here, of earlier runs, are not kept
    void start(std::size_t limit, std::uint64_t dropped_id) {
        limit_ = limit;
        dropped_id_ = dropped_id;
    }
    void push(StreamMessagePointer message) {
        messages_.push_back(std::move(message));
        if (messages_.size() <= limit_) return;
        dropped_id_ = messages_.front()->id;
        messages_.pop_front();
    }
    /// Of the latest one that is not kept any more.
    [[nodiscard]] std::uint64_t dropped_id() const { return dropped_id_; }
    [[nodiscard]] Place end() const { return messages_.end(); }
    /// The first one of that id or a later one.
    [[nodiscard]] Place from(std::uint64_t id) const {
        return std::lower_bound(messages_.begin(), messages_.end(), id,
                                [](const StreamMessagePointer& message, std::uint64_t wanted) {
                                    return message->id < wanted;
                                });
    }
    [[nodiscard]] std::size_t num_from(std::uint64_t id) const {
        return static_cast<std::size_t>(end() - from(id));
    }
    [[nodiscard]] StreamMessages latest(std::size_t limit) const {
        const auto count = static_cast<std::ptrdiff_t>(std::min(limit, messages_.size()));
        return {messages_.rbegin(), messages_.rbegin() + count};
    }

 private:
    std::deque<StreamMessagePointer> messages_;
    std::size_t limit_ = 0;
    std::uint64_t dropped_id_ = 0;
};

std::size_t ring_limit(const LiveStreamOptions& options, StreamKind kind) {
    if (kind == StreamKind::kJob) return options.ring_jobs;
    if (kind == StreamKind::kAlert) return options.ring_alerts;
    return options.ring_messages;
}

}  // namespace

struct LiveStream::Hub {
    explicit Hub(const LiveStreamOptions& wanted) : options(wanted), next_id(wanted.first_id) {
        for (const StreamKind kind : kKinds) {
            ring(kind).start(ring_limit(options, kind), next_id - 1);
        }
    }

    LiveStreamOptions options;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::array<Ring, kNumStreamKinds> rings;  ///< by StreamKind
    std::vector<std::shared_ptr<StreamSubscription::Seat>> seats;
    std::uint64_t next_id;
    std::uint64_t num_dropped = 0;
    bool closed = false;

    [[nodiscard]] Ring& ring(StreamKind kind) { return rings[static_cast<std::size_t>(kind)]; }

    /// Whether messages of the kinds came after that one and are gone. @pre locked
    [[nodiscard]] bool has_dropped_since(std::uint64_t id, const StreamKinds& kinds) {
        return std::any_of(kKinds.begin(), kKinds.end(), [&](StreamKind kind) {
            return kinds.contains(kind) && ring(kind).dropped_id() > id;
        });
    }

    /// Ends a subscription that cannot keep up. @pre locked
    void drop(StreamSubscription::Seat& seat) {
        seat.ended = true;
        seat.num_waiting = 0;
        ++num_dropped;
        if (seat.wake) seat.wake();
    }

    /// Lets a subscriber know of the newest message, which is in its ring. @pre locked
    void tell(StreamSubscription::Seat& seat, const StreamMessage& message) {
        if (!seat.kinds.contains(message.kind)) return;
        const bool lost_one = ring(message.kind).dropped_id() >= seat.next_id;
        if (lost_one || seat.num_waiting >= seat.max_waiting) return drop(seat);
        if (++seat.num_waiting == 1 && seat.wake) seat.wake();
    }

    /// The oldest messages that wait for a subscriber, of its kinds by id. @pre locked
    StreamMessages take(StreamSubscription::Seat& seat, std::size_t limit) {
        std::array<Ring::Place, kNumStreamKinds> places;
        for (const StreamKind kind : kKinds) {
            const Ring& of_kind = ring(kind);
            places[static_cast<std::size_t>(kind)] =
                seat.kinds.contains(kind) ? of_kind.from(seat.next_id) : of_kind.end();
        }
        StreamMessages messages;
        for (; seat.num_waiting > 0 && messages.size() < limit; --seat.num_waiting) {
            Ring::Place* oldest = nullptr;
            for (const StreamKind kind : kKinds) {
                Ring::Place& place = places[static_cast<std::size_t>(kind)];
                if (place == ring(kind).end()) continue;
                if (oldest == nullptr || (*place)->id < (**oldest)->id) oldest = &place;
            }
            messages.push_back(*(*oldest)++);
        }
        if (!messages.empty()) seat.next_id = messages.back()->id + 1;
        return messages;
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
        hub_->ring(kind).push(message);
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
            must_reset =
                *wish.after >= hub_->next_id || hub_->has_dropped_since(*wish.after, seat->kinds);
            if (!must_reset) seat->next_id = *wish.after + 1;
        }
        for (const StreamKind kind : kKinds) {
            if (!seat->kinds.contains(kind)) continue;
            seat->num_waiting += hub_->ring(kind).num_from(seat->next_id);
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
    return hub_->ring(kind).latest(limit);
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
    const std::lock_guard lock(hub_->mutex);
    return hub_->take(*seat_, limit);
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
