#include "serving/event_service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "serving/state_loader.hpp"
#include "support/failing_database.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

using Fails = FailingDatabase::Fails;

std::size_t num_stored(Database& database) {
    std::size_t count = 0;
    const Status read = database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(count, stores.events().count());
        return {};
    });
    EXPECT_TRUE(read);
    return count;
}

TEST(EventService, TenThousandEventsAreEachInTheVeryNextAnswer) {
    LiveBank bank;
    std::atomic<std::size_t> num_seen{0};
    // Each thread has customers of its own; those that store at once share a flush of the disk.
    constexpr std::uint64_t kThreads = 10;
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            Random random(5 + t);
            std::map<std::string, std::size_t> num_events;  // 6 each were planted
            for (int i = 0; i < 1'000; ++i) {
                const std::string customer =
                    fmt::format("c{:03}", random.below(60 / kThreads) * kThreads + t);
                const auto receipt = bank->events().submit(
                    {LiveBank::event(customer, fmt::format("p{:02}", random.below(16)),
                                     EventType::kView, kLiveNowMs - i)});
                ASSERT_TRUE(receipt) << receipt.error().message;
                // How many events an answer went by stands in its decision.
                const std::string expected =
                    fmt::format("\"num_events\":{},", 6 + ++num_events[customer]);
                const Answer answer = bank.ask(customer);
                if (answer.body->decision_json.find(expected) != std::string::npos) ++num_seen;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(num_seen.load(), 10'000U);
}

TEST(EventService, APurchaseAndADismissalChangeTheList) {
    LiveBank bank;
    const std::string first = bank.ask("c001").body->items[0].product_id;
    ASSERT_TRUE(
        bank->events().submit({LiveBank::event("c001", first, EventType::kDismiss, kLiveNowMs)}));
    for (const ListedItem& item : bank.ask("c001").body->items) EXPECT_NE(item.product_id, first);
}

TEST(EventService, AnEventOfAFastClockCountsInTheNextAnswer) {
    LiveBank bank;
    const std::string first = bank.ask("c001").body->items[0].product_id;
    const std::int64_t now_ms = bank.clock().now().ms;
    Event fast = LiveBank::event("c001", first, EventType::kDismiss, now_ms + 299'000);
    fast.id = "fast";
    ASSERT_EQ(bank->events().submit({fast})->accepted, 1U);
    const Answer answer = bank.ask("c001");
    EXPECT_NE(answer.body->decision_json.find("\"num_events\":7,"), std::string::npos);
    for (const ListedItem& item : answer.body->items) EXPECT_NE(item.product_id, first);
    std::vector<Timestamp> stored;
    EXPECT_TRUE(bank.database().read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto newest, stores.events().newest({.limit = 1}));
        for (const Event& event : newest) stored.push_back(event.time);
        return {};
    }));
    EXPECT_EQ(stored, std::vector{Timestamp{now_ms}});
    // The same one again, as of a later now, is still the same one.
    bank.clock().set({now_ms + 60'000});
    EXPECT_EQ(bank->events().submit({fast})->duplicates, 1U);
    EXPECT_EQ(bank->states().find("c001")->num_events(), 7U);
    // As it stands in the state, it stands in the store.
    const std::uint64_t revision = bank->states().revision();
    NullProgress progress;
    EXPECT_TRUE(load_all_states(bank.database(), bank->states(), bank.clock(), progress));
    EXPECT_EQ(bank->states().revision(), revision);
}

TEST(EventService, DuplicatesChangeNothingAndAreTold) {
    LiveBank bank(LiveBank::Model::kNone);
    Event first = LiveBank::event("c001", "p01", EventType::kLike, kLiveNowMs);
    first.id = "first";
    Event second = first;
    second.id = "second";
    ASSERT_EQ(bank->events().submit({first})->accepted, 1U);
    const auto state = bank->states().find("c001");
    const auto again = bank->events().submit({first});
    EXPECT_EQ(again->accepted, 0U);
    EXPECT_EQ(again->duplicates, 1U);
    EXPECT_EQ(bank->states().find("c001"), state);
    // Among new ones, and of an id that another customer's event has.
    Event stolen = first;
    stolen.customer_id = "c002";
    const auto other = bank->states().find("c002");
    const auto mixed = bank->events().submit({stolen, second, second});
    EXPECT_EQ(mixed->accepted, 1U);
    EXPECT_EQ(mixed->duplicates, 2U);
    EXPECT_EQ(mixed->ids, (std::vector<std::string>{"first", "second", "second"}));
    EXPECT_EQ(bank->states().find("c002"), other);
    EXPECT_EQ(bank->states().find("c001")->num_events(), state->num_events() + 1);
    EXPECT_EQ(bank->stream().latest(StreamKind::kEvent, 10).size(), 2U);
}

TEST(EventService, NamesTheIndexAndFieldOfWhatIsWrongAndStoresNothing) {
    LiveBank bank(LiveBank::Model::kNone);
    const std::size_t before = num_stored(bank.database());
    const Event good = LiveBank::event("c001", "p01", EventType::kLike, kLiveNowMs);
    std::vector<Event> events(5, good);
    events[1].quantity = -1;
    events[2].time = {kLiveNowMs + 400'000};
    events[3].customer_id = "";
    const auto receipt = bank->events().submit(events);
    ASSERT_TRUE(receipt);
    ASSERT_EQ(receipt->problems.size(), 3U);
    EXPECT_EQ(receipt->problems[0].field, "events[1].quantity");
    EXPECT_EQ(receipt->problems[1].field, "events[2].time");
    EXPECT_EQ(receipt->problems[2].field, "events[3].customer_id");

    events = {good, good, good};
    events[0].product_id = "nothing";
    events[2].customer_id = "nobody";
    const auto unknown = bank->events().submit(events);
    ASSERT_TRUE(unknown);
    ASSERT_EQ(unknown->problems.size(), 2U);
    EXPECT_EQ(unknown->problems[0].field, "events[0].product_id");
    EXPECT_EQ(unknown->problems[0].code, ErrorCode::kNotFound);
    EXPECT_EQ(unknown->problems[1].field, "events[2].customer_id");

    EXPECT_EQ(bank->events().submit({}).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(bank->events().submit(std::vector<Event>(1'001, good)).error().code,
              ErrorCode::kLimitExceeded);
    EXPECT_EQ(num_stored(bank.database()), before);
}

TEST(EventService, WhatIsNotStoredIsNeitherAcknowledgedNorCounted) {
    LiveBank bank(LiveBank::Model::kNone);
    FailingDatabase failing(bank.database());
    EventService events(failing, bank->states(), bank->stream(), bank.clock(), {});
    Event event = LiveBank::event("c001", "p01", EventType::kLike, kLiveNowMs);
    event.id = "once";
    const auto state = bank->states().find("c001");
    const std::size_t stored = num_stored(bank.database());
    for (const Fails fails : {Fails::kBeforeWork, Fails::kAtCommit}) {
        failing.set(fails);
        const auto receipt = events.submit({event});
        ASSERT_FALSE(receipt);
        EXPECT_EQ(receipt.error().code, ErrorCode::kUnavailable);
        EXPECT_EQ(bank->states().find("c001"), state);
        EXPECT_EQ(num_stored(bank.database()), stored);
    }
    EXPECT_TRUE(bank->stream().latest(StreamKind::kEvent, 10).empty());
    failing.set(Fails::kNowhere);
    EXPECT_EQ(events.submit({event})->accepted, 1U);
    EXPECT_NE(bank->states().find("c001"), state);
}

TEST(EventService, ReadsWhatClientsSend) {
    const auto document =
        nlohmann::json::parse(R"({"customer_id":"c","product_id":"p","type":"like"})");
    const Event event = event_input_from_json(document, Timestamp{5'000}).value();
    EXPECT_EQ(event.id, "");
    EXPECT_EQ(event.time.ms, 5'000);
    auto whole = document;
    whole["id"] = "mine";
    whole["time"] = "2020-01-01T00:00:00Z";
    EXPECT_EQ(event_input_from_json(whole, {})->id, "mine");
    EXPECT_EQ(event_input_from_json(whole, {})->time, from_calendar_day(2020, 1, 1));
    auto wrong = document;
    wrong["typo"] = 1;
    EXPECT_FALSE(event_input_from_json(wrong, {}));
    EXPECT_FALSE(event_input_from_json(nlohmann::json::array(), {}));
    EXPECT_EQ(feedback_event("d1", "c", "p", "accept")->type, EventType::kPurchase);
    EXPECT_EQ(feedback_event("d1", "c", "p", "dismiss")->context, "decision:d1");
    EXPECT_FALSE(feedback_event("d1", "c", "p", "shrug"));
}

}  // namespace
}  // namespace attune
