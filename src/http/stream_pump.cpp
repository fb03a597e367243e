#include "http/stream_pump.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace attune {
namespace {

constexpr std::size_t kMostMessages = 200;  // in one piece
constexpr std::chrono::seconds kBeat{15};   // proxies cut connections that are silent for longer

using SteadyTime = std::chrono::steady_clock::time_point;

}  // namespace

struct StreamPump::Listener {
    std::shared_ptr<BodyWriter> writer;
    std::shared_ptr<StreamSubscription> subscription;
    StreamPump* pump = nullptr;
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
            self->pump->wake();
        });
    }
};

StreamPump::StreamPump() : thread_([this] { work(); }) {}

StreamPump::~StreamPump() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void StreamPump::add(std::shared_ptr<BodyWriter> writer,
                     std::shared_ptr<StreamSubscription> subscription) {
    auto listener = std::make_shared<Listener>();
    listener->writer = std::move(writer);
    listener->subscription = std::move(subscription);
    listener->pump = this;
    {
        const std::lock_guard lock(mutex_);
        added_.push_back(std::move(listener));
        dirty_ = true;
    }
    changed_.notify_all();
}

void StreamPump::wake() {
    {
        const std::lock_guard lock(mutex_);
        dirty_ = true;
    }
    changed_.notify_all();
}

/// False when the listener is done with.
bool StreamPump::serve(const std::shared_ptr<Listener>& listener) {
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
    const bool silent = std::chrono::steady_clock::now() - listener->last_write >= kBeat;
    if (piece.empty() && silent) piece = ": still here\n\n";
    if (!piece.empty()) listener->write(listener, std::move(piece));
    return true;
}

void StreamPump::work() {
    std::vector<std::shared_ptr<Listener>> listeners;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        changed_.wait_for(lock, std::chrono::seconds(1), [&] { return dirty_ || stopping_; });
        dirty_ = false;
        for (auto& listener : added_) listeners.push_back(std::move(listener));
        added_.clear();
        lock.unlock();
        std::erase_if(listeners, [](const auto& listener) { return !serve(listener); });
        lock.lock();
    }
    lock.unlock();
    // A piece that is still being written tells the pump when it has left: wait for that.
    for (const auto& listener : listeners) {
        while (listener->writing) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        listener->writer->finish();
    }
}

}  // namespace attune
