// What-if, why-not and replay.
#include "serving/what_if.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "serving/replay.hpp"
#include "serving/why_not.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

using nlohmann::json;

RecommendRequest of(const std::string& customer_id) {
    RecommendRequest request;
    request.customer_id = customer_id;
    return request;
}

TEST(WhatIf, IsWhatWouldComeIfItWereSoAndStoresNothing) {
    LiveBank bank;
    const auto state = bank->states().find("c001");
    const json patch{{"interests", {"travel"}}, {"age", 21}, {"occupation", "student"}};
    std::vector<Event> events;
    for (const char* product : {"p00", "p01", "p02"}) {
        events.push_back(LiveBank::event("c001", product, EventType::kPurchase, kLiveNowMs));
    }
    const WhatIf result = what_if(bank->recommender(), of("c001"), patch, events).value();
    EXPECT_EQ(bank->states().find("c001"), state);
    EXPECT_TRUE(bank->decisions().flush());
    EXPECT_EQ(bank->decisions().num_written(), 0U);
    EXPECT_EQ(result.before->items_json, bank.ask("c001").body->items_json);

    for (Event& event : events) event.id.clear();
    ASSERT_TRUE(bank->customers().patch("c001", patch, {}));
    ASSERT_TRUE(bank->events().submit(events));
    EXPECT_EQ(result.after->items_json, bank.ask("c001").body->items_json);

    EXPECT_FALSE(result.changes.empty());
    const json document = to_json(result);
    for (const json& change : document.at("changes")) {
        const bool in_one =
            !change.at("before_position").is_null() || !change.at("after_position").is_null();
        EXPECT_TRUE(in_one);
        if (!change.at("after_position").is_null()) {
            const auto place = change.at("after_position").get<std::size_t>() - 1;
            EXPECT_EQ(document.at("after")[place].at("product_id"), change.at("product_id"));
        }
    }
}

TEST(WhatIf, RefusesWhatCannotBe) {
    LiveBank bank;
    const auto code = [&](const std::string& id, const json& patch, std::vector<Event> events) {
        return what_if(bank->recommender(), of(id), patch, events).error().code;
    };
    EXPECT_EQ(code("nobody", {}, {}), ErrorCode::kNotFound);
    EXPECT_EQ(code("c001", json{{"age", -4}}, {}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code("c001", json{{"id", "c002"}}, {}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code("c001", json::array({1}), {}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code("c001", {}, {LiveBank::event("c001", "none", EventType::kView, 1)}),
              ErrorCode::kInvalidArgument);
}

TEST(WhyNot, NamesTheRefusalOrThePlaceAndAddsUp) {
    LiveBank bank(LiveBank::Model::kTrained, {"ranking.items=3", "ranking.category_cap=2"});
    const Answer answer = bank.ask("c001");
    const WhyNot shown =
        why_not(bank->recommender(), of("c001"), answer.body->items[1].product_id).value();
    EXPECT_TRUE(shown.shown);
    EXPECT_EQ(shown.position, 2U);
    ASSERT_EQ(shown.better.size(), 1U);
    EXPECT_EQ(shown.better[0].product_id, answer.body->items[0].product_id);
    EXPECT_EQ(shown.score, answer.body->items[1].score);

    std::set<Refusal> refusals;
    std::size_t num_by_place = 0;
    for (int p = 0; p < 16; ++p) {
        const WhyNot why =
            why_not(bank->recommender(), of("c001"), fmt::format("p{:02}", p)).value();
        EXPECT_FALSE(why.text.empty());
        EXPECT_NEAR(total_contribution(why.contributions), why.score, 1e-6);
        if (why.refusal) {
            refusals.insert(*why.refusal);
        } else if (!why.shown) {
            ++num_by_place;
            EXPECT_GT(why.position, 0U);
        }
        EXPECT_EQ(to_json(why).at("shown"), why.shown);
    }
    EXPECT_TRUE(refusals.contains(Refusal::kHeld));
    EXPECT_TRUE(refusals.contains(Refusal::kCategoryCap));
    EXPECT_EQ(why_not(bank->recommender(), of("c001"), "none").error().code, ErrorCode::kNotFound);
}

class Replaying : public testing::Test {
 protected:
    std::string decide(const std::string& customer_id) {
        RecommendRequest request;
        request.filter.boosts = {{"TERM_DEPOSITS", 1.5}};
        request.filter.excluded_ids = {"p05"};
        request.num_items = 4;
        const Answer answer = bank_.ask(customer_id, request);
        EXPECT_TRUE(bank_->decisions().flush());
        bank_.clock().set({bank_.clock().now().ms + 60'000});
        return answer.decision_id;
    }
    json replayed(const std::string& id) {
        auto report = replay(bank_.database(), bank_->recommender(), bank_->models(), id);
        EXPECT_TRUE(report) << report.error().message;
        return *report;
    }

    LiveBank bank_;
};

TEST_F(Replaying, GivesTheSameAlsoWhenTheCustomerHasMovedOn) {
    const std::string id = decide("c001");
    EXPECT_EQ(replayed(id).at("identical"), true);
    ASSERT_TRUE(bank_->customers().patch("c001", json{{"age", 20}, {"interests", nullptr}}, {}));
    ASSERT_TRUE(bank_->events().submit(
        {LiveBank::event("c001", "p09", EventType::kPurchase, bank_.clock().now().ms)}));
    const json report = replayed(id);
    EXPECT_EQ(report.at("identical"), true) << report.at("differences");
    EXPECT_TRUE(report.at("differences").empty()) << report.at("differences");
    EXPECT_EQ(report.at("decision").at("request").at("n"), 4);
    EXPECT_EQ(report.at("replayed").at("items").size(), 4U);
    EXPECT_EQ(replayed(decide("nobody")).at("identical"), true);
}

TEST_F(Replaying, GoesByTheModelOfThenAndSaysWhatDiffers) {
    const std::string id = decide("c001");
    const std::string version = bank_->models().current()->snapshot().version;
    ASSERT_TRUE(bank_->events().submit(
        {LiveBank::event("c003", "p09", EventType::kPurchase, bank_.clock().now().ms)}));
    const std::string newer = bank_.train();
    ASSERT_TRUE(bank_->models().activate(newer));
    EXPECT_EQ(replayed(id).at("identical"), true);

    ASSERT_TRUE(
        bank_->settings().change(json{{"ranking.items", 3}, {"ranking.mmr_lambda", 0.1}}, "test"));
    const json other = replayed(id);
    if (other.at("identical") == false) {
        EXPECT_NE(other.at("differences").dump().find("settings"), std::string::npos);
    }
    // A late event, from before the decision.
    ASSERT_TRUE(bank_->events().submit(
        {LiveBank::event("c001", "p09", EventType::kPurchase, kLiveNowMs - 1'000)}));
    EXPECT_NE(replayed(id).at("differences").dump().find("events"), std::string::npos);

    ASSERT_TRUE(bank_->models().remove(version));
    const json gone = replayed(id);
    EXPECT_EQ(gone.at("identical"), false);
    EXPECT_TRUE(gone.at("replayed").is_null());
    EXPECT_NE(gone.at("differences").dump().find(version), std::string::npos);
    EXPECT_EQ(replay(bank_.database(), bank_->recommender(), bank_->models(), "none").error().code,
              ErrorCode::kNotFound);
}

}  // namespace
}  // namespace attune
