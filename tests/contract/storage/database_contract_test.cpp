#include <gmock/gmock.h>

#include <stdexcept>

#include "contract/storage/back_ends.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

class Transactions : public StorageContract {
 protected:
    std::size_t num_customers() {
        std::size_t count = 0;
        read([&](Stores& stores) -> Status {
            ATTUNE_ASSIGN(count, stores.customers().count());
            return {};
        });
        return count;
    }
    std::uint64_t revision() { return database_->revision().value(); }
};
ATTUNE_FOR_ALL_BACK_ENDS(Transactions);

Status put_customer(Stores& stores, const std::string& id) {
    const std::vector customers{make_customer(id)};
    ATTUNE_TRY(stores.customers().put(customers));
    return {};
}

TEST_P(Transactions, AFailedWriteLeavesNothing) {
    const Status status = database_->write([](Stores& stores) -> Status {
        ATTUNE_TRY(put_customer(stores, "a"));
        return fail(ErrorCode::kConflict, "changed my mind");
    });
    EXPECT_EQ(status.error().code, ErrorCode::kConflict);
    EXPECT_EQ(status.error().message, "changed my mind");
    EXPECT_EQ(num_customers(), 0U);
    EXPECT_EQ(revision(), 0U);
}

TEST_P(Transactions, AThrowingWriteLeavesNothing) {
    const Status status = database_->write([](Stores& stores) -> Status {
        ATTUNE_TRY(put_customer(stores, "a"));
        throw std::runtime_error("bang");
    });
    EXPECT_EQ(status.error().code, ErrorCode::kInternal);
    EXPECT_THAT(status.error().message, HasSubstr("bang"));
    const Status odd = database_->write([](Stores&) -> Status { throw 7; });
    EXPECT_EQ(odd.error().code, ErrorCode::kInternal);
    const Status read_status =
        database_->read([](Stores&) -> Status { throw std::runtime_error("bang"); });
    EXPECT_EQ(read_status.error().code, ErrorCode::kInternal);
    EXPECT_EQ(num_customers(), 0U);
}

TEST_P(Transactions, KeysOfAnUndoneWriteAreForgotten) {
    put_nouns();
    const Status undone = database_->write([](Stores& stores) -> Status {
        ATTUNE_TRY(put_customer(stores, "late"));
        const std::vector events{make_event("e1", "late", 1)};
        ATTUNE_TRY(stores.events().append(events));
        return fail(ErrorCode::kCancelled, "stop");
    });
    EXPECT_FALSE(undone);
    const Status status = database_->write([](Stores& stores) -> Status {
        const std::vector events{make_event("e1", "late", 1)};
        ATTUNE_TRY(stores.events().append(events));
        return {};
    });
    EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
}

TEST_P(Transactions, TheRevisionGrowsWithChangesOnly) {
    EXPECT_EQ(revision(), 0U);
    write([](Stores& stores) { return put_customer(stores, "a"); });
    EXPECT_EQ(revision(), 1U);
    write([](Stores& stores) { return put_customer(stores, "a"); });
    write([](Stores&) -> Status { return {}; });
    EXPECT_EQ(revision(), 1U);
    write([](Stores& stores) { return stores.customers().remove("a"); });
    EXPECT_EQ(revision(), 2U);
    open();
    EXPECT_EQ(revision(), 2U);
}

TEST_P(Transactions, NothingIsWrittenWithinARead) {
    write([](Stores& stores) { return put_customer(stores, "a"); });
    read([](Stores& stores) -> Status {
        EXPECT_EQ(put_customer(stores, "b").error().code, ErrorCode::kForbidden);
        EXPECT_EQ(stores.customers().remove("a").error().code, ErrorCode::kForbidden);
        EXPECT_EQ(stores.events().append({}).error().code, ErrorCode::kForbidden);
        EXPECT_EQ(stores.consents().put({}).error().code, ErrorCode::kForbidden);
        return {};
    });
    EXPECT_EQ(num_customers(), 1U);
}

TEST_P(Transactions, AReadSeesOneSnapshot) {
    read([&](Stores& stores) -> Status {
        // Committed after the snapshot was taken and before its first query.
        ATTUNE_TRY(database_->write([](Stores& inner) { return put_customer(inner, "a"); }));
        EXPECT_EQ(stores.customers().count(), 0U);
        return {};
    });
    EXPECT_EQ(num_customers(), 1U);
}

TEST_P(Transactions, AWriteSeesWhatItWrote) {
    write([](Stores& stores) -> Status {
        ATTUNE_TRY(put_customer(stores, "a"));
        EXPECT_EQ(stores.customers().count(), 1U);
        EXPECT_TRUE(stores.customers().get("a"));
        return {};
    });
}

TEST_P(Transactions, AWriteWithinAWriteIsRefused) {
    write([&](Stores&) -> Status {
        const Status inner = database_->write([](Stores&) -> Status { return {}; });
        EXPECT_EQ(inner.error().code, ErrorCode::kInternal);
        return {};
    });
}

TEST_P(Transactions, AReadWithinAWriteSeesWhatWasCommitted) {
    write([&](Stores& stores) -> Status {
        ATTUNE_TRY(put_customer(stores, "a"));
        EXPECT_EQ(num_customers(), 0U);
        return {};
    });
}

TEST_P(Transactions, WhatWasWrittenIsThereAfterOpeningAgain) {
    write([](Stores& stores) { return put_customer(stores, "a"); });
    open();
    EXPECT_EQ(num_customers(), 1U);
}

TEST_P(Transactions, TwoDatabasesOnOnePlaceSeeEachOther) {
    auto second = open_database(url_);
    ASSERT_TRUE(second) << second.error().message;
    for (int i = 0; i < 20; ++i) {
        Database& writer = i % 2 == 0 ? *database_ : **second;
        Database& reader = i % 2 == 0 ? **second : *database_;
        const std::string id = "c" + std::to_string(i);
        ASSERT_TRUE(writer.write([&](Stores& stores) { return put_customer(stores, id); }));
        ASSERT_TRUE(reader.read([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.customers().get(id));
            return {};
        }));
        ASSERT_EQ(reader.revision(), static_cast<std::uint64_t>(i + 1));
    }
}

TEST(PutCounts, AddUp) {
    PutCounts total{1, 2, 3};
    total += {10, 20, 30};
    EXPECT_EQ(total, (PutCounts{11, 22, 33}));
}

TEST(OpenDatabase, RefusesUrlsItDoesNotKnow) {
    for (const char* url : {"", "attune.db", ":x", "oracle:db", "sqlite:", "sqlite::memory:"}) {
        const auto database = open_database(url);
        ASSERT_FALSE(database) << url;
        EXPECT_EQ(database.error().code, ErrorCode::kInvalidArgument) << url;
        EXPECT_THAT(database.error().message, HasSubstr("sqlite:PATH")) << url;
    }
}

}  // namespace
}  // namespace attune
