#include "serving/customer_states.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/hash.hpp"
#include "core/random.hpp"
#include "domain/consent.hpp"
#include "serving/engagement_report.hpp"
#include "serving/import_service.hpp"
#include "serving/state_loader.hpp"
#include "support/live_bank.hpp"

namespace attune {
namespace {

using Applied = CustomerStates::Applied;

KnownEvent known(std::uint64_t id, std::int64_t time_ms, EventType type = EventType::kView,
                 ProductNumbers::Number product = 0) {
    return {time_ms, id, 0, product, type};
}

EventList all_events(const CustomerRecord& record) {
    EventList events;
    record.for_each_until(Timestamp{INT64_MAX},
                          [&](const KnownEvent& event) { events.push_back(event); });
    return events;
}

TEST(CustomerRecord, KeepsEventsInOrderWhateverOrderTheyComeIn) {
    Random random(4);
    const RecordLimits limits;
    EventList expected;
    for (std::uint64_t id = 1; id <= 500; ++id) {
        expected.push_back(known(id, static_cast<std::int64_t>(random.below(300))));
    }
    EventList coming = expected;
    random.shuffle(coming);
    std::sort(expected.begin(), expected.end(), comes_before);
    CustomerRecord record;
    for (std::size_t at = 0; at < coming.size();) {
        const std::size_t count = std::min(1 + random.below(90), coming.size() - at);
        const auto first = coming.begin() + static_cast<std::ptrdiff_t>(at);
        const EventList some(first, first + static_cast<std::ptrdiff_t>(count));
        EXPECT_EQ(add_events(record, some, limits), count);
        EXPECT_EQ(add_events(record, some, limits), 0U);  // seen already
        at += count;
    }
    EXPECT_EQ(all_events(record), expected);
    EXPECT_EQ(record.engagement[0].count, 500U);
}

TEST(CustomerRecord, LeavesOutOldEventsButNotWhatRulesGoBy) {
    RecordLimits limits;
    limits.max_events = 100;
    CustomerRecord record;
    // Two old purchases of product 7, one dismissal of 8, then many views.
    add_events(record,
               {known(1, 1, EventType::kPurchase, 7), known(2, 2, EventType::kPurchase, 7),
                known(3, 3, EventType::kDismiss, 8)},
               limits);
    for (std::uint64_t id = 10; id < 1'010; ++id) {
        add_events(record, {known(id, static_cast<std::int64_t>(id))}, limits);
    }
    EXPECT_LT(record.num_events(), 250U);
    EXPECT_EQ(record.num_events() + record.num_left_out, 1'003U);
    const EventList kept = all_events(record);
    EXPECT_EQ(kept[0].id_hash, 2U);
    EXPECT_EQ(kept[1].id_hash, 3U);
    EXPECT_EQ(kept.back().id_hash, 1'009U);
    // Engagement counts all of them.
    EXPECT_EQ(record.engagement[static_cast<std::size_t>(EventType::kView)].count, 1'000U);
    EXPECT_EQ(record.engagement[static_cast<std::size_t>(EventType::kPurchase)].count, 2U);
}

TEST(CustomerRecord, OfTwoDecisionsOfOneInstantTheRefusalHolds) {
    CustomerRecord record;
    const Consent refused{"c", "marketing", false, Timestamp{5}, "web"};
    Consent granted = refused;
    granted.granted = true;
    add_consent(record, refused);
    add_consent(record, granted);
    add_consent(record, granted);
    EXPECT_EQ(record.decided().size(), 2U);
    EXPECT_TRUE(consent_refused(record.decided(), "marketing", Timestamp{5}));
}

class States : public testing::Test {
 protected:
    StateChange profile(const std::string& id, std::uint64_t sequence, int age) {
        Customer customer;
        customer.id = id;
        customer.age = age;
        return {id, sequence, std::make_shared<const Customer>(customer)};
    }
    StateChange removal(const std::string& id, std::uint64_t sequence) {
        return {id, sequence, StateChange::Removal{}};
    }
    StateChange event(const std::string& id, std::uint64_t sequence, std::uint64_t hash) {
        return {id, sequence, EventList{known(hash, static_cast<std::int64_t>(hash))}};
    }

    CustomerStates states_{{RecordLimits{}, EventWeights{}}};
};

TEST_F(States, TheLaterWriteHoldsInWhateverOrderItIsTold) {
    EXPECT_EQ(states_.apply(profile("c", 2, 40)), Applied::kDone);
    EXPECT_EQ(states_.apply(profile("c", 1, 30)), Applied::kDone);
    EXPECT_EQ(states_.find("c")->profile->age, 40);
    EXPECT_EQ(states_.apply(profile("c", 3, 50)), Applied::kDone);
    EXPECT_EQ(states_.find("c")->profile->age, 50);
}

TEST_F(States, EachChangeHasAGreaterRevision) {
    (void)states_.apply(profile("c", 1, 30));
    const auto first = states_.find("c");
    (void)states_.apply(event("c", 2, 7));
    const auto second = states_.find("c");
    EXPECT_GT(second->revision, first->revision);
    EXPECT_EQ(first->num_events(), 0U);  // who has it keeps what it was
    (void)states_.apply(event("c", 2, 7));
    EXPECT_EQ(states_.find("c")->revision, second->revision);
    EXPECT_EQ(states_.num_events(), 1U);
}

TEST_F(States, AnEventMayBeToldBeforeItsCustomer) {
    (void)states_.apply(event("c", 2, 7));
    EXPECT_EQ(states_.find("c"), nullptr);
    EXPECT_EQ(states_.num_customers(), 0U);
    (void)states_.apply(profile("c", 1, 30));
    EXPECT_EQ(states_.find("c")->num_events(), 1U);
    EXPECT_EQ(states_.num_customers(), 1U);
}

TEST_F(States, WhatWasRemovedStaysRemoved) {
    (void)states_.apply(profile("c", 1, 30));
    EXPECT_EQ(states_.apply(removal("c", 5)), Applied::kDone);
    (void)states_.apply(profile("c", 4, 31));
    (void)states_.apply(event("c", 3, 7));
    EXPECT_EQ(states_.find("c"), nullptr);
    EXPECT_EQ(states_.num_customers(), 0U);
    (void)states_.apply(profile("c", 6, 32));  // made again
    EXPECT_EQ(states_.find("c")->profile->age, 32);
    EXPECT_EQ(states_.apply(removal("c", 5)), Applied::kReread);
    EXPECT_TRUE(states_.engagement_scores().size() == 1);
}

TEST_F(States, EngagementOfAllIsTheDefinitionAfterManyChanges) {
    Random random(6);
    const Timestamp reference{1'700'000'000'000};
    CustomerStates states({{10'000, {0.1, reference}}, EventWeights{}});
    std::map<std::string, double> expected;
    std::uint64_t hash = 0;
    const Timestamp now = add_days(reference, 3);
    for (int step = 0; step < 5'000; ++step) {
        const std::string id = fmt::format("c{}", random.below(40));
        if (!expected.contains(id)) {
            (void)states.apply(profile(id, 1, 30));
            expected[id] = 0;
        }
        const EventType type = kEventTypes[random.below(6)];
        const Timestamp time = add_days(now, -100 * random.uniform());
        (void)states.apply({id, 2, EventList{known(++hash, time.ms, type)}});
        expected[id] += EventWeights{}.of(type) * std::exp(-0.1 * days_between(time, now));
    }
    double mean = 0;
    double most = 0;
    double least = 1e9;
    for (const auto& [id, score] : expected) {
        mean += score / 40;
        most = std::max(most, score);
        least = std::min(least, score);
    }
    double variance = 0;
    for (const auto& [id, score] : expected) variance += (score - mean) * (score - mean) / 40;
    for (const auto& [id, score] : expected) {
        const EngagementReport report = engagement_of(states, id, now).value();
        EXPECT_NEAR(report.score, score, 1e-9);
        EXPECT_NEAR(report.standing.min_max, (score - least) / (most - least), 1e-9);
        EXPECT_NEAR(report.standing.z_score, (score - mean) / std::sqrt(variance), 1e-9);
        EXPECT_EQ(report.standing.num_customers, 40U);
        EXPECT_NEAR(report.daily.back().score, score, 1e-9);
    }
    EventWeights other;
    other.view = 5;
    states.set_engagement_weights(other);
    EXPECT_GT(engagement_of(states, "c1", now)->score, expected["c1"]);
    EXPECT_EQ(engagement_of(states, "nobody", now).error().code, ErrorCode::kNotFound);
}

TEST_F(States, ARefreshLaysTheChangesOfEachCustomerOverWhatWasReadInTheirOrder) {
    constexpr int kNum = 300;
    const auto id_of = [](int c) { return fmt::format("c{}", c); };
    for (int c = 0; c < kNum; ++c) (void)states_.apply(profile(id_of(c), 1, 30));
    const Status refreshed = states_.refresh(CustomerStates::Extent::kAll, [&] {
        std::vector<RereadCustomer> read;
        for (int c = 0; c < kNum; ++c) {
            read.push_back({std::make_shared<CustomerRecord>(*states_.find(id_of(c))), {}});
        }
        std::uint64_t sequence = 1;
        for (int round = 1; round <= 3; ++round) {
            for (int c = 0; c < kNum; c += 2) {
                (void)states_.apply(profile(id_of(c), ++sequence, 30 + round));
                (void)states_.apply(
                    event(id_of(c), ++sequence, static_cast<std::uint64_t>(c * 10 + round)));
            }
        }
        for (int c = 0; c < kNum; c += 6) (void)states_.apply(removal(id_of(c), ++sequence));
        return Result<std::vector<RereadCustomer>>(std::move(read));
    });
    ASSERT_TRUE(refreshed);
    for (int c = 0; c < kNum; ++c) {
        const auto record = states_.find(id_of(c));
        if (c % 6 == 0) {
            EXPECT_EQ(record, nullptr) << c;
            continue;
        }
        ASSERT_NE(record, nullptr) << c;
        EXPECT_EQ(record->profile->age, c % 2 == 0 ? 33 : 30) << c;
        EXPECT_EQ(record->num_events(), c % 2 == 0 ? 3U : 0U) << c;
    }
}

TEST_F(States, WhatIsReadIsTheSameHoweverItsEventsLie) {
    (void)states_.apply(profile("c", 1, 30));
    for (std::uint64_t hash = 1; hash <= 100; ++hash) (void)states_.apply(event("c", 2, hash));
    const auto before = states_.find("c");
    ASSERT_FALSE(before->recent.empty());
    const auto refresh_with = [&](const EventList& events) {
        return states_.refresh(CustomerStates::Extent::kNamed, [&] {
            auto record = std::make_shared<CustomerRecord>();
            record->id = "c";
            record->profile = before->profile;
            add_events(*record, events, RecordLimits{});
            return Result<std::vector<RereadCustomer>>(
                std::vector<RereadCustomer>{{std::move(record), {}}});
        });
    };
    EventList events = all_events(*before);
    ASSERT_TRUE(refresh_with(events));
    EXPECT_EQ(states_.find("c")->revision, before->revision);
    events.back().product = 9;  // as many, and one is another
    ASSERT_TRUE(refresh_with(events));
    EXPECT_GT(states_.find("c")->revision, before->revision);
}

TEST(StateLoader, WhatIsBuiltFromTheStoreIsWhatWasToldBitByBit) {
    LiveBank bank(LiveBank::Model::kNone);
    // Numbers of products are given in the order they come; ids stay.
    const auto told = [&] {
        std::map<std::string, std::vector<std::string>> events;
        for (std::size_t c = 0; c < 60; ++c) {
            const std::string id = fmt::format("c{:03}", c);
            for (const KnownEvent& event : all_events(*bank->states().find(id))) {
                events[id].push_back(
                    fmt::format("{} {} {} {} {}", event.time_ms, event.id_hash, event.basket,
                                bank->states().product_numbers().id_of(event.product),
                                event_type_name(event.type)));
            }
        }
        return events;
    };
    for (int i = 0; i < 200; ++i) {
        const auto receipt = bank->events().submit({LiveBank::event(
            fmt::format("c{:03}", i % 60), fmt::format("p{:02}", i % 16),
            kEventTypes[static_cast<std::size_t>(i) % 6], kLiveNowMs - (i * 7'919) % 1'000'000)});
        ASSERT_EQ(receipt->accepted, 1U);
    }
    const auto before = told();
    const std::uint64_t num_events = bank->states().num_events();
    const std::uint64_t revision = bank->states().find("c001")->revision;
    NullProgress progress;
    ASSERT_TRUE(load_all_states(bank.database(), bank->states(), bank.clock(), progress));
    EXPECT_EQ(told(), before);
    EXPECT_EQ(bank->states().find("c001")->revision, revision);  // nothing was different
    bank.open();
    EXPECT_EQ(told(), before);
    EXPECT_EQ(bank->states().num_events(), num_events);
    EXPECT_EQ(bank->states().num_customers(), 60U);
}

TEST(StateLoader, ARefreshKeepsWhatIsToldWhileItReads) {
    LiveBank bank(LiveBank::Model::kNone);
    CustomerStates& states = bank->states();
    const std::size_t before = states.find("c001")->num_events();
    const Status refreshed = states.refresh(CustomerStates::Extent::kAll, [&] {
        // Read while the store is as it was; the changes come before it is put in place.
        std::vector<RereadCustomer> read;
        const auto old = states.find("c001");
        read.push_back({std::make_shared<CustomerRecord>(*old), {}});
        EXPECT_TRUE(
            bank->events().submit({LiveBank::event("c001", "p01", EventType::kLike, kLiveNowMs)}));
        EXPECT_TRUE(bank->customers().remove("c002", {}));
        Customer fresh;
        fresh.id = "fresh";
        EXPECT_TRUE(bank->customers().create(fresh));
        return Result<std::vector<RereadCustomer>>(std::move(read));
    });
    ASSERT_TRUE(refreshed);
    EXPECT_EQ(states.find("c001")->num_events(), before + 1);
    EXPECT_NE(states.find("fresh"), nullptr);
    EXPECT_EQ(states.find("c002"), nullptr);
    EXPECT_EQ(states.find("c003"), nullptr);  // it was not among what was read
}

TEST(StateLoader, WhatIsStoredWithATimeToComeCountsAsOfNow) {
    LiveBank bank(LiveBank::Model::kNone);
    const auto score_of = [&](const std::string& id) {
        return engagement_of(bank->states(), id, bank.clock().now())->score;
    };
    const double before = score_of("c001");
    Event misread = LiveBank::event("c001", "p01", EventType::kPurchase, 0);
    misread.id = "misread";
    misread.time = add_days(bank.clock().now(), 365);
    // As an import of an earlier version left it.
    ASSERT_TRUE(bank.database().write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.events().append({&misread, 1}));
        return {};
    }));
    NullProgress progress;
    ASSERT_TRUE(load_all_states(bank.database(), bank->states(), bank.clock(), progress));
    EXPECT_NEAR(score_of("c001"), before + 1, 1e-9);
    EXPECT_EQ(bank->states().find("c001")->num_events(), 7U);
    bank.open();
    EXPECT_NEAR(score_of("c001"), before + 1, 1e-9);

    // Told as well while it is read, it counts once.
    CustomerStates& states = bank->states();
    const Status refreshed = states.refresh(CustomerStates::Extent::kNamed, [&] {
        std::vector<RereadCustomer> read;
        read.push_back(
            {std::make_shared<CustomerRecord>(*states.find("c001")), {hash64("misread")}});
        EventList told{to_known_event(misread, states.product_numbers())};
        EXPECT_EQ(states.apply({"c001", states.next_sequence(), std::move(told)}),
                  CustomerStates::Applied::kDone);
        return Result<std::vector<RereadCustomer>>(std::move(read));
    });
    ASSERT_TRUE(refreshed);
    EXPECT_EQ(states.find("c001")->num_events(), 7U);
}

TEST(StateLoader, AnImportIsInForceForThoseItTouches) {
    LiveBank bank(LiveBank::Model::kNone);
    const auto file = bank.folder() / "customers.jsonl";
    std::ofstream(file) << R"({"id":"c001","age":33})"
                        << "\n"
                        << R"({"id":"new","age":44})"
                        << "\n";
    const std::uint64_t revision = bank->states().find("c002")->revision;
    NullProgress progress;
    const auto outcome =
        import_files(bank.database(), {{file, native_mapping(RecordKind::kCustomer)}}, {},
                     bank.folder(), progress);
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_TRUE(outcome->touched_customers);
    EXPECT_EQ(outcome->touched_customers->size(), 2U);
    EXPECT_TRUE(bank->refresh_after_import(*outcome, progress).empty());
    EXPECT_EQ(bank->states().find("c001")->profile->age, 33);
    EXPECT_EQ(bank->states().find("new")->profile->age, 44);
    EXPECT_EQ(bank->states().find("c002")->revision, revision);
}

}  // namespace
}  // namespace attune
