#pragma once

#include <map>
#include <memory>

#include "storage/sql/account_store.hpp"
#include "storage/sql/api_key_store.hpp"
#include "storage/sql/decision_store.hpp"
#include "storage/sql/document_table.hpp"
#include "storage/sql/event_store.hpp"
#include "storage/sql/idempotency_store.hpp"
#include "storage/sql/job_store.hpp"
#include "storage/sql/record_tables.hpp"
#include "storage/sql/refresh_token_store.hpp"
#include "storage/sql/secret_store.hpp"
#include "storage/sql/setting_store.hpp"

namespace attune {

/// What differs between the databases behind soci.
struct SqlDialect {
    std::string name;         ///< of the database, for messages
    std::string begin_write;  ///< begins a transaction that will write
    std::string begin_read;   ///< begins a snapshot
    std::function<Error(const soci::soci_error&)> translate;
    /// Asked after each read: whether what was read can be relied on. None: always.
    std::function<Status()> confirm_read{};
};

/// The stores on one session, with the statements that they keep.
class StoresSql final : public Stores {
 public:
    explicit StoresSql(SqlContext& context);

    CustomerStore& customers() override { return customers_; }
    ProductStore& products() override { return products_; }
    EventStore& events() override { return events_; }
    TransactionStore& transactions() override { return transactions_; }
    PostStore& posts() override { return posts_; }
    HouseholdStore& households() override { return households_; }
    ConsentStore& consents() override { return consents_; }
    AccountStore& accounts() override { return accounts_; }
    ApiKeyStore& api_keys() override { return api_keys_; }
    RefreshTokenStore& refresh_tokens() override { return refresh_tokens_; }
    SecretStore& secrets() override { return secrets_; }
    DecisionStore& decisions() override { return decisions_; }
    IdempotencyStore& idempotency() override { return idempotency_; }
    JobStore& jobs() override { return jobs_; }
    SettingStore& settings() override { return settings_; }

    void forget_keys();

 private:
    KeyFinder customer_keys_;
    KeyFinder product_keys_;
    CustomerStoreSql customers_;
    ProductStoreSql products_;
    EventStoreSql events_;
    TransactionStoreSql transactions_;
    PostStoreSql posts_;
    HouseholdStoreSql households_;
    ConsentStoreSql consents_;
    AccountStoreSql accounts_;
    ApiKeyStoreSql api_keys_;
    RefreshTokenStoreSql refresh_tokens_;
    SecretStoreSql secrets_;
    DecisionStoreSql decisions_;
    IdempotencyStoreSql idempotency_;
    JobStoreSql jobs_;
    SettingStoreSql settings_;
};

enum class SessionMode { kRead, kWrite };

/// One connection, its transactions and its stores.
///
/// @threads  used by one thread at a time
class SqlSession {
 public:
    using Work = std::function<Status(Stores&)>;

    SqlSession(std::unique_ptr<soci::session> session, const SqlDialect& dialect, SessionMode mode);

    /// Runs `work` on a snapshot.
    Status read(const Work& work);
    Result<std::uint64_t> revision();

    /// Begins the transaction of a group.
    Status begin_group();
    /// Runs `work` within the group. When it fails nothing of it remains.
    Status run_job(const Work& work);
    /// Whether the group is still there: the database may have undone all of it, as SQLite does
    /// when the disk is full.
    [[nodiscard]] const std::optional<Error>& group_error() const { return group_error_; }
    /// Makes the group durable, or undoes it and says why.
    Status commit_group();

 private:
    Status command(const std::string& sql);
    void undo_job(const Error& cause);
    void undo_group();
    /// Statements of a failed session cannot be used any more; the next use prepares new ones.
    void renew_if_broken();
    Status call(const Work& work);
    Status add_to_revision();

    std::unique_ptr<soci::session> session_;
    SqlDialect dialect_;
    SqlContext context_;
    std::map<std::string, soci::statement> commands_{};
    std::unique_ptr<StoresSql> stores_;
    std::size_t num_changing_jobs_ = 0;
    std::optional<Error> group_error_{};
};

}  // namespace attune
