// Run by TSan too: requests, events, changes of models and settings at once.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "serving/state_loader.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

/// Runs `work(thread)` on several threads until each returns.
void on_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < count; ++t) threads.emplace_back([&, t] { work(t); });
    for (std::thread& thread : threads) thread.join();
}

TEST(ServingThreads, StatesAreReadWhileTheyAreWrittenAndRefreshed) {
    LiveBank bank(LiveBank::Model::kNone);
    const std::uint64_t before = bank->states().num_events();
    constexpr int kEvents = 60;
    on_threads(4, [&](std::size_t t) {
        if (t == 0) {
            NullProgress progress;
            for (int i = 0; i < 5; ++i) {
                EXPECT_TRUE(
                    load_all_states(bank.database(), bank->states(), bank.clock(), progress));
            }
            return;
        }
        for (int i = 0; i < kEvents; ++i) {
            const std::string id =
                fmt::format("c{:03}", (t * 7 + static_cast<std::size_t>(i)) % 60);
            const auto receipt = bank->events().submit(
                {LiveBank::event(id, "p01", EventType::kView, kLiveNowMs - i)});
            ASSERT_TRUE(receipt);
            const auto record = bank->states().find(id);
            ASSERT_NE(record, nullptr);
            std::size_t count = 0;
            record->for_each_until(Timestamp{INT64_MAX}, [&](const KnownEvent&) { ++count; });
            EXPECT_EQ(count, record->num_events());
            (void)bank->states().engagement_scores();
        }
    });
    EXPECT_EQ(bank->states().num_events(), before + 3 * kEvents);
    NullProgress progress;
    const std::uint64_t revision = bank->states().revision();
    ASSERT_TRUE(load_all_states(bank.database(), bank->states(), bank.clock(), progress));
    EXPECT_EQ(bank->states().revision(), revision);  // nothing was missing or too much
}

TEST(ServingThreads, ModelsProductsAndSettingsChangeWhileRequestsAreAnswered) {
    LiveBank bank;
    const std::string first = bank->models().current()->snapshot().version;
    const std::string second = bank.train();
    std::atomic<bool> changing{true};
    std::atomic<std::size_t> num_answers{0};
    on_threads(3, [&](std::size_t t) {
        if (t == 0) {
            for (int i = 0; i < 6; ++i) {
                EXPECT_TRUE(bank->models().activate(i % 2 == 0 ? second : first));
                EXPECT_TRUE(
                    bank->settings().change(nlohmann::json{{"ranking.items", 3 + i}}, "test"));
                EXPECT_TRUE(
                    bank->products().patch("p02", nlohmann::json{{"available", i % 2 == 0}}, {}));
            }
            changing.store(false);
            return;
        }
        for (std::size_t i = 0; changing.load() || i < 50; ++i) {
            RecommendRequest request;
            request.customer_id = fmt::format("c{:03}", i % 60);
            const auto answer = bank->recommender().recommend(request);
            ASSERT_TRUE(answer) << answer.error().message;
            EXPECT_FALSE(answer->body->items.empty());
            num_answers.fetch_add(1);
        }
    });
    EXPECT_TRUE(bank->decisions().flush());
    EXPECT_EQ(bank->decisions().num_written(), num_answers.load());
    EXPECT_EQ(bank->models().current()->snapshot().version, first);
}

TEST(ServingThreads, TheStreamLosesNothingForThoseWhoKeepUp) {
    LiveStreamOptions options;
    options.max_waiting_messages = 100'000;
    options.ring_messages = 100'000;
    LiveStream stream(options);
    std::vector<std::shared_ptr<StreamSubscription>> subscriptions;
    for (int i = 0; i < 2; ++i) subscriptions.push_back(stream.subscribe({}).value());
    std::atomic<int> publishing{2};
    std::array<std::vector<std::uint64_t>, 2> seen;
    on_threads(4, [&](std::size_t t) {
        if (t < 2) {
            for (int i = 0; i < 2'000; ++i) stream.publish(StreamKind::kEvent, "{}");
            if (publishing.fetch_sub(1) == 1) stream.close();
            return;
        }
        StreamSubscription& subscription = *subscriptions[t - 2];
        for (;;) {
            const bool over = subscription.ended();
            for (const auto& message : subscription.take(64)) seen[t - 2].push_back(message->id);
            if (over && subscription.take(0).empty() && seen[t - 2].size() == 4'000) break;
            subscription.wait(std::chrono::milliseconds(10));
        }
    });
    for (const auto& ids : seen) {
        ASSERT_EQ(ids.size(), 4'000U);
        for (std::size_t i = 1; i < ids.size(); ++i) ASSERT_EQ(ids[i], ids[i - 1] + 1);
    }
}

}  // namespace
}  // namespace attune
