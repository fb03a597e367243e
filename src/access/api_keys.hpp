#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/directory.hpp"
#include "access/options.hpp"
#include "access/tokens.hpp"

namespace attune {

/// An API key as shown to people: no secret in it.
struct ApiKeyView {
    std::string id;
    std::string name;
    Scopes scopes;
    Timestamp created_at;
    std::string created_by;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> last_used_at;
    bool revoked = false;
};

struct NewApiKey {
    std::string name;
    Scopes scopes;
    std::optional<Timestamp> expires_at{};
};

struct IssuedApiKey {
    ApiKeyView key;
    std::string secret;  ///< "atk_<id>_<43 characters>"; shown once, kept nowhere
};

/// What the client credentials grant gives (RFC 6749, 4.4).
struct GrantedToken {
    std::string access_token;
    std::int64_t expires_in_s = 0;
    Scopes scopes;
};

/// The keys of applications: random secrets, of which only hashes are kept.
///
/// @threads  safe from many
class ApiKeys {
 public:
    /// All must outlive it.
    ApiKeys(Database& database, const Clock& clock, const AccessOptions& options, Tokens& tokens,
            Directory& directory);

    /// @errors kInvalidArgument: an empty or overlong name, no scopes, scopes that a service may
    ///         not have, an end that has passed
    Result<IssuedApiKey> create(const NewApiKey& key, std::string_view created_by);
    Result<std::vector<ApiKeyView>> list(const Page& page);
    /// At once and for good. @errors kNotFound
    Status revoke(std::string_view id);

    /// Whether `credential` reads like a key, good or not.
    static bool looks_like_key(std::string_view credential);
    /// @errors kUnauthenticated
    /// @cost   about a microsecond
    Result<Principal> authenticate(std::string_view credential);

    /// A token for a key: `client_id` is its id, `client_secret` its secret.
    /// @param scopes  what is asked for; empty: all that the key has
    /// @errors kUnauthenticated; kInvalidArgument: an unknown scope; kForbidden: one the key lacks
    Result<GrantedToken> grant(std::string_view client_id, std::string_view client_secret,
                               std::string_view scopes);

    /// Writes down when keys were last used; called every now and then, so that no request waits
    /// for it.
    Status store_uses();

 private:
    void note_use(std::string_view id, Timestamp now);

    Database& database_;
    const Clock& clock_;
    const AccessOptions& options_;
    Tokens& tokens_;
    Directory& directory_;
    std::mutex uses_mutex_;
    std::map<std::string, Timestamp, std::less<>> uses_;
};

}  // namespace attune
