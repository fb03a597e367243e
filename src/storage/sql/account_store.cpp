#include "storage/sql/account_store.hpp"

#include "storage/sql/rows.hpp"

namespace attune {
namespace {

using soci::into;
using soci::use;

struct AccountRow {
    std::string name;
    std::string display_name;
    std::string role;
    std::string password_hash;
    int must_change_password = 0;
    int disabled = 0;
    int failed_sign_ins = 0;
    OptionalTime locked_until{};
    long long created_at_ms = 0;

    AccountRow() = default;
    explicit AccountRow(const Account& account)
        : name(account.name),
          display_name(account.display_name),
          role(account.role),
          password_hash(account.password_hash),
          must_change_password(account.must_change_password ? 1 : 0),
          disabled(account.disabled ? 1 : 0),
          failed_sign_ins(account.failed_sign_ins),
          locked_until(account.locked_until),
          created_at_ms(account.created_at.ms) {}

    [[nodiscard]] Account account() const {
        return {.name = name,
                .display_name = display_name,
                .role = role,
                .password_hash = password_hash,
                .must_change_password = must_change_password != 0,
                .disabled = disabled != 0,
                .failed_sign_ins = failed_sign_ins,
                .locked_until = locked_until.time(),
                .created_at = Timestamp{created_at_ms}};
    }
};

constexpr const char* kSelect =
    "SELECT name, display_name, role, password_hash, must_change_password, disabled, "
    "failed_sign_ins, locked_until_ms, created_at_ms FROM accounts";

/// The accounts of a query of kSelect's columns.
template <typename... Bound>
Result<std::vector<Account>> fetch_accounts(SqlContext& context, const std::string& sql,
                                            const Bound&... bound) {
    AccountRow row;
    std::vector<Account> accounts;
    const auto collect = [&]() -> Status {
        accounts.push_back(row.account());
        return {};
    };
    ATTUNE_TRY(each_row(context, sql, collect, bound..., into(row.name), into(row.display_name),
                        into(row.role), into(row.password_hash), into(row.must_change_password),
                        into(row.disabled), into(row.failed_sign_ins),
                        into(row.locked_until.ms, row.locked_until.present),
                        into(row.created_at_ms)));
    return accounts;
}

Error no_account(std::string_view name) {
    return {ErrorCode::kNotFound, fmt::format("there is no account '{}'", name)};
}

}  // namespace

Status AccountStoreSql::add(const Account& account) {
    ATTUNE_TRY(check_not_empty("the name of an account", account.name));
    AccountRow row(account);
    ATTUNE_ASSIGN(
        const std::size_t num_added,
        change_rows(
            context_,
            "INSERT INTO accounts (name, display_name, role, password_hash, must_change_password, "
            "disabled, failed_sign_ins, locked_until_ms, created_at_ms) VALUES (:name, "
            ":display_name, :role, :password_hash, :must_change_password, :disabled, "
            ":failed_sign_ins, :locked_until_ms, :created_at_ms) ON CONFLICT (name) DO NOTHING",
            use(row.name, "name"), use(row.display_name, "display_name"), use(row.role, "role"),
            use(row.password_hash, "password_hash"),
            use(row.must_change_password, "must_change_password"), use(row.disabled, "disabled"),
            use(row.failed_sign_ins, "failed_sign_ins"),
            use(row.locked_until.ms, row.locked_until.present, "locked_until_ms"),
            use(row.created_at_ms, "created_at_ms")));
    if (num_added > 0) return {};
    return fail(ErrorCode::kConflict, "there is an account '{}' already", account.name);
}

Status AccountStoreSql::change(const Account& account) {
    AccountRow row(account);
    ATTUNE_ASSIGN(
        const std::size_t num_changed,
        change_rows(context_,
                    "UPDATE accounts SET display_name = :display_name, role = :role, "
                    "password_hash = :password_hash, must_change_password = :must_change_password, "
                    "disabled = :disabled, failed_sign_ins = :failed_sign_ins, "
                    "locked_until_ms = :locked_until_ms WHERE name = :name",
                    use(row.display_name, "display_name"), use(row.role, "role"),
                    use(row.password_hash, "password_hash"),
                    use(row.must_change_password, "must_change_password"),
                    use(row.disabled, "disabled"), use(row.failed_sign_ins, "failed_sign_ins"),
                    use(row.locked_until.ms, row.locked_until.present, "locked_until_ms"),
                    use(row.name, "name")));
    if (num_changed > 0) return {};
    return fail(no_account(account.name));
}

Result<Account> AccountStoreSql::get(std::string_view name) {
    const std::string wanted(name);
    ATTUNE_ASSIGN(const auto accounts,
                  fetch_accounts(context_, std::string(kSelect) + " WHERE name = :name",
                                 use(wanted, "name")));
    if (accounts.empty()) return fail(no_account(name));
    return accounts.front();
}

Result<std::vector<Account>> AccountStoreSql::list(const Page& page) {
    const long long limit = sql_limit(page.limit);
    return fetch_accounts(context_,
                          std::string(kSelect) + " WHERE name > :after ORDER BY name LIMIT :limit",
                          use(page.after, "after"), use(limit, "limit"));
}

Result<std::size_t> AccountStoreSql::count() {
    return ask_number(context_, "SELECT count(*) FROM accounts");
}

Status AccountStoreSql::remove(std::string_view name) {
    const std::string removed(name);
    ATTUNE_ASSIGN(
        const std::size_t num_removed,
        change_rows(context_, "DELETE FROM accounts WHERE name = :name", use(removed, "name")));
    if (num_removed > 0) return {};
    return fail(no_account(name));
}

Status AccountStoreSql::assign(std::string_view name, std::span<const std::string> customer_ids) {
    ATTUNE_TRY(check_writable(context_));
    const std::string account(name);
    ATTUNE_ASSIGN(const auto account_key,
                  ask_number(context_, "SELECT account_key FROM accounts WHERE name = :name",
                             use(account, "name")));
    if (account_key == 0) return fail(no_account(name));
    return guarded(context_, [&]() -> Status {
        std::vector<long long> customer_keys;
        for (const std::string& id : customer_ids) {
            ATTUNE_ASSIGN(const long long key, keys_.customers.find(id));
            customer_keys.push_back(key);
        }
        const auto key = static_cast<long long>(account_key);
        ATTUNE_TRY(change_rows(context_, "DELETE FROM account_customers WHERE account_key = :key",
                               use(key, "key")));
        long long customer_key = 0;
        soci::statement insert =
            prepare(context_.session,
                    "INSERT INTO account_customers (account_key, customer_key) "
                    "VALUES (:account_key, :customer_key) ON CONFLICT DO NOTHING",
                    use(key, "account_key"), use(customer_key, "customer_key"));
        for (const long long found : customer_keys) {
            customer_key = found;
            insert.execute(true);
        }
        return {};
    });
}

Result<std::vector<std::string>> AccountStoreSql::assigned(std::string_view name,
                                                           const Page& page) {
    const std::string account(name);
    const long long limit = sql_limit(page.limit);
    std::string id;
    std::vector<std::string> ids;
    const auto collect = [&]() -> Status {
        ids.push_back(id);
        return {};
    };
    ATTUNE_TRY(each_row(context_,
                        "SELECT c.id FROM accounts a JOIN account_customers ac "
                        "ON ac.account_key = a.account_key JOIN customers c "
                        "ON c.customer_key = ac.customer_key "
                        "WHERE a.name = :name AND c.id > :after ORDER BY c.id LIMIT :limit",
                        collect, use(account, "name"), use(page.after, "after"),
                        use(limit, "limit"), into(id)));
    return ids;
}

Result<std::size_t> AccountStoreSql::num_assigned(std::string_view name) {
    const std::string account(name);
    return ask_number(context_,
                      "SELECT count(*) FROM accounts a JOIN account_customers ac "
                      "ON ac.account_key = a.account_key WHERE a.name = :name",
                      use(account, "name"));
}

Result<bool> AccountStoreSql::is_assigned(std::string_view name, std::string_view customer_id) {
    const std::string account(name);
    const std::string id(customer_id);
    return has_rows(context_,
                    "SELECT 1 FROM accounts a JOIN account_customers ac "
                    "ON ac.account_key = a.account_key JOIN customers c "
                    "ON c.customer_key = ac.customer_key WHERE a.name = :name AND c.id = :id",
                    use(account, "name"), use(id, "id"));
}

}  // namespace attune
