#include <gmock/gmock.h>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServiceStores : public StorageContract {
 protected:
    static Decision make_decision(const std::string& id, const std::string& customer_id,
                                  std::int64_t time_ms) {
        return {.id = id,
                .customer_id = customer_id,
                .time = Timestamp{time_ms},
                .model_version = "v1",
                .purpose = "marketing",
                .document = R"({"items":[]})"};
    }
    std::vector<std::string> decision_ids(const NewestFirst& page) {
        std::vector<std::string> ids;
        read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(const auto decisions, stores.decisions().list(page));
            for (const Decision& decision : decisions) ids.push_back(decision.id);
            return {};
        });
        return ids;
    }
    void append(const std::vector<Decision>& decisions) {
        write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.decisions().append(decisions));
            return {};
        });
    }
};
ATTUNE_FOR_ALL_BACK_ENDS(ServiceStores);

TEST_P(ServiceStores, DecisionsAreListedOfThoseWhoAreAssigned) {
    put_nouns();
    append({make_decision("d1", "c1", 5), make_decision("d2", "c2", 6),
            make_decision("d3", "c1", 7), make_decision("d4", "a visitor", 8)});
    write([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.accounts().add({.name = "anna"}));
        return stores.accounts().assign("anna", std::vector<std::string>{"c1"});
    });
    EXPECT_THAT(decision_ids({.assigned_to = "anna"}), ElementsAre("d3", "d1"));
    EXPECT_THAT(decision_ids({.assigned_to = "anna", .limit = 1}), ElementsAre("d3"));
    EXPECT_THAT(decision_ids({.assigned_to = "anna", .before = TimeCursor{Timestamp{7}, "d3"}}),
                ElementsAre("d1"));
    EXPECT_THAT(decision_ids({.assigned_to = "nobody"}), ::testing::IsEmpty());
}

TEST_P(ServiceStores, DecisionsAreReadBackAndNeverReplaced) {
    Decision decision = make_decision("d1", "a visitor", 5);
    append({decision});
    write([&](Stores& stores) -> Status {
        Decision other = decision;
        other.document = "{}";
        const std::vector both{other, make_decision("d2", "c1", 6)};
        EXPECT_EQ(stores.decisions().append(both), 1U);
        const std::vector nameless{make_decision("d3", "c1", 6), make_decision("", "c1", 6)};
        EXPECT_EQ(stores.decisions().append(nameless).error().code, ErrorCode::kInvalidArgument);
        return {};
    });
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.decisions().get("d1"), decision);
        EXPECT_EQ(stores.decisions().get("d3").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.decisions().count(), 2U);
        return {};
    });
}

TEST_P(ServiceStores, DecisionsAreCountedByDay) {
    const DayRange days{.first = from_calendar_day(2026, 7, 4), .num_days = 4};
    const auto at = [&](std::size_t day, std::int64_t ms) { return days.midnight(day).ms + ms; };
    append({make_decision("a", "c1", at(0, -1)), make_decision("b", "c1", at(0, 0)),
            make_decision("c", "c2", at(0, kMsPerDay - 1)), make_decision("d", "c1", at(2, 5)),
            make_decision("e", "c1", at(3, 0)), make_decision("f", "c1", at(4, 0))});
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.decisions().count_by_day(days), (std::vector<std::size_t>{2, 0, 1, 1}));
        EXPECT_EQ(stores.decisions().count_by_day({.first = days.midnight(4)}),
                  std::vector<std::size_t>{1});
        EXPECT_EQ(stores.decisions().count_by_day({.num_days = 0}), std::vector<std::size_t>{});
        return {};
    });
}

