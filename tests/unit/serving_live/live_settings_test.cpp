#include "serving/live_settings.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/failing_database.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

using nlohmann::json;

SettingState state_of(LiveBank& bank, const std::string& key) {
    for (SettingState& state : bank->settings().list()) {
        if (state.key == key) return std::move(state);
    }
    ADD_FAILURE() << "no setting " << key;
    return {};
}

TEST(LiveSettings, AreInForceAtOnceAndAfterARestart) {
    LiveBank bank;
    EXPECT_EQ(bank.ask("c001").body->items.size(), 6U);
    const std::uint64_t generation = bank->settings().generation();
    ASSERT_TRUE(
        bank->settings().change(json{{"ranking.items", 3}, {"events.weight_view", 0.7}}, "anna"));
    EXPECT_EQ(bank.ask("c001").body->items.size(), 3U);
    EXPECT_EQ(bank->states().engagement_weights().view, 0.7);
    EXPECT_GT(bank->settings().generation(), generation);
    bank.open();
    EXPECT_EQ(bank.ask("c001").body->items.size(), 3U);
    EXPECT_EQ(bank->states().engagement_weights().view, 0.7);
    const SettingState changed = state_of(bank, "ranking.items");
    EXPECT_EQ(changed.value, 3);
    EXPECT_EQ(changed.default_value, 10);
    EXPECT_EQ(changed.changed_by, "anna");
    EXPECT_TRUE(changed.changed_at);
    EXPECT_EQ(changed.type, "integer");
    EXPECT_EQ(changed.minimum, 1);
    EXPECT_TRUE(changed.editable);
    EXPECT_FALSE(state_of(bank, "storage.database").editable);
    ASSERT_TRUE(bank->settings().change(json{{"ranking.items", nullptr}}, "anna"));
    EXPECT_EQ(bank.ask("c001").body->items.size(), 6U);
    EXPECT_FALSE(state_of(bank, "ranking.items").changed_at);
}

TEST(LiveSettings, WhatCannotBeChangesNothing) {
    LiveBank bank;
    const auto refused = [&](const json& patch, ErrorCode code) {
        const Status status = bank->settings().change(patch, "anna");
        ASSERT_FALSE(status) << patch;
        EXPECT_EQ(status.error().code, code) << patch << ": " << status.error().message;
    };
    const auto before = bank->models().current();
    refused(json{{"ranking.items", 4}, {"ranking.itmes", 3}}, ErrorCode::kInvalidArgument);
    refused(json{{"ranking.items", 0}}, ErrorCode::kInvalidArgument);
    refused(json{{"ranking.items", "many"}}, ErrorCode::kInvalidArgument);
    refused(json{{"ranking.items", json::array()}}, ErrorCode::kInvalidArgument);
    refused(json::array(), ErrorCode::kInvalidArgument);
    refused(json{{"ranking.one_of_category", "YACHTS"}}, ErrorCode::kInvalidArgument);
    refused(json{{"ranking.refuse_unknown", "shoe_size"}}, ErrorCode::kInvalidArgument);
    refused(json{{"explain.said_fields", "age"}}, ErrorCode::kInvalidArgument);
    refused(json{{"blend.weights", "als=1"}}, ErrorCode::kInvalidArgument);  // not trained
    refused(json{{"storage.database", "sqlite:x"}}, ErrorCode::kForbidden);
    refused(json{{"training.seed", 2}}, ErrorCode::kForbidden);
    EXPECT_EQ(bank->models().current(), before);
    EXPECT_EQ(state_of(bank, "ranking.items").value, 10);
}

TEST(LiveSettings, WeightsOfTheBlendAreThoseThatAreSet) {
    LiveBank bank;
    ASSERT_TRUE(
        bank->settings().change(json{{"blend.weights", "popularity=3, content=1"}}, "anna"));
    const auto& blend = bank->models().current()->snapshot().blend;
    ASSERT_NE(blend, nullptr);
    for (const BlendComponent& component : blend->components()) {
        const double expected = component.model->name() == "popularity" ? 0.75
                                : component.model->name() == "content"  ? 0.25
                                                                        : 0;
        EXPECT_NEAR(component.weight, expected, 1e-12) << component.model->name();
    }
    ASSERT_TRUE(bank->settings().change(json{{"blend.weights", nullptr}}, "anna"));
    EXPECT_EQ(bank->models().current()->snapshot().blend, bank->models().current()->trained->blend);
}

Status store_override(LiveBank& bank, const std::string& key, const std::string& value) {
    return bank.database().write([&](Stores& stores) -> Status {
        return stores.settings().put({key, value, bank.clock().now(), "anna"});
    });
}

