#include <gmock/gmock.h>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Records : public StorageContract {
 protected:
    void SetUp() override {
        StorageContract::SetUp();
        put_nouns();
    }

    std::vector<std::string> event_ids(const EventFilter& filter) {
        std::vector<std::string> ids;
        read([&](Stores& stores) {
            return stores.events().for_each(filter, [&](const Event& event) -> Status {
                ids.push_back(event.id);
                return {};
            });
        });
        return ids;
    }

    void append(const std::vector<Event>& events) {
        write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.events().append(events));
            return {};
        });
    }
};
ATTUNE_FOR_ALL_BACK_ENDS(Records);

TEST_P(Records, EventsAreReadBackAsTheyWereStored) {
    Event full = make_event("e/1 ü", "c1", 15'000, "p2");
    full.type = EventType::kPurchase;
    full.time.ms += 123;
    full.quantity = 2.5;
    full.unit_price = Money{1999, {'G', 'B', 'P'}};
    full.context = std::string("invoice '7'\0x", 13);
    Event plain = make_event("e2", "c1", -20'000);
    std::vector<Event> all_types;
    for (const EventType type : kEventTypes) {
        all_types.push_back(make_event("t" + std::to_string(all_types.size()), "c2", 1));
        all_types.back().type = type;
    }
    append({full, plain});
    append(all_types);
    std::vector<Event> seen;
    read([&](Stores& stores) {
        return stores.events().for_each({}, [&](const Event& event) -> Status {
            seen.push_back(event);
            return {};
        });
    });
    std::vector<Event> expected{plain, full};
    expected.insert(expected.end(), all_types.begin(), all_types.end());
    EXPECT_EQ(seen, expected);
}

TEST_P(Records, EventsSeenBeforeChangeNothing) {
    const std::vector events{make_event("e1", "c1", 1), make_event("e2", "c1", 2),
                             make_event("e1", "c2", 3)};
    write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const PutCounts first, stores.events().append(events));
        EXPECT_EQ(first, (PutCounts{2, 0, 1}));
        ATTUNE_ASSIGN(const PutCounts second, stores.events().append(events));
        EXPECT_EQ(second, (PutCounts{0, 0, 3}));
        return {};
    });
    EXPECT_THAT(event_ids({.customer_id = "c2"}), IsEmpty());
}

