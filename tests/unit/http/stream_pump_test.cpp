#include "http/stream_pump.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace attune {
namespace {

using std::chrono::milliseconds;

/// Keeps what is written; pieces leave at once, or when it is told so.
class KeptBody final : public BodyWriter {
 public:
    void write(std::string piece, std::function<void(bool ok)> written) override {
        const std::lock_guard lock(mutex_);
        text_ += piece;
        if (stuck_) {
            waiting_ = std::move(written);
        } else {
            written(true);
        }
    }
    void finish() override { finished_ = true; }

    void get_stuck() {
        const std::lock_guard lock(mutex_);
        stuck_ = true;
    }
    /// What is on its way leaves.
    void leave() {
        const std::lock_guard lock(mutex_);
        if (waiting_) waiting_(true);
        waiting_ = nullptr;
    }
    [[nodiscard]] bool is_stuck() {
        const std::lock_guard lock(mutex_);
        return waiting_ != nullptr;
    }
    [[nodiscard]] std::string text() {
        const std::lock_guard lock(mutex_);
        return text_;
    }
    [[nodiscard]] bool finished() const { return finished_; }

 private:
    std::mutex mutex_;
    std::string text_;
    bool stuck_ = false;
    std::function<void(bool ok)> waiting_;
    std::atomic<bool> finished_{false};
};

class StreamPumpTest : public ::testing::Test {
 protected:
    std::shared_ptr<StreamSubscription> subscribe() {
        LiveStream::Wish wish;
        wish.wake = [this] { pump_.wake(); };
        return stream_.subscribe(std::move(wish)).value();
    }
    template <typename Condition>
    static void wait_for(const Condition& condition) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!condition() && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(milliseconds(1));
        }
        EXPECT_TRUE(condition());
    }

    LiveStream stream_{LiveStreamOptions{}};
    StreamPump pump_{{.beat = milliseconds(20), .check = milliseconds(20)}};
};

TEST_F(StreamPumpTest, WritesMessagesAndBeats) {
    const auto body = std::make_shared<KeptBody>();
    pump_.add(body, subscribe(), [] { return true; });
    stream_.publish(StreamKind::kEvent, "{\"a\":1}");
    wait_for([&] {
        return body->text().find("event: event\ndata: {\"a\":1}\n\n") != std::string::npos;
    });
    wait_for([&] { return body->text().find(": still here") != std::string::npos; });
    EXPECT_FALSE(body->finished());
    stream_.close();
    wait_for([&] { return body->finished(); });
}

TEST_F(StreamPumpTest, EndsForWhoMayNotListenAnyMoreAndForNobodyElse) {
    std::atomic<bool> may_listen{true};
    const auto body = std::make_shared<KeptBody>();
    const auto other = std::make_shared<KeptBody>();
    pump_.add(body, subscribe(), [&] { return may_listen.load(); });
    pump_.add(other, subscribe(), [] { return true; });
    wait_for([&] { return body->text().find(": still here") != std::string::npos; });
    EXPECT_FALSE(body->finished());
    may_listen = false;
    wait_for([&] { return body->finished(); });
    EXPECT_FALSE(other->finished());
    EXPECT_EQ(stream_.num_subscribers(), 1U);
}

TEST_F(StreamPumpTest, StoppingEndsAllAndWaitsForNobody) {
    const auto stuck = std::make_shared<KeptBody>();
    stuck->get_stuck();
    const auto idle = std::make_shared<KeptBody>();
    pump_.add(stuck, subscribe(), [] { return true; });
    pump_.add(idle, subscribe(), [] { return true; });
    wait_for([&] { return stuck->is_stuck() && !idle->text().empty(); });
    pump_.stop();
    EXPECT_TRUE(stuck->finished());
    EXPECT_TRUE(idle->finished());
    const auto late = std::make_shared<KeptBody>();
    pump_.add(late, nullptr, [] { return true; });
    EXPECT_TRUE(late->finished());
    stuck->leave();
}

}  // namespace
}  // namespace attune
