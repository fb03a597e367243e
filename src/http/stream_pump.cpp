#include "http/stream_pump.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>

namespace attune {
namespace {

constexpr std::size_t kMostMessages = 200;  // in one piece

using SteadyTime = std::chrono::steady_clock::time_point;

}  // namespace

/// Says that there is something to do. Pieces that are on their way keep it, and may arrive after
/// the pump is gone.
struct StreamPump::Signal {
    std::mutex mutex;
    std::condition_variable changed;
    bool dirty = false;
    bool stopping = false;

    void wake() {
        {
            const std::lock_guard lock(mutex);
            dirty = true;
        }
        changed.notify_all();
    }
};

struct StreamPump::Listener {
    std::shared_ptr<BodyWriter> writer;
    std::shared_ptr<StreamSubscription> subscription;
    MayListen may_listen;
    std::shared_ptr<Signal> signal;
    std::atomic<bool> writing{false};
    std::atomic<bool> gone{false};
    bool greeted = false;
    SteadyTime last_write{};

    void write(const std::shared_ptr<Listener>& self, std::string piece) {
        writing = true;
        last_write = std::chrono::steady_clock::now();
        writer->write(std::move(piece), [self](bool ok) {
            if (!ok) self->gone = true;
            self->writing = false;
            self->signal->wake();
        });
    }
};

StreamPump::StreamPump(Times times)
    : times_(times),
      signal_(std::make_shared<Signal>()),
      checker_([this] { check(); }),
      writer_([this] { work(); }) {}

StreamPump::~StreamPump() {
    stop();
}

void StreamPump::stop() {
    {
        const std::lock_guard lock(signal_->mutex);
        if (signal_->stopping) return;
        signal_->stopping = true;
    }
    signal_->changed.notify_all();
    stopped_.notify_all();
    checker_.join();
    writer_.join();
}

void StreamPump::add(std::shared_ptr<BodyWriter> writer,
                     std::shared_ptr<StreamSubscription> subscription, MayListen may_listen) {
    auto listener = std::make_shared<Listener>();
    listener->writer = std::move(writer);
    listener->subscription = std::move(subscription);
    listener->may_listen = std::move(may_listen);
    listener->signal = signal_;
    {
        const std::lock_guard lock(signal_->mutex);
        if (!signal_->stopping) {
            checked_.push_back(listener);
            added_.push_back(std::move(listener));
            signal_->dirty = true;
        }
    }
    if (listener != nullptr) return listener->writer->finish();
    signal_->changed.notify_all();
}

void StreamPump::wake() {
    signal_->wake();
}

/// False when the listener is done with.
bool StreamPump::serve(const std::shared_ptr<Listener>& listener) const {
    if (listener->writing) return true;
    if (listener->gone) {
        listener->writer->finish();
        return false;
    }
    std::string piece;
    if (!listener->greeted) {
        listener->greeted = true;
        piece = "retry: 3000\n\n";
        if (listener->subscription->must_reset()) piece += "event: reset\ndata: {}\n\n";
    }
    for (const auto& message : listener->subscription->take(kMostMessages)) {
        piece += fmt::format("id: {}\nevent: {}\ndata: {}\n\n", message->id,
                             stream_kind_name(message->kind), message->data);
    }
    if (piece.empty() && listener->subscription->ended()) {
        listener->writer->finish();
        return false;
    }
    const bool silent = std::chrono::steady_clock::now() - listener->last_write >= times_.beat;
    if (piece.empty() && silent) piece = ": still here\n\n";
    if (!piece.empty()) listener->write(listener, std::move(piece));
    return true;
}

void StreamPump::work() {
    std::vector<std::shared_ptr<Listener>> listeners;
    std::unique_lock lock(signal_->mutex);
    while (!signal_->stopping) {
        signal_->changed.wait_for(lock, std::chrono::seconds(1),
                                  [&] { return signal_->dirty || signal_->stopping; });
        signal_->dirty = false;
        for (auto& listener : added_) listeners.push_back(std::move(listener));
        added_.clear();
        lock.unlock();
        std::erase_if(listeners, [this](const auto& listener) { return !serve(listener); });
        lock.lock();
    }
    for (auto& listener : added_) listeners.push_back(std::move(listener));
    added_.clear();
    lock.unlock();
    for (const auto& listener : listeners) listener->writer->finish();
}

void StreamPump::check() {
    std::unique_lock lock(signal_->mutex);
    while (!stopped_.wait_for(lock, times_.check, [&] { return signal_->stopping; })) {
        std::erase_if(checked_, [](const auto& listener) { return listener.expired(); });
        const auto listeners = checked_;
        lock.unlock();
        bool any_gone = false;
        for (const auto& weak : listeners) {
            const auto listener = weak.lock();
            if (listener == nullptr || listener->may_listen()) continue;
            listener->gone = true;
            any_gone = true;
        }
        if (any_gone) signal_->wake();
        lock.lock();
    }
}

}  // namespace attune