TEST_P(Records, EventsOfUnknownCustomersOrProductsAreRefusedWhole) {
    write([&](Stores& stores) -> Status {
        const std::vector nobody{make_event("e1", "c1", 1), make_event("e2", "nobody", 1)};
        const auto customer = stores.events().append(nobody);
        EXPECT_EQ(customer.error().code, ErrorCode::kNotFound);
        EXPECT_THAT(customer.error().message, HasSubstr("event 'e2'"));
        EXPECT_THAT(customer.error().message, HasSubstr("customer 'nobody'"));
        const std::vector nothing{make_event("e3", "c1", 1), make_event("e4", "c1", 1, "nothing")};
        const auto product = stores.events().append(nothing);
        EXPECT_EQ(product.error().code, ErrorCode::kNotFound);
        EXPECT_THAT(product.error().message, HasSubstr("product 'nothing'"));
        std::vector invalid{make_event("e5", "c1", 1), make_event("e6", "c1", 1)};
        invalid[1].quantity = 0;
        EXPECT_EQ(stores.events().append(invalid).error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(stores.events().count(), 0U);
        return {};
    });
}

TEST_P(Records, EventsComeByCustomerTimeAndId) {
    append({make_event("z", "c2", 1), make_event("b", "c1", 2), make_event("a", "c1", 2),
            make_event("y", "c1", 1), make_event("x", "c3", 0)});
    EXPECT_THAT(event_ids({}), ElementsAre("y", "a", "b", "z", "x"));
    EXPECT_THAT(event_ids({.newest_first = true}), ElementsAre("b", "a", "y", "z", "x"));
    EXPECT_THAT(event_ids({.limit = 3}), ElementsAre("y", "a", "b"));
}

TEST_P(Records, EventsAreFiltered) {
    append({make_event("1", "c1", 1), make_event("2", "c1", 2), make_event("3", "c1", 3),
            make_event("4", "c2", 2)});
    EXPECT_THAT(event_ids({.customer_id = "c1"}), ElementsAre("1", "2", "3"));
    EXPECT_THAT(event_ids({.customer_id = "c1", .newest_first = true, .limit = 2}),
                ElementsAre("3", "2"));
    EXPECT_THAT(event_ids({.customer_id = "nobody"}), IsEmpty());
    const Timestamp second{2 * kMsPerDay};
    EXPECT_THAT(event_ids({.from = second}), ElementsAre("2", "3", "4"));
    EXPECT_THAT(event_ids({.until = second}), ElementsAre("1"));
    EXPECT_THAT(event_ids({.customer_id = "c1", .from = second, .until = Timestamp{3 * kMsPerDay}}),
                ElementsAre("2"));
}

TEST_P(Records, AcceptedDecisionsAreCountedByDay) {
    const auto accepts = [](const std::string& id, const std::string& customer_id, std::int64_t day,
                            const std::string& context) {
        Event event = make_event(id, customer_id, day);
        event.type = EventType::kPurchase;
        event.context = context;
        return event;
    };
    Event last = accepts("last", "c2", 12, "decision:f");
    last.time.ms += kMsPerDay - 1;
    Event view = accepts("view", "c1", 11, "decision:viewed");
    view.type = EventType::kView;
    append({accepts("before", "c1", 9, "decision:old"), accepts("first", "c1", 10, "decision:a"),
            accepts("other day", "c1", 10, "decision:b"), accepts("newest", "c2", 11, "decision:b"),
            accepts("twice", "c1", 12, "decision:c"), accepts("again", "c1", 12, "decision:c"),
            accepts("after", "c1", 13, "decision:d"), accepts("two", "c1", 10, "decision:d"),
            accepts("old too", "c1", 12, "decision:old"), accepts("invoice", "c1", 11, "536365"),
            accepts("like it", "c1", 11, "decision;e"), accepts("none", "c1", 11, ""), last, view});
    const Timestamp first{10 * kMsPerDay};
    read([&](Stores& stores) -> Status {
        EXPECT_EQ(stores.events().accepted_by_day({.first = first, .num_days = 3}),
                  (std::vector<std::size_t>{1, 1, 3}));
        EXPECT_EQ(stores.events().accepted_by_day({.first = first, .num_days = 4}),
                  (std::vector<std::size_t>{1, 1, 3, 1}));
        EXPECT_EQ(stores.events().accepted_by_day({.first = Timestamp{14 * kMsPerDay}}),
                  std::vector<std::size_t>{0});
        return {};
    });
}

TEST_P(Records, AVisitStopsAtItsFirstError) {
    append({make_event("1", "c1", 1), make_event("2", "c1", 2), make_event("3", "c1", 3)});
    std::size_t num_visits = 0;
    const Status status = database_->read([&](Stores& stores) {
        return stores.events().for_each({}, [&](const Event&) -> Status {
            if (++num_visits == 2) return fail(ErrorCode::kCancelled, "enough");
            return {};
        });
    });
    EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(num_visits, 2U);
    EXPECT_THAT(event_ids({}), ElementsAre("1", "2", "3"));
}

TEST_P(Records, AVisitMayAskTheSameStore) {
    append({make_event("1", "c1", 1), make_event("2", "c1", 2), make_event("3", "c2", 3)});
    std::vector<std::string> pairs;
    read([&](Stores& stores) {
        return stores.events().for_each({}, [&](const Event& outer) -> Status {
            return stores.events().for_each({}, [&](const Event& inner) -> Status {
                pairs.push_back(outer.id + inner.id);
                return {};
            });
        });
    });
    EXPECT_THAT(pairs, ElementsAre("11", "12", "13", "21", "22", "23", "31", "32", "33"));
}

TEST_P(Records, TransactionsAreKeptByCustomerAndTime) {
    const Transaction late{"t1",        "c1",   Timestamp{2000}, Money{-1250, {'U', 'S', 'D'}},
                           "groceries", "Shop", "weekly"};
    const Transaction early{"t2", "c1", Timestamp{1000}, Money{100'000, {'E', 'U', 'R'}}, "salary",
                            "",   ""};
    const Transaction other{"t0", "c2", Timestamp{500}, {}, "", "", ""};
    write([&](Stores& stores) -> Status {
        const std::vector all{late, early, other};
        ATTUNE_ASSIGN(const PutCounts added, stores.transactions().put(all));
        EXPECT_EQ(added, (PutCounts{3, 0, 0}));
        ATTUNE_ASSIGN(const PutCounts again, stores.transactions().put(all));
        EXPECT_EQ(again, (PutCounts{0, 0, 3}));
        return {};
    });
    read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto of_customer, stores.transactions().of_customer("c1"));
        EXPECT_THAT(of_customer, ElementsAre(early, late));
        std::vector<Transaction> all;
        ATTUNE_TRY(stores.transactions().for_each([&](const Transaction& record) -> Status {
            all.push_back(record);
            return {};
        }));
        EXPECT_THAT(all, ElementsAre(early, late, other));
        ATTUNE_ASSIGN(const auto nobody, stores.transactions().of_customer("nobody"));
        EXPECT_THAT(nobody, IsEmpty());
        return {};
    });
}

