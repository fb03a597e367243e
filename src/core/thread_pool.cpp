#include "core/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <exception>

#include "core/assert.hpp"

namespace attune {

struct ThreadPool::Loop {
    std::size_t count;
    std::size_t chunk;
    const std::function<void(std::size_t, std::size_t, std::size_t)>& body;
    std::atomic<std::size_t> next{0};
    std::mutex mutex{};
    std::exception_ptr failure{};
};

ThreadPool::ThreadPool(std::size_t num_threads) {
    if (num_threads == 0) num_threads = std::max(1U, std::thread::hardware_concurrency());
    // The calling thread is the last worker.
    for (std::size_t i = 0; i + 1 < num_threads; ++i) {
        workers_.emplace_back([this, i] { work(i); });
    }
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run_chunks(Loop& loop, std::size_t thread) {
    try {
        for (;;) {
            const std::size_t begin = loop.next.fetch_add(loop.chunk);
            if (begin >= loop.count) return;
            loop.body(begin, std::min(begin + loop.chunk, loop.count), thread);
        }
    } catch (...) {
        loop.next = loop.count;
        const std::lock_guard lock(loop.mutex);
        if (!loop.failure) loop.failure = std::current_exception();
    }
}

void ThreadPool::work(std::size_t thread) {
    std::size_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return stopping_ || generation_ != seen; });
        if (stopping_) return;
        seen = generation_;
        Loop* loop = loop_;
        lock.unlock();
        run_chunks(*loop, thread);
        lock.lock();
        if (--running_ == 0) done_.notify_one();
    }
}

void ThreadPool::parallel_for(
    std::size_t count, std::size_t chunk,
    const std::function<void(std::size_t, std::size_t, std::size_t)>& body) {
    ATTUNE_ASSERT(chunk > 0);
    if (count == 0) return;
    const std::lock_guard turn(turn_);
    Loop loop{count, chunk, body};
    {
        const std::lock_guard lock(mutex_);
        loop_ = &loop;
        running_ = workers_.size();
        ++generation_;
    }
    wake_.notify_all();
    run_chunks(loop, workers_.size());
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return running_ == 0; });
    lock.unlock();
    if (loop.failure) std::rethrow_exception(loop.failure);
}

}  // namespace attune
