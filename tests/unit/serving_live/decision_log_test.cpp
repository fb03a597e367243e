#include "serving/decision_log.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "serving/replay.hpp"
#include "support/failing_database.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

std::vector<Decision> stored(LiveBank& bank, const NewestFirst& page = {}) {
    std::vector<Decision> decisions;
    const Status read = bank.database().read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(decisions, stores.decisions().list(page));
        return {};
    });
    EXPECT_TRUE(read) << read.error().message;
    return decisions;
}

TEST(DecisionLog, KeepsEveryAnswerSoThatItCanBeLookedAt) {
    LiveBank bank;
    RecommendRequest request;
    request.num_items = 3;
    request.filter.categories = {"TERM_DEPOSITS"};
    const Answer first = bank.ask("c001", request);
    const Answer second = bank.ask("nobody");
    EXPECT_LT(first.decision_id, second.decision_id);
    EXPECT_TRUE(bank->decisions().flush());
    const std::vector<Decision> decisions = stored(bank);
    ASSERT_EQ(decisions.size(), 2U);
    const nlohmann::json document = to_json(decisions[1]).value();
    EXPECT_EQ(document.at("id"), first.decision_id);
    EXPECT_EQ(document.at("customer_id"), "c001");
    EXPECT_EQ(document.at("purpose"), "personalization");
    EXPECT_EQ(document.at("model_version"), bank->models().current()->snapshot().version);
    EXPECT_EQ(document.at("request").at("categories"), nlohmann::json{"TERM_DEPOSITS"});
    EXPECT_EQ(document.at("items").size(), 3U);
    EXPECT_EQ(document.at("items")[0].at("product_id"), first.body->items[0].product_id);
    EXPECT_EQ(document.at("state").at("profile").at("occupation"), "retired");
    EXPECT_TRUE(document.at("latency_us").is_number());
    EXPECT_TRUE(document.at("stages").contains("allowed"));
    EXPECT_EQ(bank->stream().latest(StreamKind::kDecision, 5).size(), 2U);
    ASSERT_TRUE(bank->customers().remove("c001", {}));
    EXPECT_EQ(stored(bank).size(), 1U);  // removal takes decisions along
}

TEST(DecisionLog, StoresTheDocumentOfAnAnswerOnceADay) {
    LiveBank bank;
    const Answer first = bank.ask("c001");
    const Answer second = bank.ask("c001");
    ASSERT_TRUE(second.cached);
    EXPECT_TRUE(bank->decisions().flush());
    Answer tomorrow = second;
    tomorrow.decision_id += "-tomorrow";
    tomorrow.time.ms += kMostAgeOfRepeatedMs;
    ASSERT_TRUE(bank->decisions().record(tomorrow));
    EXPECT_TRUE(bank->decisions().flush());
    const std::vector<Decision> decisions = stored(bank);  // newest first
    ASSERT_EQ(decisions.size(), 3U);
    EXPECT_EQ(decisions[0].same_as, "");
    EXPECT_EQ(decisions[1].same_as, first.decision_id);
    EXPECT_EQ(decisions[2].same_as, "");
    EXPECT_TRUE(decisions[1].cached);
    EXPECT_FALSE(decisions[2].cached);
    EXPECT_EQ(decisions[0].document, decisions[2].document);
    EXPECT_EQ(decisions[1].document, decisions[2].document);
    EXPECT_EQ(to_json(decisions[1]).value().at("latency_us"), second.latency_us);
}

