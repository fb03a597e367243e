#pragma once

#include <memory>
#include <string_view>

#include "access/accounts.hpp"
#include "access/api_keys.hpp"
#include "access/sessions.hpp"

namespace attune {

/// Who may do what, as one thing for those who serve requests.
///
/// @threads  safe from many
class AccessService {
 public:
    /// Reads or makes the keys that sign tokens.
    /// @param database, clock  must outlive it
    /// @param reads  where it is looked up who asks: a way into the same database by itself keeps
    ///               that from waiting for exports; null: `database`. Must outlive it
    /// @errors those of the database
    static Result<std::unique_ptr<AccessService>> open(Database& database, const Clock& clock,
                                                       const AccessOptions& options,
                                                       Database* reads = nullptr);
    ~AccessService();
    AccessService(const AccessService&) = delete;
    AccessService& operator=(const AccessService&) = delete;

    /// Who the bearer of an access token or an API key ("atk_...") is, without asking the database
    /// when they were seen a short while ago. What was revoked, disabled or changed by this process
    /// counts at once, what another program changed within `remembered_s`.
    /// @errors kUnauthenticated: to be answered by 401; kUnavailable: the database cannot be read
    /// @cost   about a microsecond; ten to twenty more for a token that was not seen of late
    Result<Principal> authenticate(std::string_view credential);

    [[nodiscard]] Sessions& sessions();
    [[nodiscard]] ApiKeys& api_keys();
    [[nodiscard]] Accounts& accounts();

    /// A customer was removed: nobody may see a later one of that id because they saw the first.
    void customer_removed();

    /// What is due now and then, a minute or so: writes down uses of keys, removes refresh tokens
    /// that expired, brings new signing keys.
    Status maintain();

 private:
    AccessService(Database& database, const Clock& clock, const AccessOptions& options);
    struct Parts;

    Result<SigningKeys> load_keys();
    Result<Principal> account_of(const TokenClaims& claims);
    Result<Principal> api_key_of(const TokenClaims& claims);

    Database& database_;
    const Clock& clock_;
    AccessOptions options_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace attune
