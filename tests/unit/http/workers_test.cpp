#include "http/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace attune {
namespace {

TEST(Workers, StoppingFinishesWhatHasBegunAndDropsWhatWaits) {
    Workers workers(1, 10);
    std::promise<void> begun;
    std::promise<void> go_on;
    std::atomic<bool> finished{false};
    std::atomic<bool> second_done{false};
    workers.post(Lane::kReading, [&] {
        begun.set_value();
        go_on.get_future().wait();
        finished = true;
    });
    begun.get_future().wait();
    auto kept = std::make_shared<int>(0);
    const std::weak_ptr<int> dropped = kept;
    workers.post(Lane::kReading, [&second_done, kept = std::move(kept)] { second_done = true; });
    std::thread stopping([&] { workers.stop(); });
    while (!dropped.expired()) std::this_thread::yield();
    EXPECT_FALSE(finished);
    go_on.set_value();
    stopping.join();
    EXPECT_TRUE(finished);
    EXPECT_FALSE(second_done);
    EXPECT_FALSE(workers.post(Lane::kReading, [] {}));
}

}  // namespace
}  // namespace attune