TEST_P(Records, ACorrectedTransactionOrPostCountsAsChanged) {
    Transaction transaction{"t1", "c1", Timestamp{1000}, Money{5}, "", "", ""};
    Post post{"m1", "c1", Timestamp{1000}, "mail", "one"};
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.transactions().put({&transaction, 1}));
        ATTUNE_TRY(stores.posts().put({&post, 1}));
        transaction.amount.minor = 6;
        transaction.time.ms = 3000;
        post.customer_id = "c2";
        ATTUNE_ASSIGN(const PutCounts transactions, stores.transactions().put({&transaction, 1}));
        ATTUNE_ASSIGN(const PutCounts posts, stores.posts().put({&post, 1}));
        EXPECT_EQ(transactions, (PutCounts{0, 1, 0}));
        EXPECT_EQ(posts, (PutCounts{0, 1, 0}));
        ATTUNE_ASSIGN(const auto stored, stores.transactions().of_customer("c1"));
        EXPECT_THAT(stored, ElementsAre(transaction));
        ATTUNE_ASSIGN(const auto stored_posts, stores.posts().of_customer("c2"));
        EXPECT_THAT(stored_posts, ElementsAre(post));
        EXPECT_EQ(stores.transactions().customer_of("t1"), "c1");
        EXPECT_EQ(stores.posts().customer_of("m1"), "c2");
        EXPECT_EQ(stores.posts().customer_of("t1"), std::nullopt);
        EXPECT_EQ(stores.consents().customer_of("t1"), std::nullopt);
        return {};
    });
}

TEST_P(Records, PostsOfAnyLengthAreKept) {
    const Post post{"m1", "c1", Timestamp{1}, "chat", std::string(300'000, 'x') + "ende"};
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(stores.posts().put({&post, 1}));
        return {};
    });
    read([&](Stores& stores) -> Status {
        std::vector<Post> all;
        ATTUNE_TRY(stores.posts().for_each([&](const Post& record) -> Status {
            all.push_back(record);
            return {};
        }));
        EXPECT_EQ(all, std::vector{post});
        return {};
    });
}

TEST_P(Records, HouseholdRelationsAreListedByRelatedId) {
    const HouseholdRelation spouse{"c1", "c3", "spouse"};
    const HouseholdRelation partner{"c1", "c3", "business partner"};
    const HouseholdRelation child{"c1", "c2", "child"};
    const HouseholdRelation back{"c2", "c1", "parent"};
    write([&](Stores& stores) -> Status {
        const std::vector all{back, spouse, partner, child, spouse};
        ATTUNE_ASSIGN(const PutCounts counts, stores.households().put(all));
        EXPECT_EQ(counts, (PutCounts{4, 0, 1}));
        const std::vector unknown{HouseholdRelation{"c1", "stranger", "cousin"}};
        EXPECT_EQ(stores.households().put(unknown).error().code, ErrorCode::kNotFound);
        return {};
    });
    read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto of_customer, stores.households().of_customer("c1"));
        EXPECT_THAT(of_customer, ElementsAre(child, partner, spouse));
        std::vector<HouseholdRelation> all;
        ATTUNE_TRY(stores.households().for_each([&](const HouseholdRelation& record) -> Status {
            all.push_back(record);
            return {};
        }));
        EXPECT_THAT(all, ElementsAre(child, partner, spouse, back));
        return {};
    });
}

TEST_P(Records, TheHistoryOfConsentsIsKept) {
    const Consent granted{"c1", "marketing", true, Timestamp{1000}, "web"};
    const Consent refused{"c1", "marketing", false, Timestamp{2000}, "branch"};
    const Consent again{"c1", "marketing", true, Timestamp{3000}, "web"};
    // Of two decisions of one instant the refusal is listed last, for the last one holds.
    const Consent at_once{"c1", "marketing", false, Timestamp{3000}, "app"};
    write([&](Stores& stores) -> Status {
        const std::vector all{at_once, again, refused, granted};
        ATTUNE_ASSIGN(const PutCounts counts, stores.consents().put(all));
        EXPECT_EQ(counts, (PutCounts{4, 0, 0}));
        ATTUNE_ASSIGN(const PutCounts repeated, stores.consents().put(all));
        EXPECT_EQ(repeated, (PutCounts{0, 0, 4}));
        const std::vector unknown{Consent{"nobody", "marketing", true, Timestamp{1}, ""}};
        const auto refusal = stores.consents().put(unknown);
        EXPECT_THAT(refusal.error().message, HasSubstr("nobody"));
        return {};
    });
    read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto history, stores.consents().of_customer("c1"));
        EXPECT_THAT(history, ElementsAre(granted, refused, again, at_once));
        EXPECT_EQ(stores.consents().count(), 4U);
        return {};
    });
}

}  // namespace
}  // namespace attune
