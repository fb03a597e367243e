#include "storage/sqlite/schema.hpp"

#include "storage/sql/fill_listing_columns.hpp"

namespace attune {
namespace {

// What is listed by customer and time is clustered by them (WITHOUT ROWID): a history is one
// stretch of the file, and no second index repeats it. Posts are not, for rows as long as theirs
// make a poor index. Keys instead of ids keep the rows short.
Migration nouns_and_histories() {
    return {1,
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
             " STRICT, WITHOUT ROWID"}};
}

// What customers and products are listed, sorted and searched by. The first index of each holds all
// of it, so that a search reads the index and not the documents. Age -1 is an unknown one. The
// index of events by time costs a large import a sixth of its speed; without it the newest events
// of all customers would take a look at every one.
Migration listings() {
    return {2,
            {"ALTER TABLE customers ADD COLUMN name_key TEXT NOT NULL DEFAULT ''",
             "ALTER TABLE customers ADD COLUMN location_key TEXT NOT NULL DEFAULT ''",
             "ALTER TABLE customers ADD COLUMN age INTEGER NOT NULL DEFAULT -1",
             "ALTER TABLE customers ADD COLUMN search_text TEXT NOT NULL DEFAULT ''",
             "ALTER TABLE products ADD COLUMN name_key TEXT NOT NULL DEFAULT ''",
             "ALTER TABLE products ADD COLUMN brand TEXT NOT NULL DEFAULT ''",
             "ALTER TABLE products ADD COLUMN available INTEGER NOT NULL DEFAULT 1",
             "ALTER TABLE products ADD COLUMN search_text TEXT NOT NULL DEFAULT ''",
             "CREATE INDEX customers_listed ON customers"
             " (name_key, id, kind, age, location_key, search_text)",
             "CREATE INDEX customers_by_age ON customers (age, id)",
             "CREATE INDEX products_listed ON products"
             " (name_key, id, category, brand, available, search_text)",
             "CREATE INDEX events_by_time ON events (time_ms, id)"},
            fill_listing_columns};
}

// Who may do what.
std::vector<std::string> access_tables() {
    return {
        "CREATE TABLE accounts ("
        " account_key INTEGER PRIMARY KEY,"
        " name TEXT NOT NULL UNIQUE,"
        " display_name TEXT NOT NULL,"
        " role TEXT NOT NULL,"
        " password_hash TEXT NOT NULL,"
        " must_change_password INTEGER NOT NULL,"
        " disabled INTEGER NOT NULL,"
        " failed_sign_ins INTEGER NOT NULL,"
        " locked_until_ms INTEGER,"
        " created_at_ms INTEGER NOT NULL) STRICT",

        "CREATE TABLE account_customers ("
        " account_key INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,"
        " customer_key INTEGER NOT NULL REFERENCES customers ON DELETE CASCADE,"
        " PRIMARY KEY (account_key, customer_key)) STRICT, WITHOUT ROWID",
        "CREATE INDEX account_customers_by_customer ON account_customers (customer_key)",

        "CREATE TABLE api_keys ("
        " id TEXT PRIMARY KEY NOT NULL,"
        " name TEXT NOT NULL,"
        " secret_hash TEXT NOT NULL,"
        " scopes TEXT NOT NULL,"
        " created_at_ms INTEGER NOT NULL,"
        " created_by TEXT NOT NULL,"
        " expires_at_ms INTEGER,"
        " last_used_at_ms INTEGER,"
        " revoked INTEGER NOT NULL) STRICT, WITHOUT ROWID",

        "CREATE TABLE refresh_tokens ("
        " token_hash TEXT PRIMARY KEY NOT NULL,"
        " family TEXT NOT NULL,"
        " account_key INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,"
        " started_at_ms INTEGER NOT NULL,"
        " issued_at_ms INTEGER NOT NULL,"
        " expires_at_ms INTEGER NOT NULL,"
        " used_at_ms INTEGER,"
        " revoked INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family, issued_at_ms)",
        "CREATE INDEX refresh_tokens_by_account ON refresh_tokens (account_key)",
        "CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at_ms)",

        "CREATE TABLE secrets ("
        " name TEXT PRIMARY KEY NOT NULL,"
        " bytes_hex TEXT NOT NULL) STRICT, WITHOUT ROWID"};
}

// What the service keeps of its own work. Documents and bodies are long: no WITHOUT ROWID.
std::vector<std::string> service_tables() {
    return {
        "CREATE TABLE decisions ("
        " decision_key INTEGER PRIMARY KEY,"
        " id TEXT NOT NULL UNIQUE,"
        " customer_id TEXT NOT NULL,"
        " time_ms INTEGER NOT NULL,"
        " model_version TEXT NOT NULL,"
        " purpose TEXT NOT NULL,"
        " document TEXT NOT NULL,"
        " latency_us INTEGER NOT NULL,"
        " cached INTEGER NOT NULL,"
        " same_as TEXT NOT NULL) STRICT",
        "CREATE INDEX decisions_by_time ON decisions (time_ms, id)",
        "CREATE INDEX decisions_by_customer ON decisions (customer_id, time_ms, id)",

        "CREATE TABLE idempotency_records ("
        " principal TEXT NOT NULL,"
        " key TEXT NOT NULL,"
        " request_hash TEXT NOT NULL,"
        " status INTEGER NOT NULL,"
        " content_type TEXT NOT NULL,"
        " time_ms INTEGER NOT NULL,"
        " body TEXT NOT NULL,"
        " PRIMARY KEY (principal, key)) STRICT",
        "CREATE INDEX idempotency_records_by_time ON idempotency_records (time_ms)",

        "CREATE TABLE jobs ("
        " job_key INTEGER PRIMARY KEY,"
        " id TEXT NOT NULL UNIQUE,"
        " kind TEXT NOT NULL,"
        " state TEXT NOT NULL,"
        " created_by TEXT NOT NULL,"
        " created_at_ms INTEGER NOT NULL,"
        " started_at_ms INTEGER,"
        " ended_at_ms INTEGER,"
        " document TEXT NOT NULL) STRICT",
        "CREATE INDEX jobs_by_time ON jobs (created_at_ms, id)",

        "CREATE TABLE setting_overrides ("
        " key TEXT PRIMARY KEY NOT NULL,"
        " value TEXT NOT NULL,"
        " changed_at_ms INTEGER NOT NULL,"
        " changed_by TEXT NOT NULL) STRICT, WITHOUT ROWID"};
}

// The purchases that follow a recommendation, which are few: read without the others. All that is
// asked of them is in the index, also the type that all of them have.
Migration accepted_decisions() {
    return {3,
            {"CREATE INDEX events_that_accept ON events (type, time_ms, context)"
             " WHERE type = 4 AND context >= 'decision:' AND context < 'decision;'"}};
}

std::vector<Migration> all_migrations() {
    Migration service = listings();
    for (const auto& tables : {access_tables(), service_tables()}) {
        service.statements.insert(service.statements.end(), tables.begin(), tables.end());
    }
    return {nouns_and_histories(), std::move(service), accepted_decisions()};
}

}  // namespace

std::span<const Migration> sqlite_migrations() {
    static const std::vector<Migration> migrations = all_migrations();
    return migrations;
}

}  // namespace attune
