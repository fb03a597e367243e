#include "http/workers.hpp"

#include <algorithm>

namespace attune {

Workers::Workers(std::size_t num_threads, std::size_t max_waiting) : max_waiting_(max_waiting) {
    for (std::size_t i = 0; i < std::max<std::size_t>(num_threads, 1); ++i) {
        threads_.emplace_back([this] { serve(); });
    }
}

Workers::~Workers() {
    stop();
}

bool Workers::post(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= max_waiting_) return false;
        waiting_.push_back(std::move(work));
    }
    wake_.notify_one();
    return true;
}

void Workers::stop() {
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(waiting_);
    }
    dropped.clear();
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

std::size_t Workers::num_waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void Workers::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const std::function<void()> work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace attune
