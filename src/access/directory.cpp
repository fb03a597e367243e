#include "access/directory.hpp"

#include <algorithm>
#include <optional>

namespace attune {
namespace {

/// Ids of a page when all assignments are read.
constexpr std::size_t kAssignedPage = 10'000;

Result<std::shared_ptr<const CustomerIds>> load_assigned(AccountStore& accounts,
                                                         const std::string& name) {
    auto ids = std::make_shared<CustomerIds>();
    Page page{.after = "", .limit = kAssignedPage};
    for (;;) {
        ATTUNE_ASSIGN(auto found, accounts.assigned(name, page));
        if (found.empty()) return std::shared_ptr<const CustomerIds>(std::move(ids));
        page.after = found.back();
        for (std::string& id : found) ids->insert(std::move(id));
    }
}

Result<KnownAccount> load_account(Stores& stores, std::string_view name) {
    ATTUNE_ASSIGN(const Account stored, stores.accounts().get(name));
    KnownAccount account{.name = stored.name,
                         .display_name = stored.display_name,
                         .role = Role::kAdviser,
                         .disabled = stored.disabled,
                         .must_change_password = stored.must_change_password,
                         .assigned = {}};
    ATTUNE_ASSIGN(account.role, parse_role(stored.role));
    if (account.role == Role::kAdviser) {
        ATTUNE_ASSIGN(account.assigned, load_assigned(stores.accounts(), stored.name));
    }
    return account;
}

Result<KnownApiKey> load_api_key(Stores& stores, std::string_view id) {
    ATTUNE_ASSIGN(const ApiKey stored, stores.api_keys().get(id));
    KnownApiKey key{.id = stored.id,
                    .name = stored.name,
                    .secret_hash = stored.secret_hash,
                    .scopes = {},
                    .expires_at = stored.expires_at.value_or(kNever),
                    .revoked = stored.revoked};
    ATTUNE_ASSIGN(key.scopes, Scopes::parse(stored.scopes));
    return key;
}

Result<KnownSession> load_session(Stores& stores, std::string_view family) {
    ATTUNE_ASSIGN(const auto newest, stores.refresh_tokens().newest_of(family));
    if (!newest) return fail(ErrorCode::kNotFound, "there is no such session");
    return KnownSession{.account = newest->account, .revoked = newest->revoked};
}

/// Reads one value from a snapshot.
template <typename Value, typename Load>
Result<Value> read_from(Database& database, std::string_view key, const Load& load) {
    std::optional<Value> value;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(value, load(stores, key));
        return {};
    }));
    return std::move(*value);
}

}  // namespace

Principal principal_of(const KnownApiKey& key, Scopes scopes, Timestamp expires_at) {
    return {.kind = PrincipalKind::kApiKey,
            .name = key.id,
            .display_name = key.name,
            .role = Role::kService,
            .scopes = scopes & key.scopes & scopes_of(Role::kService),
            .must_change_password = false,
            .session = {},
            .csrf_token = {},
            .expires_at = std::min(expires_at, key.expires_at),
            .assigned = {}};
}

Directory::Directory(Database& database, const Clock& clock, std::int64_t max_age_s,
                     std::size_t max_entries)
    : database_(database),
      clock_(clock),
      accounts_(max_age_s, max_entries),
      api_keys_(max_age_s, max_entries),
      sessions_(max_age_s, max_entries) {}

Result<std::shared_ptr<const KnownAccount>> Directory::account(std::string_view name) {
    return accounts_.get(name, clock_.now(),
                         [&] { return read_from<KnownAccount>(database_, name, load_account); });
}

Result<std::shared_ptr<const KnownApiKey>> Directory::api_key(std::string_view id) {
    return api_keys_.get(id, clock_.now(),
                         [&] { return read_from<KnownApiKey>(database_, id, load_api_key); });
}

Result<std::shared_ptr<const KnownSession>> Directory::session(std::string_view family) {
    return sessions_.get(family, clock_.now(),
                         [&] { return read_from<KnownSession>(database_, family, load_session); });
}

}  // namespace attune