TEST(LiveSettings, WhatTheProductsDoNotSuitAnyMoreIsLeftOutAtTheStart) {
    LiveBank bank;
    Product yacht = planted_product(3, 16);
    yacht.id = "yacht";
    yacht.category = "YACHTS";
    ASSERT_TRUE(bank->products().create(yacht));
    bank->models().wait_for_rebind();
    ASSERT_TRUE(bank->settings().change(
        json{{"ranking.one_of_category", "YACHTS"}, {"ranking.items", 3}}, "anna"));
    ASSERT_TRUE(bank->products().remove("yacht", {}));
    bank->models().wait_for_rebind();
    ASSERT_EQ(bank.alerts().size(), 1U);  // it does not suit, and goes on while the service runs
    bank.open();
    ASSERT_EQ(bank.alerts().size(), 2U);
    EXPECT_NE(bank.alerts()[1].find("ranking.one_of_category = YACHTS of anna"), std::string::npos)
        << bank.alerts()[1];
    EXPECT_EQ(bank.ask("c001").body->items.size(), 3U);  // the other one is in force

    const SettingState state = state_of(bank, "ranking.one_of_category");
    EXPECT_EQ(state.value, "none");
    EXPECT_EQ(state.changed_by, "anna");
    ASSERT_TRUE(state.left_out);
    EXPECT_EQ(state.left_out->value, "YACHTS");
    EXPECT_NE(state.left_out->reason.find("no product has the category"), std::string::npos);
    EXPECT_FALSE(state_of(bank, "ranking.items").left_out);

    // It keeps others from nothing, and stays until it is changed.
    ASSERT_TRUE(bank->settings().change(json{{"ranking.items", 4}}, "anna"));
    EXPECT_EQ(bank.ask("c001").body->items.size(), 4U);
    EXPECT_TRUE(state_of(bank, "ranking.one_of_category").left_out);
    EXPECT_FALSE(bank->settings().change(json{{"ranking.one_of_category", "YACHTS"}}, "anna"));
    EXPECT_TRUE(state_of(bank, "ranking.one_of_category").left_out);
    ASSERT_TRUE(bank->settings().change(json{{"ranking.one_of_category", "all"}}, "anna"));
    EXPECT_FALSE(state_of(bank, "ranking.one_of_category").left_out);
    EXPECT_EQ(state_of(bank, "ranking.one_of_category").value, "all");
    bank.open();
    EXPECT_EQ(bank.alerts().size(), 2U);
}

TEST(LiveSettings, WhatOnlyTogetherDoesNotSuitIsLeftOutAltogether) {
    LiveBank bank;
    ASSERT_TRUE(store_override(bank, "eligibility.person_categories", "TERM_DEPOSITS"));
    ASSERT_TRUE(store_override(bank, "eligibility.organisation_categories", "TERM_DEPOSITS"));
    ASSERT_TRUE(store_override(bank, "ranking.items", "3"));
    bank.open();
    EXPECT_EQ(bank.alerts().size(), 3U);
    EXPECT_EQ(bank.ask("c001").body->items.size(), 6U);
    EXPECT_TRUE(state_of(bank, "ranking.items").left_out);
    ASSERT_TRUE(bank->settings().change(
        json{{"eligibility.person_categories", nullptr}, {"ranking.items", 3}}, "anna"));
    bank.open();
    EXPECT_EQ(bank.alerts().size(), 3U);
    EXPECT_EQ(bank.ask("c001").body->items.size(), 3U);
}

TEST(LiveSettings, WhatIsNotValidAnyMoreIsListed) {
    LiveBank bank;
    ASSERT_TRUE(store_override(bank, "ranking.items", "0"));
    ASSERT_TRUE(store_override(bank, "ranking.gone", "1"));
    bank.open();
    EXPECT_EQ(bank.alerts().size(), 2U);
    EXPECT_EQ(state_of(bank, "ranking.items").value, 10);
    ASSERT_TRUE(state_of(bank, "ranking.items").left_out);
    ASSERT_TRUE(bank->settings().change(json{{"ranking.items", nullptr}}, "anna"));
    EXPECT_FALSE(state_of(bank, "ranking.items").left_out);
}

TEST(LiveSettings, AFileThatDoesNotSuitTheProductsIsStillRefused) {
    LiveBank bank;
    const auto refusal = [&] {
        NullProgress progress;
        const LiveServiceOptions options{
            bank.config().with({{"ranking.one_of_category", "YACHTS"}}).value(),
            bank.models_folder(),
            {}};
        const auto started = LiveService::start(bank.database(), bank.clock(), options, progress);
        return started ? std::string() : started.error().message;
    };
    EXPECT_NE(refusal().find("ranking.one_of_category: no product has the category 'YACHTS'"),
              std::string::npos);
    ASSERT_TRUE(store_override(bank, "eligibility.credit_categories", "PLANES"));
    EXPECT_NE(refusal().find("ranking.one_of_category"), std::string::npos);
    // What was changed since may make up for the file.
    ASSERT_TRUE(store_override(bank, "eligibility.credit_categories", "PERS_LOANS"));
    ASSERT_TRUE(store_override(bank, "ranking.one_of_category", "all"));
    EXPECT_EQ(refusal(), "");
}

TEST(LiveSettings, WhatCannotBeStoredIsNotUsed) {
    LiveBank bank;
    FailingDatabase failing(bank.database());
    LiveSettings settings(failing, bank.clock(), bank.config());
    std::vector<std::int64_t> used;
    settings.set_use([&](const Config& config) -> Status {
        used.push_back(config.integer("ranking.items"));
        return {};
    });
    failing.set(FailingDatabase::Fails::kAtCommit);
    EXPECT_FALSE(settings.change(json{{"ranking.items", 3}}, "anna"));
    EXPECT_EQ(used, (std::vector<std::int64_t>{3, 10}));
    EXPECT_EQ(settings.config().integer("ranking.items"), 10);
    EXPECT_EQ(settings.generation(), 1U);
}

}  // namespace
}  // namespace attune
