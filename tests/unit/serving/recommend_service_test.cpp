#include "serving/recommend_service.hpp"

#include <gtest/gtest.h>

#include <set>

#include "serving/settings.hpp"
#include "serving/train_service.hpp"
#include "support/planted_store.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

class Recommending : public testing::Test {
 protected:
    void SetUp() override {
        database_ = open_database("sqlite:" + (folder_.path() / "r.db").string()).value();
        ASSERT_TRUE(fill_planted_store(*database_, {}));
        const Config config =
            Config::load(
                settings_schema(), {},
                [](const std::string&) { return std::optional<std::string>(); },
                {"training.tune=false", "training.validation_days=40", "propensity.rounds=5",
                 "als.factors=4", "ranking.one_of_category=none", "ranking.category_cap=0"})
                .value();
        TrainRequest request;
        request.options = training_options(config).value();
        request.folder = folder_.path() / "models";
        ThreadPool pool(1);
        NullProgress progress;
        auto snapshot = train_and_save(*database_, request, clock_, pool, progress);
        ASSERT_TRUE(snapshot) << snapshot.error().message;
        service_ = RecommendService::create(*snapshot, built_in_reason_templates().value()).value();
        options_.rules = constraint_rules(config, *service_->snapshot().catalogue).value();
        options_.rank.num_items = 5;
        options_.counterfactual = true;
    }

    void store(const std::function<Status(Stores&)>& work) {
        const Status status = database_->write(work);
        ASSERT_TRUE(status) << status.error().message;
    }

    KnownCustomer load(const std::string& id) {
        return load_known_customer(*database_, id, service_->snapshot(), clock_.now()).value();
    }

    Recommendations recommend(const std::string& id) {
        auto result = service_->recommend(load(id), options_, clock_.now());
        EXPECT_TRUE(result) << result.error().message;
        return std::move(*result);
    }

    const Product& product(const RecommendedItem& item) const {
        return service_->snapshot().catalogue->product(item.ranked.product);
    }

    std::size_t count_category(const Recommendations& result, std::string_view category) const {
        return static_cast<std::size_t>(
            std::count_if(result.items.begin(), result.items.end(),
                          [&](const auto& item) { return product(item).category == category; }));
    }

    TemporaryFolder folder_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<RecommendService> service_;
    RecommendOptions options_;
    FixedClock clock_{from_calendar_day(2021, 1, 1)};
};

TEST_F(Recommending, EvidenceAddsUpAndIsRealForEveryCustomer) {
    std::size_t taken_away = 0;
    for (std::size_t c = 0; c < 60; ++c) {
        for (const RecommendedItem& item : recommend(fmt::format("c{:03}", c)).items) {
            EXPECT_NEAR(total_contribution(item.ranked.explanation.evidence), item.ranked.score,
                        1e-6);
            EXPECT_FALSE(item.reasons.text.empty());
            if (!item.score_without_evidence) continue;
            ++taken_away;
            EXPECT_LT(*item.score_without_evidence, item.ranked.score) << "customer " << c;
        }
    }
    EXPECT_GT(taken_away, 150U);
}

TEST_F(Recommending, FollowsTheGroupAndLeavesOutWhatIsHeld) {
    const KnownCustomer customer = load("c001");
    std::set<std::string> held;
    for (const Interaction& interaction : customer.state.history) {
        held.insert(service_->snapshot().catalogue->product(interaction.product).id);
    }
    const Recommendations result = recommend("c001");
    ASSERT_FALSE(result.items.empty());
    for (const RecommendedItem& item : result.items) EXPECT_FALSE(held.contains(product(item).id));
    EXPECT_EQ(product(result.items[0]).category, "TERM_DEPOSITS");
}

TEST_F(Recommending, WhatIsHeldStaysOutHoweverFewEventsAreScored) {
    options_.max_scored_events = 1;
    options_.rank.num_items = 16;
    const KnownCustomer customer = load("c001");
    ASSERT_GT(customer.state.history.size(), 1U);
    EXPECT_EQ(customer.scoring_view(1).history.size(), 1U);
    for (const RecommendedItem& item : recommend("c001").items) {
        for (const Interaction& held : customer.state.history) {
            EXPECT_NE(item.ranked.product, held.product);
        }
    }
}

TEST_F(Recommending, AnEventCountsInTheNextRequest) {
    const std::string before = product(recommend("c001").items[0]).id;
    store([&](Stores& stores) -> Status {
        const Event dismissed{"new",
                              "c001",
                              before,
                              EventType::kDismiss,
                              {(kPlantedFirstDay + 200) * kMsPerDay},
                              1,
                              std::nullopt,
                              ""};
        ATTUNE_TRY(stores.events().append({&dismissed, 1}));
        return {};
    });
    for (const RecommendedItem& item : recommend("c001").items) EXPECT_NE(product(item).id, before);
}