TEST_P(ServiceStores, DecisionsAreListedNewestFirstInPages) {
    append({make_decision("a", "c1", 1), make_decision("b", "c2", 3), make_decision("c", "c1", 2),
            make_decision("e", "c1", 2), make_decision("d", "c2", 2)});
    EXPECT_THAT(decision_ids({}), ElementsAre("b", "e", "d", "c", "a"));
    EXPECT_THAT(decision_ids({.limit = 2}), ElementsAre("b", "e"));
    EXPECT_THAT(decision_ids({.before = TimeCursor{Timestamp{2}, "e"}, .limit = 2}),
                ElementsAre("d", "c"));
    EXPECT_THAT(decision_ids({.before = TimeCursor{Timestamp{2}, "c"}}), ElementsAre("a"));
    EXPECT_THAT(decision_ids({.before = TimeCursor{Timestamp{1}, "a"}}), IsEmpty());
    EXPECT_THAT(decision_ids({.customer_id = "c1"}), ElementsAre("e", "c", "a"));
    EXPECT_THAT(decision_ids({.customer_id = "c1", .before = TimeCursor{Timestamp{2}, "e"}}),
                ElementsAre("c", "a"));
    EXPECT_THAT(decision_ids({.customer_id = "nobody"}), IsEmpty());
}

TEST_P(ServiceStores, DecisionsShareADocument) {
    Decision first = make_decision("a", "c1", 1);
    first.latency_us = 700;
    Decision again = make_decision("b", "c1", 2);
    again.latency_us = 30;
    again.cached = true;
    again.document = R"({"another":1})";  // not read, for the first one is there
    again.same_as = "a";
    Decision of_nobody = make_decision("c", "c1", 3);
    of_nobody.document = R"({"own":1})";
    of_nobody.same_as = "gone";
    append({first, again, of_nobody});
    again.document = first.document;
    of_nobody.same_as = "";
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.decisions().get("a"), first);
        EXPECT_EQ(stores.decisions().get("b"), again);
        EXPECT_EQ(stores.decisions().get("c"), of_nobody);
        EXPECT_EQ(stores.decisions().list({}), (std::vector{of_nobody, again, first}));
        return {};
    });
}

TEST_P(ServiceStores, OldDecisionsArePurgedOldestFirst) {
    constexpr std::int64_t kDay = kMostAgeOfRepeatedMs;
    append({make_decision("a", "c1", 1), make_decision("b", "c1", 2), make_decision("c", "c1", 3)});
    write([](Stores& stores) -> Status {
        EXPECT_EQ(stores.decisions().purge(Timestamp{3 + kDay}, 1), 1U);
        EXPECT_EQ(stores.decisions().get("a").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.decisions().purge(Timestamp{3 + kDay}, 10), 1U);
        EXPECT_EQ(stores.decisions().count(), 1U);
        return {};
    });
}

TEST_P(ServiceStores, SharedDocumentsArePurgedAfterThoseThatShareThem) {
    constexpr std::int64_t kDay = kMostAgeOfRepeatedMs;
    Decision again = make_decision("b", "c1", kDay);
    again.same_as = "a";
    append({make_decision("a", "c1", 1), again});
    write([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.decisions().purge(Timestamp{kDay}, 10), 0U);
        EXPECT_EQ(stores.decisions().purge(Timestamp{kDay + 1}, 10), 1U);
        EXPECT_EQ(stores.decisions().get("b").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(stores.decisions().purge(Timestamp{kDay + 2}, 10), 1U);
        return {};
    });
}

TEST_P(ServiceStores, RemovingACustomerRemovesTheirDecisions) {
    put_nouns();
    append({make_decision("a", "c1", 1), make_decision("b", "c2", 2)});
    write([](Stores& stores) { return stores.customers().remove("c1"); });
    EXPECT_THAT(decision_ids({}), ElementsAre("b"));
}

