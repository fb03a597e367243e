#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "access/directory.hpp"
#include "access/failure_memory.hpp"
#include "access/passwords.hpp"
#include "access/tokens.hpp"

namespace attune {

/// A session begun or continued, with the secrets to hand to the browser.
struct SignedIn {
    Principal principal;
    std::string access_token;
    Timestamp access_expires_at;
    std::string refresh_token;
    Timestamp refresh_expires_at;
};

/// Too many wrong passwords: not even the right one is looked at for a while.
struct LockedOut {
    std::int64_t retry_after_s = 0;
};

/// The bearer of an access token, as the account is now.
Principal principal_of(const KnownAccount& account, const TokenClaims& claims);

/// Signing in and out. A session is a family of refresh tokens, each good for one use.
///
/// @threads  safe from many
class Sessions {
 public:
    /// All must outlive it.
    Sessions(Database& database, const Clock& clock, const AccessOptions& options,
             Passwords& passwords, Tokens& tokens, Directory& directory);

    /// @param name  in any case
    /// @errors kUnauthenticated: unknown name, wrong password or disabled account, in the same
    ///         words and time; those of Passwords::check and of the database
    /// @cost   that of Passwords::check: not on a thread that serves others
    Result<std::variant<SignedIn, LockedOut>> sign_in(std::string_view name,
                                                      std::string_view password);

    /// Uses the refresh token up and gives the next. One that was used before ends its session: it
    /// was stolen, from whoever comes second.
    /// @errors kUnauthenticated
    Result<SignedIn> refresh(std::string_view refresh_token);

    /// Ends the session at once, access tokens included.
    Status sign_out(const Principal& principal);
    /// The same by its refresh token, for those whose access token has expired; an unknown one is
    /// no error.
    Status sign_out(std::string_view refresh_token);

    /// Changes the password and ends all other sessions of the account.
    /// @errors kUnauthenticated: `current` is wrong; kInvalidArgument: see Passwords::check_choice,
    ///         or the same as before; kTooManyRequests: locked out
    /// @cost   two password checks: not on a thread that serves others
    Status change_password(const Principal& principal, std::string_view current,
                           std::string_view chosen);

 private:
    /// What the tokens of one session have in common.
    struct Family {
        std::string account;
        std::string family;
        Timestamp started_at;
    };

    Status note_failure(const std::string& name, bool exists);
    /// How long an account is locked after so many failures in a row; 0: not yet.
    [[nodiscard]] std::int64_t lock_s(int num_failures) const;
    /// @param checked   as it was when the password was found right
    /// @param new_hash  of the password, when the old one is out of date
    Result<std::variant<SignedIn, LockedOut>> begin(const Account& checked,
                                                    const std::string& new_hash);
    [[nodiscard]] RefreshToken next_token(const Family& family, Timestamp now,
                                          const std::string& secret) const;
    Result<SignedIn> hand_out(const RefreshToken& token, const std::string& secret, Timestamp now);
    Status end(const std::string& family);

    Database& database_;
    const Clock& clock_;
    const AccessOptions& options_;
    Passwords& passwords_;
    Tokens& tokens_;
    Directory& directory_;
    FailureMemory unknown_names_;
};

}  // namespace attune
