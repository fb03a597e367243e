#include "http/workers.hpp"

#include <algorithm>

namespace attune {

std::array<std::size_t, kNumLanes> worker_shares(std::size_t num_workers) {
    constexpr std::size_t kLeftByWriting = 4;
    const std::size_t writing = num_workers > kLeftByWriting ? num_workers - kLeftByWriting : 1;
    const std::size_t left = num_workers > writing ? num_workers - writing : 0;
    std::array<std::size_t, kNumLanes> shares{};
    const auto share_of = [&](Lane lane) -> std::size_t& {
        return shares[static_cast<std::size_t>(lane)];
    };
    share_of(Lane::kReading) = num_workers;
    share_of(Lane::kWriting) = writing;
    share_of(Lane::kSigningIn) = std::max<std::size_t>(left / 2, 1);
    share_of(Lane::kCancelling) = 1;
    return shares;
}

Workers::Workers(std::size_t num_threads, std::size_t max_waiting) : max_waiting_(max_waiting) {
    num_threads = std::max<std::size_t>(num_threads, 1);
    const auto shares = worker_shares(num_threads);
    for (std::size_t i = 0; i < kNumLanes; ++i) queues_[i].share = shares[i];
    for (std::size_t i = 0; i < num_threads; ++i) {
        threads_.emplace_back([this] { serve(); });
    }
}

Workers::~Workers() {
    stop();
}

bool Workers::post(Lane lane, std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        Queue& queue = queues_[static_cast<std::size_t>(lane)];
        if (stopping_ || queue.waiting.size() >= max_waiting_) return false;
        queue.waiting.push_back({num_posted_++, std::move(work)});
    }
    wake_.notify_one();
    return true;
}

void Workers::stop() {
    std::array<std::deque<Waiting>, kNumLanes> dropped;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (std::size_t i = 0; i < kNumLanes; ++i) dropped[i].swap(queues_[i].waiting);
    }
    for (auto& waiting : dropped) waiting.clear();
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

/// The queue of what came first of all that may begin now; null: nothing may. @pre locked
Workers::Queue* Workers::next_queue() {
    Queue* next = nullptr;
    for (Queue& queue : queues_) {
        if (queue.waiting.empty() || queue.num_running >= queue.share) continue;
        const bool is_first =
            next == nullptr || queue.waiting.front().number < next->waiting.front().number;
        if (is_first) next = &queue;
    }
    return next;
}

void Workers::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        Queue* queue = nullptr;
        wake_.wait(lock, [&] {
            queue = next_queue();
            return stopping_ || queue != nullptr;
        });
        if (queue == nullptr) return;
        ++queue->num_running;
        {
            const std::function<void()> work = std::move(queue->waiting.front().work);
            queue->waiting.pop_front();
            lock.unlock();
            work();
        }
        lock.lock();
        --queue->num_running;
    }
}

}  // namespace attune