TEST(DecisionLog, ShedsWhenItIsFullAndSaysSo) {
    LiveBank bank;
    FailingDatabase failing(bank.database());
    std::vector<std::string> alerts;
    const Answer answer = bank.ask("c001");
    EXPECT_TRUE(bank->decisions().flush());
    // The store refuses, so that the first batch is tried again and again while others come.
    failing.set(FailingDatabase::Fails::kBeforeWork);
    DecisionLog log(failing, bank->stream(), bank.clock(),
                    {.max_waiting = 3, .per_write = 1, .most_wait_for_room = {}},
                    [&](const std::string& text) { alerts.push_back(text); });
    std::size_t num_kept = 0;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) num_kept += log.record(answer) ? 1 : 0;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    EXPECT_LE(num_kept, 4U);
    EXPECT_GE(log.num_lost(), 96U);
    EXPECT_LT(seconds, 0.5);  // nobody waited for the store
    failing.set(FailingDatabase::Fails::kNowhere);
    while (!log.flush()) std::this_thread::yield();
    EXPECT_EQ(log.num_written() + log.num_lost(), 100U);
    EXPECT_EQ(log.num_written(), num_kept);
    ASSERT_FALSE(alerts.empty());
    EXPECT_NE(alerts[0].find("lost"), std::string::npos);
    log.stop();
    EXPECT_FALSE(log.record(answer));
}

TEST(DecisionLog, MakesThoseWaitWhoAreFasterThanTheStore) {
    LiveBank bank;
    std::atomic<int> num_alerts{0};
    const Answer answer = bank.ask("c001");
    EXPECT_TRUE(bank->decisions().flush());
    DecisionLog log(bank.database(), bank->stream(), bank.clock(),
                    {.max_waiting = 4, .per_write = 2, .most_wait_for_room = std::chrono::hours(1)},
                    [&](const std::string&) { ++num_alerts; });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                Answer own = answer;
                own.decision_id = fmt::format("decision-{}-{}", t, i);
                EXPECT_TRUE(log.record(std::move(own)));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(log.flush());
    EXPECT_EQ(log.num_lost(), 0U);
    EXPECT_EQ(log.num_written(), 200U);
    EXPECT_EQ(num_alerts, 0);
}

TEST(DecisionLog, OnlyOneWaitsInVainForAStoreThatIsBusy) {
    LiveBank bank;
    const Answer answer = bank.ask("c001");
    EXPECT_TRUE(bank->decisions().flush());
    // The writer is held, as by an import, and refuses nothing.
    std::promise<void> begun;
    std::promise<void> over;
    std::thread import([&] {
        EXPECT_TRUE(bank.database().write([&](Stores&) -> Status {
            begun.set_value();
            over.get_future().wait();
            return {};
        }));
    });
    begun.get_future().wait();
    DecisionLog log(
        bank.database(), bank->stream(), bank.clock(),
        {.max_waiting = 4, .per_write = 2, .most_wait_for_room = std::chrono::seconds(1)},
        [](const std::string&) {});
    const auto start = std::chrono::steady_clock::now();
    std::size_t num_kept = 0;
    for (int i = 0; i < 100; ++i) num_kept += log.record(answer) ? 1 : 0;
    // The first that finds no room waits a second, and another after the first two were taken out.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
    EXPECT_LE(num_kept, 6U);
    over.set_value();
    import.join();
    EXPECT_TRUE(log.flush());
    EXPECT_EQ(log.num_written(), num_kept);
    EXPECT_EQ(log.num_lost(), 100U - num_kept);
    EXPECT_TRUE(log.record(answer)) << "there is room again";
}

Answer answer_of(std::shared_ptr<const AnswerBody> body) {
    Answer answer;
    answer.body = std::move(body);
    answer.decision_id = "decision";
    return answer;
}

std::shared_ptr<const AnswerBody> body_of(std::size_t bytes) {
    auto body = std::make_shared<AnswerBody>();
    body->decision_json.assign(bytes, 'x');
    return body;
}

