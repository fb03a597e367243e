#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.hpp"
#include "access/signing_keys.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace attune {

/// What an access token says.
struct TokenClaims {
    PrincipalKind kind = PrincipalKind::kAccount;
    std::string subject;     ///< name of an account, or id of a key
    std::string session;     ///< of accounts
    std::string csrf_token;  ///< of accounts
    Scopes scopes;           ///< of keys: what was asked for
    Timestamp issued_at;     ///< whole seconds
    Timestamp expires_at;    ///< whole seconds

    friend bool operator==(const TokenClaims&, const TokenClaims&) = default;
};

/// Signs and checks access tokens: JSON web tokens (RFC 7519) under the rules of RFC 8725.
///
/// There is one algorithm, HS256, and one form: a token is looked at further only when its header
/// is byte for byte one of those that this class writes, so that neither the algorithm nor the key
/// is the sender's choice; its claims must be all there, in the one form that signing gives them.
///
/// @threads  safe from many
class Tokens {
 public:
    /// @param clock  must outlive it
    Tokens(const SigningKeys& keys, const Clock& clock, std::int64_t clock_skew_s);
    ~Tokens();
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    /// @pre subject not empty, expires_at after issued_at
    [[nodiscard]] Result<std::string> sign(const TokenClaims& claims) const;

    /// @errors kUnauthenticated, with one message for all that may be wrong
    /// @cost   ten to twenty microseconds
    [[nodiscard]] Result<TokenClaims> verify(std::string_view token) const;

    /// Whether claims that were found good, now or before, are of this time.
    [[nodiscard]] bool is_in_time(const TokenClaims& claims) const;

    /// Takes other keys from now on.
    void replace_keys(const SigningKeys& keys);

 private:
    struct Signer;
    using Signers = std::vector<Signer>;

    [[nodiscard]] std::shared_ptr<const Signers> signers() const;

    const Clock& clock_;
    std::int64_t clock_skew_s_;
    mutable std::shared_mutex mutex_;
    std::shared_ptr<const Signers> signers_;
};

}  // namespace attune