TEST_P(ServiceStores, AnswersAreKeptOnceForEachPrincipalAndKey) {
    const IdempotencyRecord first{.principal = "account:anna",
                                  .key = "k",
                                  .request_hash = "h1",
                                  .status = 201,
                                  .content_type = "application/json",
                                  .body = std::string("{\"a\":\0}", 7),
                                  .time = Timestamp{5}};
    IdempotencyRecord other = first;
    other.request_hash = "h2";
    IdempotencyRecord of_bert = first;
    of_bert.principal = "account:bert";
    write([&](Stores& stores) -> Status {
        IdempotencyStore& answers = stores.idempotency();
        EXPECT_EQ(answers.put_if_absent(first, Timestamp{5}).value(), std::nullopt);
        EXPECT_EQ(answers.put_if_absent(other, Timestamp{5}).value(), first);
        EXPECT_EQ(answers.put_if_absent(of_bert, Timestamp{5}).value(), std::nullopt);
        EXPECT_EQ(answers.find("account:anna", "k").value(), first);
        EXPECT_EQ(answers.find("account:anna", "l").value(), std::nullopt);
        EXPECT_EQ(answers.purge(Timestamp{5}, 10), 0U);
        EXPECT_EQ(answers.purge(Timestamp{6}, 1), 1U);
        EXPECT_EQ(answers.purge(Timestamp{6}, 10), 1U);
        return {};
    });
}

TEST_P(ServiceStores, AnAnswerThatIsTooOldGivesWayToTheNext) {
    const IdempotencyRecord first{
        .principal = "account:anna", .key = "k", .request_hash = "h1", .time = Timestamp{5}};
    IdempotencyRecord second = first;
    second.request_hash = "h2";
    second.status = 201;
    second.content_type = "text/plain";
    second.body = "second";
    second.time = Timestamp{9};
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.idempotency().put_if_absent(first, Timestamp{0}));
        EXPECT_EQ(stores.idempotency().put_if_absent(second, Timestamp{5}).value(), first);
        EXPECT_EQ(stores.idempotency().put_if_absent(second, Timestamp{6}).value(), std::nullopt);
        EXPECT_EQ(stores.idempotency().find("account:anna", "k").value(), second);
        return {};
    });
}

TEST_P(ServiceStores, OldAnswersArePurgedOldestFirst) {
    const auto put = [](Stores& stores, const std::string& key, std::int64_t time_ms) {
        return stores.idempotency().put_if_absent(
            {.principal = "account:anna", .key = key, .time = Timestamp{time_ms}}, Timestamp{0});
    };
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(put(stores, "late", 3));
        ATTUNE_TRY(put(stores, "first", 1));
        ATTUNE_TRY(put(stores, "second", 2));
        EXPECT_EQ(stores.idempotency().purge(Timestamp{3}, 1), 1U);
        EXPECT_EQ(stores.idempotency().find("account:anna", "first").value(), std::nullopt);
        EXPECT_TRUE(stores.idempotency().find("account:anna", "second").value().has_value());
        EXPECT_EQ(stores.idempotency().purge(Timestamp{3}, 10), 1U);
        EXPECT_TRUE(stores.idempotency().find("account:anna", "late").value().has_value());
        EXPECT_EQ(stores.idempotency().purge(Timestamp{3}, 10), 0U);
        return {};
    });
}

TEST_P(ServiceStores, PurgingIsNoChangeOfTheData) {
    append({make_decision("a", "c1", 1)});
    const std::uint64_t revision = database_->revision().value();
    write([](Stores& stores) -> Status {
        EXPECT_EQ(stores.decisions().purge(Timestamp{3 + kMostAgeOfRepeatedMs}, 10), 1U);
        return {};
    });
    EXPECT_EQ(database_->revision(), revision);
}