TEST(DecisionQueue, IsFullByNumberAndByBytes) {
    DecisionQueue few({2, 1 << 20});
    EXPECT_TRUE(few.push(answer_of(body_of(1))));
    EXPECT_TRUE(few.push(answer_of(body_of(1))));
    EXPECT_FALSE(few.push(answer_of(body_of(1))));
    DecisionQueue small({1'000, 100'000});
    std::size_t num_kept = 0;
    for (int i = 0; i < 20; ++i) num_kept += small.push(answer_of(body_of(30'000))) ? 1 : 0;
    EXPECT_EQ(num_kept, 3U);
    EXPECT_GT(small.num_bytes(), 90'000U);
    EXPECT_LE(small.num_bytes(), 100'000U);
    EXPECT_EQ(small.take(10, SIZE_MAX).size(), 3U);
    EXPECT_EQ(small.num_bytes(), 0U);
    // What is too large for it waits alone rather than never.
    EXPECT_TRUE(small.push(answer_of(body_of(1 << 20))));
    EXPECT_FALSE(small.push(answer_of(body_of(1))));
}

TEST(DecisionQueue, CountsABodyThatAnswersShareOnce) {
    DecisionQueue queue({1'000, 100'000});
    const auto shared = body_of(60'000);
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.push(answer_of(shared)));
    EXPECT_FALSE(queue.push(answer_of(body_of(60'000))));
    EXPECT_EQ(queue.take(99, SIZE_MAX).size(), 99U);
    EXPECT_GT(queue.num_bytes(), 60'000U);
    EXPECT_EQ(queue.take(99, SIZE_MAX).size(), 1U);
    EXPECT_EQ(queue.num_bytes(), 0U);
    EXPECT_TRUE(queue.push(answer_of(body_of(60'000))));
}

TEST(DecisionQueue, GivesOutNoMoreDocumentsThanThereIsRoomFor) {
    DecisionQueue queue({1'000, 1 << 20});
    const auto shared = body_of(1'000);
    for (int i = 0; i < 10; ++i) queue.push(answer_of(shared));
    EXPECT_EQ(queue.take(100, 3'500).size(), 3U);
    EXPECT_EQ(queue.take(2, 3'500).size(), 2U);
    EXPECT_EQ(queue.take(100, 10).size(), 1U);  // one in any case
    EXPECT_EQ(queue.size(), 4U);
}

TEST(DecisionLog, ShedsWhenWhatWaitsTakesTooMuchMemory) {
    LiveBank bank;
    FailingDatabase failing(bank.database());
    std::vector<std::string> alerts;
    failing.set(FailingDatabase::Fails::kBeforeWork);
    DecisionLog log(failing, bank->stream(), bank.clock(), {1'000, 1, 100'000},
                    [&](const std::string& text) { alerts.push_back(text); });
    std::size_t num_kept = 0;
    for (int i = 0; i < 50; ++i) num_kept += log.record(answer_of(body_of(30'000))) ? 1 : 0;
    EXPECT_LE(num_kept, 4U);  // three, and one that is being written
    EXPECT_EQ(log.num_lost(), 50U - num_kept);
    EXPECT_FALSE(alerts.empty());
}

TEST(DecisionLog, WaitsWhileTheStoreTakesNoWritesAndLosesNothing) {
    LiveBank bank;
    FailingDatabase failing(bank.database());
    std::vector<std::string> alerts;
    std::vector<Answer> answers;
    for (int i = 0; i < 20; ++i) answers.push_back(bank.ask(fmt::format("c{:03}", i)));
    EXPECT_TRUE(bank->decisions().flush());
    ASSERT_TRUE(bank.database().write([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.decisions().purge(Timestamp{INT64_MAX}, 1'000));
        return {};
    }));
    DecisionLog log(failing, bank->stream(), bank.clock(), {100, 5},
                    [&](const std::string& text) { alerts.push_back(text); });
    for (const auto fails :
         {FailingDatabase::Fails::kBeforeWork, FailingDatabase::Fails::kAtCommit}) {
        failing.set(fails);
        for (const Answer& answer : answers) EXPECT_TRUE(log.record(answer));
        // Whoever waits is told, instead of waiting for as long as the disk is full.
        const Status flushed = log.flush();
        ASSERT_FALSE(flushed);
        EXPECT_EQ(flushed.error().code, ErrorCode::kUnavailable);
        failing.set(FailingDatabase::Fails::kNowhere);
        while (!log.flush()) std::this_thread::yield();
        EXPECT_EQ(stored(bank, {.limit = 1'000}).size(), 20U);
    }
    EXPECT_EQ(log.num_lost(), 0U);
    EXPECT_EQ(log.num_written(), 40U);
    EXPECT_TRUE(alerts.empty());
}

TEST(DecisionLog, AStopDoesNotWaitForAStoreThatTakesNoWrites) {
    LiveBank bank;
    FailingDatabase failing(bank.database());
    std::vector<std::string> alerts;
    DecisionLog log(failing, bank->stream(), bank.clock(), {100, 5},
                    [&](const std::string& text) { alerts.push_back(text); });
    const Answer answer = bank.ask("c001");
    EXPECT_TRUE(bank->decisions().flush());
    failing.set(FailingDatabase::Fails::kBeforeWork);
    for (int i = 0; i < 12; ++i) EXPECT_TRUE(log.record(answer));
    const auto start = std::chrono::steady_clock::now();
    log.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    EXPECT_EQ(log.num_lost(), 12U);
    EXPECT_FALSE(alerts.empty());
}

TEST(DecisionLog, ACustomerIsNotRemovedWhileDecisionsAboutThemStillWait) {
    LiveBank bank;
    CustomerService customers(bank.database(), bank->states(), bank.clock(), [] {
        return Status(fail(ErrorCode::kUnavailable, "the disk is full"));
    });
    EXPECT_EQ(customers.remove("c001", {}).error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(bank.database().read([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.customers().get("c001"));
        return {};
    }));
}

TEST(DecisionLog, ADecisionThatComesAfterTheRemovalOfItsCustomerIsLeftOut) {
    LiveBank bank;
    // While the removal is under way its state is still there, and requests are answered.
    ASSERT_TRUE(bank->customers().remove("c001", [&](const Customer&) -> Status {
        (void)bank.ask("c001");
        (void)bank.ask("c001");
        (void)bank.ask("nobody");
        (void)bank.ask("c002");
        return {};
    }));
    EXPECT_TRUE(bank->decisions().flush());
    std::vector<std::string> customers;
    for (const Decision& decision : stored(bank)) customers.push_back(decision.customer_id);
    EXPECT_EQ(customers, (std::vector<std::string>{"c002", "nobody"}));
    EXPECT_EQ(bank->decisions().num_left_out(), 2U);
    EXPECT_EQ(bank->decisions().num_written(), 2U);
    EXPECT_EQ(bank->decisions().num_lost(), 0U);
    EXPECT_EQ(bank->stream().latest(StreamKind::kDecision, 9).size(), 2U);
    // A visitor from now on, of whom decisions are kept.
    EXPECT_FALSE(bank.ask("c001").body->known);
    EXPECT_TRUE(bank->decisions().flush());
    EXPECT_EQ(stored(bank).size(), 3U);
}

TEST(DecisionLog, WhatIsLeftOutIsNoDocumentOfOthers) {
    LiveBank bank;
    const Answer first = bank.ask("c001");
    const Answer second = bank.ask("c001");
    ASSERT_EQ(first.body, second.body);
    EXPECT_TRUE(bank->decisions().flush());
    // Beside the service, whose state of the customer stays; then the customer is there again.
    ASSERT_TRUE(bank.database().write(
        [](Stores& stores) -> Status { return stores.customers().remove("c001"); }));
    ASSERT_EQ(bank.ask("c001").body, first.body);
    EXPECT_TRUE(bank->decisions().flush());
    EXPECT_TRUE(stored(bank).empty());
    const Customer customer = planted_customer(1);
    ASSERT_TRUE(bank.database().write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.customers().put({&customer, 1}));
        return {};
    }));
    ASSERT_EQ(bank.ask("c001").body, first.body);
    EXPECT_TRUE(bank->decisions().flush());
    const std::vector<Decision> decisions = stored(bank);
    ASSERT_EQ(decisions.size(), 1U);
    EXPECT_EQ(decisions[0].same_as, "");
    EXPECT_EQ(decisions[0].document, first.body->decision_json);
}

TEST(DecisionLog, StoresWhatWaitsWhenItStops) {
    LiveBank bank;
    for (int i = 0; i < 200; ++i) (void)bank.ask(fmt::format("c{:03}", i % 60));
    bank->stop();
    EXPECT_EQ(stored(bank, {.limit = 1'000}).size(), 200U);
    bank->stop();
}

}  // namespace
}  // namespace attune
