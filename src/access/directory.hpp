#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "access/fresh_cache.hpp"
#include "access/principal.hpp"
#include "storage/stores.hpp"

namespace attune {

/// What requests need to know of an account.
struct KnownAccount {
    std::string name;
    std::string display_name;
    Role role = Role::kAdviser;
    bool disabled = false;
    bool must_change_password = false;
    std::shared_ptr<const CustomerIds> assigned;  ///< of advisers
};

/// What requests need to know of an API key.
struct KnownApiKey {
    std::string id;
    std::string name;
    std::string secret_hash;
    Scopes scopes;
    Timestamp expires_at;  ///< kNever: it does not
    bool revoked = false;
};

/// What requests need to know of a session.
struct KnownSession {
    std::string account;
    bool revoked = false;
};

/// The bearer of a key, or of a token for it with some of its scopes.
Principal principal_of(const KnownApiKey& key, Scopes scopes, Timestamp expires_at);

/// Remembers accounts, keys and sessions, so that requests need not ask the database. Whoever
/// changes one tells the directory to forget it, after the change is stored.
///
/// @threads  safe from many
class Directory {
 public:
    /// @param database, clock  must outlive it
    /// @param max_age_s    what is older is read again
    /// @param max_entries  of each kind; when there are more all are forgotten
    Directory(Database& database, const Clock& clock, std::int64_t max_age_s,
              std::size_t max_entries);

    /// @errors kNotFound
    Result<std::shared_ptr<const KnownAccount>> account(std::string_view name);
    /// @errors kNotFound
    Result<std::shared_ptr<const KnownApiKey>> api_key(std::string_view id);
    /// @param family  of its refresh tokens. @errors kNotFound
    Result<std::shared_ptr<const KnownSession>> session(std::string_view family);

    void forget_account(std::string_view name) { accounts_.forget(name); }
    void forget_accounts() { accounts_.forget_all(); }
    void forget_api_key(std::string_view id) { api_keys_.forget(id); }
    void forget_session(std::string_view family) { sessions_.forget(family); }
    void forget_sessions() { sessions_.forget_all(); }

 private:
    Database& database_;
    const Clock& clock_;
    FreshCache<KnownAccount> accounts_;
    FreshCache<KnownApiKey> api_keys_;
    FreshCache<KnownSession> sessions_;
};

}  // namespace attune