TEST_P(ServiceStores, JobsAreKeptAndListed) {
    JobRecord running{.id = "j1",
                      .kind = "train",
                      .state = "running",
                      .created_by = "anna",
                      .created_at = Timestamp{1},
                      .started_at = Timestamp{2},
                      .document = "{}"};
    JobRecord done = running;
    done.id = "j2";
    done.created_at = Timestamp{3};
    done.ended_at = Timestamp{9};
    write([&](Stores& stores) -> Status {
        JobStore& jobs = stores.jobs();
        ATTUNE_TRY(jobs.put(running));
        ATTUNE_TRY(jobs.put(done));
        EXPECT_EQ(jobs.put({}).error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(jobs.get("j1"), running);
        EXPECT_EQ(jobs.get("j3").error().code, ErrorCode::kNotFound);
        EXPECT_THAT(jobs.list({}).value(), ElementsAre(done, running));
        EXPECT_THAT(jobs.list({.before = TimeCursor{Timestamp{3}, "j2"}}).value(),
                    ElementsAre(running));
        EXPECT_THAT(jobs.unfinished().value(), ElementsAre(running));
        running.state = "failed";
        running.ended_at = Timestamp{8};
        ATTUNE_TRY(jobs.put(running));
        EXPECT_EQ(jobs.get("j1"), running);
        EXPECT_THAT(jobs.unfinished().value(), IsEmpty());
        return {};
    });
}

TEST_P(ServiceStores, EndedJobsAreFoundFirstToEndFirstAndRemoved) {
    const auto job = [](const std::string& id, std::optional<Timestamp> ended_at) {
        return JobRecord{.id = id,
                         .kind = "train",
                         .state = "done",
                         .created_at = Timestamp{1},
                         .ended_at = ended_at,
                         .document = "{}"};
    };
    const JobRecord running = job("a", std::nullopt);
    const JobRecord second = job("b", Timestamp{8});
    const JobRecord first = job("c", Timestamp{7});
    const JobRecord late = job("d", Timestamp{9});
    write([&](Stores& stores) -> Status {
        JobStore& jobs = stores.jobs();
        for (const JobRecord& one : {running, second, first, late}) ATTUNE_TRY(jobs.put(one));
        EXPECT_THAT(jobs.ended_before(Timestamp{9}, 10).value(), ElementsAre(first, second));
        EXPECT_THAT(jobs.ended_before(Timestamp{9}, 1).value(), ElementsAre(first));
        EXPECT_THAT(jobs.ended_before(Timestamp{7}, 10).value(), IsEmpty());
        const std::vector<std::string> ids{"c", "nowhere", "b"};
        EXPECT_EQ(jobs.remove(ids), 2U);
        EXPECT_EQ(jobs.get("c").error().code, ErrorCode::kNotFound);
        EXPECT_TRUE(jobs.get("a"));
        EXPECT_TRUE(jobs.get("d"));
        return {};
    });
}

TEST_P(ServiceStores, SettingsAreOverridden) {
    const SettingOverride first{"b.x", "1", Timestamp{1}, "anna"};
    const SettingOverride second{"a.y", "two", Timestamp{2}, "bert"};
    const SettingOverride third{"b.x", "3", Timestamp{3}, "bert"};
    write([&](Stores& stores) -> Status {
        SettingStore& settings = stores.settings();
        ATTUNE_TRY(settings.put(first));
        ATTUNE_TRY(settings.put(second));
        ATTUNE_TRY(settings.put(third));
        EXPECT_THAT(settings.list().value(), ElementsAre(second, third));
        ATTUNE_TRY(settings.remove("a.y"));
        EXPECT_EQ(settings.remove("a.y").error().code, ErrorCode::kNotFound);
        EXPECT_EQ(settings.put({}).error().code, ErrorCode::kInvalidArgument);
        return {};
    });
}

TEST_P(ServiceStores, DoNotMakeAModelOld) {
    put_nouns();
    const std::uint64_t revision = database_->revision().value();
    write([](Stores& stores) -> Status {
        ATTUNE_TRY(stores.accounts().add({.name = "anna"}));
        const std::vector<std::string> ids{"c1"};
        ATTUNE_TRY(stores.accounts().assign("anna", ids));
        ATTUNE_TRY(stores.api_keys().add({.id = "k"}));
        ATTUNE_TRY(stores.secrets().put("s", "x"));
        const std::vector decisions{make_decision("d", "c1", 1)};
        ATTUNE_TRY(stores.decisions().append(decisions));
        ATTUNE_TRY(stores.jobs().put({.id = "j"}));
        ATTUNE_TRY(stores.idempotency().put_if_absent({.principal = "p", .key = "k"}, {}));
        ATTUNE_TRY(stores.settings().put({.key = "k"}));
        return {};
    });
    EXPECT_EQ(database_->revision(), revision);
    EXPECT_THAT(decision_ids({}), ElementsAre("d"));
}

}  // namespace
}  // namespace attune
