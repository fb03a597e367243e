#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/listing.hpp"

/// The ports to what decides who may do what. The store keeps what it is given: what names, roles
/// and scopes mean, and how secrets are hashed, is the caller's business. Nothing here counts as a
/// change of the data that models are trained on: Database::revision() stays.
namespace attune {

struct Account {
    std::string name{};  ///< unique; lower case by the caller
    std::string display_name{};
    std::string role{};
    std::string password_hash{};
    bool must_change_password = false;
    bool disabled = false;
    int failed_sign_ins = 0;  ///< since the last good one
    std::optional<Timestamp> locked_until{};
    Timestamp created_at{};

    friend bool operator==(const Account&, const Account&) = default;
};

class AccountStore {
 public:
    virtual ~AccountStore() = default;
    /// @errors kConflict: the name is taken; kInvalidArgument: an empty name
    virtual Status add(const Account& account) = 0;
    /// Replaces all but the name and the time of creation. @errors kNotFound
    virtual Status change(const Account& account) = 0;
    /// @errors kNotFound
    virtual Result<Account> get(std::string_view name) = 0;
    virtual Result<std::vector<Account>> list(const Page& page) = 0;
    virtual Result<std::size_t> count() = 0;
    /// Removes the account with its assignments and refresh tokens. @errors kNotFound
    virtual Status remove(std::string_view name) = 0;

    /// Makes these customers, and no others, those of the account. Removing a customer or the
    /// account ends the assignment. @errors kNotFound: the account or a customer
    virtual Status assign(std::string_view name, std::span<const std::string> customer_ids) = 0;
    /// Ids of the customers assigned; empty for an account that does not exist.
    virtual Result<std::vector<std::string>> assigned(std::string_view name, const Page& page) = 0;
    virtual Result<std::size_t> num_assigned(std::string_view name) = 0;
    virtual Result<bool> is_assigned(std::string_view name, std::string_view customer_id) = 0;
};

struct ApiKey {
    std::string id{};
    std::string name{};  ///< for people
    std::string secret_hash{};
    std::string scopes{};
    Timestamp created_at{};
    std::string created_by{};
    std::optional<Timestamp> expires_at{};
    std::optional<Timestamp> last_used_at{};
    bool revoked = false;

    friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// When a key was used.
struct ApiKeyUse {
    std::string id{};
    Timestamp time{};
};

class ApiKeyStore {
 public:
    virtual ~ApiKeyStore() = default;
    /// @errors kConflict: the id is taken; kInvalidArgument: an empty id
    virtual Status add(const ApiKey& key) = 0;
    /// @errors kNotFound
    virtual Result<ApiKey> get(std::string_view id) = 0;
    virtual Result<std::vector<ApiKey>> list(const Page& page) = 0;
    /// For good. @errors kNotFound
    virtual Status revoke(std::string_view id) = 0;
    /// Moves `last_used_at` forward; keys that are gone are passed over.
    virtual Status note_use(std::span<const ApiKeyUse> uses) = 0;
};

/// One link in the chain of a session: each refresh uses one up and adds the next of its family.
struct RefreshToken {
    std::string token_hash{};
    std::string family{};    ///< the session
    std::string account{};   ///< name
    Timestamp started_at{};  ///< of the family
    Timestamp issued_at{};
    Timestamp expires_at{};
    std::optional<Timestamp> used_at{};
    bool revoked = false;

    friend bool operator==(const RefreshToken&, const RefreshToken&) = default;
};

enum class RefreshTokenState {
    kUsed,      ///< was good, and is used up now
    kReplayed,  ///< was used before
    kRevoked,
    kExpired,
};

struct RefreshTokenUse {
    RefreshTokenState state = RefreshTokenState::kRevoked;
    RefreshToken token{};
};

class RefreshTokenStore {
 public:
    virtual ~RefreshTokenStore() = default;
    /// @errors kConflict: the hash is taken; kNotFound: the account
    virtual Status add(const RefreshToken& token) = 0;
    /// Uses the token up if it is good. Of two calls exactly one is told kUsed, whatever sessions
    /// they run in. @errors kNotFound
    virtual Result<RefreshTokenUse> use(std::string_view token_hash, Timestamp now) = 0;
    /// Looks without using it up; none: there is no such token.
    virtual Result<std::optional<RefreshToken>> find(std::string_view token_hash) = 0;
    /// The token of the family that was issued last; none: the family does not exist.
    virtual Result<std::optional<RefreshToken>> newest_of(std::string_view family) = 0;
    /// Families of an account with a token that is neither used, revoked nor expired.
    virtual Result<std::vector<std::string>> families_of(std::string_view account,
                                                         Timestamp now) = 0;
    /// Revokes every token of the family; nothing when there is none.
    virtual Status revoke_family(std::string_view family) = 0;
    /// Revokes every family of the account but `kept_family`.
    virtual Status revoke_account(std::string_view account, std::string_view kept_family = "") = 0;
    /// Removes at most `limit` tokens that expired before `time`; returns how many.
    virtual Result<std::size_t> purge(Timestamp time, std::size_t limit) = 0;
};

/// Small secrets of the service itself, such as the keys that sign its tokens.
class SecretStore {
 public:
    virtual ~SecretStore() = default;
    /// Any bytes. @errors kInvalidArgument: an empty name
    virtual Status put(std::string_view name, std::string_view bytes) = 0;
    /// @errors kNotFound
    virtual Result<std::string> get(std::string_view name) = 0;
    /// @errors kNotFound
    virtual Status remove(std::string_view name) = 0;
};

}  // namespace attune
