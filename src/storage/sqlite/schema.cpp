#include "storage/sqlite/schema.hpp"

namespace attune {
namespace {

// What is listed by customer and time is clustered by them (WITHOUT ROWID): a history is one
// stretch of the file, and no second index repeats it. Posts are not, for rows as long as theirs
// make a poor index. Keys instead of ids keep the rows short.
std::vector<Migration> all_migrations() {
    return {{1,
             {"CREATE TABLE database_state ("
              " only_row INTEGER PRIMARY KEY CHECK (only_row = 1),"
              " revision INTEGER NOT NULL) STRICT",
              "INSERT INTO database_state (only_row, revision) VALUES (1, 0)",

              "CREATE TABLE customers ("
              " customer_key INTEGER PRIMARY KEY,"
              " id TEXT NOT NULL UNIQUE,"
              " kind TEXT NOT NULL,"
              " document TEXT NOT NULL) STRICT",

              "CREATE TABLE products ("
              " product_key INTEGER PRIMARY KEY,"
              " id TEXT NOT NULL UNIQUE,"
              " category TEXT NOT NULL,"
              " document TEXT NOT NULL) STRICT",

              "CREATE TABLE events ("
              " customer_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
              " time_ms INTEGER NOT NULL,"
              " id TEXT NOT NULL UNIQUE,"
              " product_key INTEGER NOT NULL REFERENCES products,"
              " type INTEGER NOT NULL,"
              " quantity REAL NOT NULL,"
              " price_minor INTEGER,"
              " price_currency TEXT CHECK ((price_currency IS NULL) = (price_minor IS NULL)),"
              " context TEXT NOT NULL,"
              " PRIMARY KEY (customer_key, time_ms, id)) STRICT, WITHOUT ROWID",

              "CREATE TABLE transactions ("
              " customer_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
              " time_ms INTEGER NOT NULL,"
              " id TEXT NOT NULL UNIQUE,"
              " amount_minor INTEGER NOT NULL,"
              " currency TEXT NOT NULL,"
              " category TEXT NOT NULL,"
              " counterparty TEXT NOT NULL,"
              " description TEXT NOT NULL,"
              " PRIMARY KEY (customer_key, time_ms, id)) STRICT, WITHOUT ROWID",

              "CREATE TABLE posts ("
              " post_key INTEGER PRIMARY KEY,"
              " id TEXT NOT NULL UNIQUE,"
              " customer_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
              " time_ms INTEGER NOT NULL,"
              " channel TEXT NOT NULL,"
              " text TEXT NOT NULL) STRICT",
              "CREATE INDEX posts_by_customer ON posts (customer_key, time_ms, id)",

              "CREATE TABLE household_relations ("
              " customer_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
              " related_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
              " relation TEXT NOT NULL,"
              " PRIMARY KEY (customer_key, related_key, relation)) STRICT, WITHOUT ROWID",
              "CREATE INDEX household_relations_by_related ON household_relations (related_key)",

              "CREATE TABLE consents ("
              " customer_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
              " time_ms INTEGER NOT NULL,"
              " granted INTEGER NOT NULL,"
              " purpose TEXT NOT NULL,"
              " source TEXT NOT NULL,"
              " PRIMARY KEY (customer_key, time_ms, granted DESC, purpose, source))"
              " STRICT, WITHOUT ROWID"}}};
}

}  // namespace

std::span<const Migration> sqlite_migrations() {
    static const std::vector<Migration> migrations = all_migrations();
    return migrations;
}

}  // namespace attune
