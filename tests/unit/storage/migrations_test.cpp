#include "storage/sql/migrations.hpp"

#include <gmock/gmock.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "storage/sqlite/schema.hpp"
#include "unit/storage/raw_sqlite.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Migrations : public SqliteFile {
 protected:
    void SetUp() override {
        session_ = std::make_unique<soci::session>(soci::sqlite3, path_.string());
    }

    Status migrate_to(const std::vector<Migration>& migrations) {
        return migrate(*session_, dialect_, migrations);
    }

    const Migration first_{1, {"CREATE TABLE one (a)", "INSERT INTO one VALUES (5)"}};
    const Migration second_{2, {"CREATE TABLE two (b)", "INSERT INTO two SELECT a FROM one"}};
    const SqlDialect dialect_{.name = "test",
                              .begin_write = "BEGIN IMMEDIATE",
                              .begin_read = "BEGIN",
                              .translate = [](const soci::soci_error& error) {
                                  return Error{ErrorCode::kInternal, error.get_error_message()};
                              }};
    std::unique_ptr<soci::session> session_;
};

TEST_F(Migrations, RunInOrderAndOnce) {
    EXPECT_EQ(schema_version(*session_, dialect_).value(), std::nullopt);
    ASSERT_TRUE(migrate_to({first_}));
    EXPECT_EQ(schema_version(*session_, dialect_).value(), 1);
    ASSERT_TRUE(migrate_to({first_, second_}));
    ASSERT_TRUE(migrate_to({first_, second_}));
    EXPECT_EQ(schema_version(*session_, dialect_).value(), 2);
    EXPECT_EQ(RawSqlite(path_).ask("SELECT b FROM two"), "5\n");
    EXPECT_EQ(RawSqlite(path_).ask("SELECT version FROM schema_version"), "1\n2\n");
}

TEST_F(Migrations, AFailingOneLeavesTheDatabaseAsItWas) {
    ASSERT_TRUE(migrate_to({first_}));
    const Migration broken{3, {"CREATE TABLE three (c)", "INSERT INTO nowhere VALUES (1)"}};
    const Status status = migrate_to({first_, second_, broken});
    ASSERT_FALSE(status);
    EXPECT_THAT(status.error().message, HasSubstr("nowhere"));
    EXPECT_EQ(schema_version(*session_, dialect_).value(), 1);
    EXPECT_THAT(RawSqlite(path_).ask("SELECT name FROM sqlite_master"), Not(HasSubstr("two")));
}

TEST_F(Migrations, ANewerDatabaseIsRefused) {
    ASSERT_TRUE(migrate_to({first_, second_}));
    const Status status = migrate_to({first_});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kNewerFormat);
    EXPECT_THAT(status.error().message, HasSubstr("version 2"));
}

TEST_F(Migrations, AnEmptyTableOfVersionsMeansNone) {
    RawSqlite(path_).run("CREATE TABLE schema_version (version INTEGER PRIMARY KEY)");
    EXPECT_EQ(schema_version(*session_, dialect_).value(), 0);
}

TEST_F(Migrations, CustomersAndProductsOfTheFirstVersionCanBeSearched) {
    const auto all = sqlite_migrations();
    ASSERT_TRUE(migrate(*session_, dialect_, all.first(1)));
    RawSqlite raw(path_);
    raw.run(R"(INSERT INTO customers (id, kind, document) VALUES
            ('c1', 'person', '{"id":"c1","kind":"person","name":"Zoë","location":"Graz","age":4}'),
            ('c2', 'person', '{"id":"c2","kind":"person","name":"BERT"}'))");
    raw.run(R"(INSERT INTO products (id, category, document) VALUES
            ('p1', 'CARDS', '{"id":"p1","name":"Gold","category":"CARDS","brand":"Süd",
                              "available":false}'))");
    ASSERT_TRUE(migrate(*session_, dialect_, all));
    EXPECT_EQ(raw.ask("SELECT name_key, location_key, age FROM customers ORDER BY id"),
              "zoe\ngraz\n4\nbert\n\n-1\n");
    EXPECT_EQ(raw.ask("SELECT name_key, brand, available FROM products"), "gold\nSüd\n0\n");
    EXPECT_EQ(raw.ask("SELECT search_text FROM products"), "p1\ngold\ncards\nsud\n");
}

TEST_F(Migrations, ADocumentThatCannotBeReadIsNamed) {
    const auto all = sqlite_migrations();
    ASSERT_TRUE(migrate(*session_, dialect_, all.first(1)));
    RawSqlite(path_).run("INSERT INTO customers (id, kind, document) VALUES ('c1', 'x', '{')");
    const Status status = migrate(*session_, dialect_, all);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(status.error().message, HasSubstr("customer"));
    EXPECT_EQ(schema_version(*session_, dialect_).value(), 1);
}

/// A sort would hold all events in memory.
TEST_F(Migrations, WhatIsListedByTimeNeedsNoSort) {
    const auto migrations = sqlite_migrations();
    ASSERT_TRUE(migrate(*session_, dialect_, migrations));
    RawSqlite raw(path_);
    std::vector<std::string> queries{
        event_query_sql(false, false),
        event_query_sql(false, true),
        event_query_sql(true, false),
        event_query_sql(true, true),
        std::string(TransactionTable::kSelect) + " ORDER BY c.id, " + TransactionTable::kOrder,
        std::string(PostTable::kSelect) + " ORDER BY c.id, " + PostTable::kOrder,
        std::string(ConsentTable::kSelect) + " ORDER BY c.id, " + ConsentTable::kOrder};
    for (const NewestFirst& page :
         {NewestFirst{}, NewestFirst{.before = TimeCursor{}}, NewestFirst{.customer_id = "c"},
          NewestFirst{.customer_id = "c", .before = TimeCursor{}}}) {
        queries.push_back(newest_events_sql(page));
        queries.push_back(decision_query_sql(page));
    }
    for (const std::string& query : queries) {
        EXPECT_THAT(raw.ask("EXPLAIN QUERY PLAN " + query), Not(HasSubstr("TEMP B-TREE"))) << query;
    }
}

TEST_F(Migrations, WhatWasAcceptedIsReadFromItsOwnIndex) {
    const auto all = sqlite_migrations();
    // Each on a connection of its own: one that is open explains by the schema that it has read.
    const auto plan = [&] {
        return RawSqlite(path_).ask("EXPLAIN QUERY PLAN " + accepted_events_sql());
    };
    ASSERT_TRUE(migrate(*session_, dialect_, all.first(2)));
    EXPECT_THAT(plan(), Not(HasSubstr("events_that_accept")));
    ASSERT_TRUE(migrate(*session_, dialect_, all));
    EXPECT_EQ(schema_version(*session_, dialect_).value(), 3);
    EXPECT_THAT(plan(), HasSubstr("COVERING INDEX events_that_accept (type=? AND time_ms>?)"));
}

}  // namespace
}  // namespace attune