TEST_F(Recommending, AProfileWithoutEventsIsAnsweredFromTheProfile) {
    store([](Stores& stores) -> Status {
        Customer customer = planted_customer(1);
        customer.id = "fresh";
        ATTUNE_TRY(stores.customers().put({&customer, 1}));
        return {};
    });
    const Recommendations result = recommend("fresh");
    ASSERT_EQ(result.items.size(), 5U);
    EXPECT_GE(count_category(result, "TERM_DEPOSITS"), 4U);
    std::set<EvidenceKind> kinds;
    for (const Evidence& part : result.items[0].ranked.explanation.evidence)
        kinds.insert(part.kind);
    EXPECT_TRUE(kinds.contains(EvidenceKind::kCohort) || kinds.contains(EvidenceKind::kTerm));
}

TEST_F(Recommending, WithNeitherNothingPersonalIsClaimed) {
    for (const char* id : {"blank", "never-seen"}) {
        store([](Stores& stores) -> Status {
            Customer customer;
            customer.id = "blank";
            ATTUNE_TRY(stores.customers().put({&customer, 1}));
            return {};
        });
        const KnownCustomer customer = load(id);
        EXPECT_EQ(customer.known, std::string(id) == "blank");
        const Recommendations result = recommend(id);
        EXPECT_EQ(result.items.size(), 5U);
        for (const RecommendedItem& item : result.items) {
            EXPECT_FALSE(item.reasons.text.empty());
            for (const Evidence& part : item.ranked.explanation.evidence) {
                EXPECT_TRUE(part.kind == EvidenceKind::kPopularity ||
                            part.kind == EvidenceKind::kBaseline);
            }
        }
    }
}

TEST_F(Recommending, RefusedConsentKeepsTheProfileOutButNotTheRules) {
    const std::string held_id =
        service_->snapshot().catalogue->product(load("c001").state.history[0].product).id;
    store([](Stores& stores) -> Status {
        const Consent refusal{"c001", "personalization", false, Timestamp{1}, "web"};
        ATTUNE_TRY(stores.consents().put({&refusal, 1}));
        return {};
    });
    EXPECT_TRUE(load("c001").personalization_refused);
    for (const RecommendedItem& item : recommend("c001").items) {
        EXPECT_NE(product(item).id, held_id);
        for (const Evidence& part : item.ranked.explanation.evidence) {
            EXPECT_NE(part.kind, EvidenceKind::kEvent);
            EXPECT_NE(part.kind, EvidenceKind::kTerm);
            EXPECT_NE(part.kind, EvidenceKind::kAttribute);
            EXPECT_NE(part.kind, EvidenceKind::kCohort);
        }
    }
}

TEST_F(Recommending, AChildIsOfferedNoCreditWithOrWithoutConsent) {
    options_.rules.eligibility_defaults.credit_categories = {"TERM_DEPOSITS"};
    options_.rank.num_items = 16;
    store([](Stores& stores) -> Status {
        Customer child;
        child.id = "child";
        child.age = 9;
        ATTUNE_TRY(stores.customers().put({&child, 1}));
        return {};
    });
    for (const bool consent : {true, false}) {
        store([&](Stores& stores) -> Status {
            const Consent given{"child", "personalization", consent, Timestamp{1}, "web"};
            ATTUNE_TRY(stores.consents().put({&given, 1}));
            return {};
        });
        const Recommendations result = recommend("child");
        EXPECT_FALSE(result.items.empty());
        EXPECT_EQ(count_category(result, "TERM_DEPOSITS"), 0U);
        EXPECT_EQ(result.counts.refused(Refusal::kDefaultMinimumAge), 8U);
    }
}

TEST_F(Recommending, FiltersAndBadIdsAreLookedAt) {
    options_.filter.categories = {"TERM_DEPOSITS"};
    const Recommendations filtered = recommend("c000");
    ASSERT_FALSE(filtered.items.empty());
    EXPECT_EQ(count_category(filtered, "TERM_DEPOSITS"), filtered.items.size());
    options_.filter.categories = {"YACHTS"};
    EXPECT_FALSE(service_->recommend(load("c000"), options_, clock_.now()));
    EXPECT_FALSE(load_known_customer(*database_, "", service_->snapshot(), clock_.now()));
}

}  // namespace
}  // namespace attune
