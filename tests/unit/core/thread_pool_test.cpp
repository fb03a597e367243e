#include "core/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace attune {
namespace {

TEST(ThreadPool, CoversEveryPositionOnce) {
    ThreadPool pool(4);
    EXPECT_EQ(pool.num_threads(), 4U);
    for (const std::size_t count : {0UL, 1UL, 7UL, 1000UL}) {
        std::vector<std::atomic<int>> visits(count);
        pool.parallel_for(count, 3, [&](std::size_t begin, std::size_t end, std::size_t thread) {
            ASSERT_LT(thread, 4U);
            ASSERT_LE(end - begin, 3U);
            for (std::size_t i = begin; i < end; ++i) ++visits[i];
        });
        for (const auto& visit : visits) EXPECT_EQ(visit, 1);
    }
}

TEST(ThreadPool, RethrowsTheFirstExceptionAndStaysUsable) {
    ThreadPool pool(3);
    EXPECT_THROW(pool.parallel_for(100, 1,
                                   [](std::size_t begin, std::size_t, std::size_t) {
                                       if (begin == 50) throw std::runtime_error("body failed");
                                   }),
                 std::runtime_error);
    std::atomic<int> sum{0};
    pool.parallel_for(10, 1, [&](std::size_t begin, std::size_t, std::size_t) {
        sum += static_cast<int>(begin);
    });
    EXPECT_EQ(sum, 45);
}

TEST(ThreadPool, LetsSeveralCallersTakeTurns) {
    ThreadPool pool(2);
    std::atomic<int> sum{0};
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                pool.parallel_for(8, 1, [&](std::size_t, std::size_t, std::size_t) { ++sum; });
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(sum, 4 * 50 * 8);
}

TEST(ThreadPool, OneThreadRunsInTheCaller) {
    ThreadPool pool(1);
    const auto caller = std::this_thread::get_id();
    pool.parallel_for(5, 2, [&](std::size_t, std::size_t, std::size_t) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
    });
}

}  // namespace
}  // namespace attune
