#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/directory.hpp"
#include "access/passwords.hpp"

namespace attune {

/// An account as shown to people: no hash in it.
struct AccountView {
    std::string name;
    std::string display_name;
    Role role = Role::kAdviser;
    bool disabled = false;
    bool must_change_password = false;
    std::optional<Timestamp> locked_until;  ///< none: not locked now
    Timestamp created_at;
    std::size_t num_customers = 0;  ///< assigned
};

struct NewAccount {
    std::string name;          ///< brought to lower case
    std::string display_name;  ///< empty: the name
    Role role = Role::kAdviser;
};

struct IssuedAccount {
    AccountView account;
    std::string one_time_password;  ///< shown once; must be changed at the first sign-in
};

/// What is to change; the rest stays.
struct AccountChange {
    std::optional<Role> role{};
    std::optional<bool> disabled{};
    std::optional<std::string> display_name{};
    bool reset_password = false;
};

struct ChangedAccount {
    AccountView account;
    std::optional<std::string> one_time_password;  ///< after reset_password
};

/// Looks at the account, or at the ids assigned to it, as stored before they are changed, within
/// the same transaction: an error leaves everything as it was. Empty: no check.
using AccountCheck = std::function<Status(const AccountView& stored)>;
using AssignmentCheck = std::function<Status(const std::vector<std::string>& stored)>;

/// Who has an account. What is changed holds at once, for sessions that go on too. There is always
/// an administrator who can sign in: the last one is neither removed, disabled nor given another
/// role.
///
/// @threads  safe from many
class Accounts {
 public:
    /// All must outlive it. @param directory  none: no other part of this process knows accounts
    Accounts(Database& database, const Clock& clock, Passwords& passwords, Directory* directory);

    /// Makes the account "administrator" when there is no account at all; none when there is one.
    Result<std::optional<IssuedAccount>> ensure_administrator();

    /// @errors kConflict: the name is taken; kInvalidArgument: a name that is not 1 to 64 of
    ///         a-z 0-9 . _ - @, an overlong display name, the role of services
    /// @cost   one password hash: not on a thread that serves others
    Result<IssuedAccount> create(const NewAccount& account);
    Result<std::vector<AccountView>> list(const Page& page);
    /// @errors kNotFound
    Result<AccountView> get(std::string_view name);
    /// @errors kNotFound; kConflict: the last administrator; kInvalidArgument; those of the check
    Result<ChangedAccount> change(std::string_view name, const AccountChange& change,
                                  const AccountCheck& check = {});
    /// Ends the account's sessions and unlocks it. @errors kNotFound
    Result<IssuedAccount> reset_password(std::string_view name);
    /// @errors kNotFound; kConflict: the last administrator; those of the check
    Status remove(std::string_view name, const AccountCheck& check = {});

    /// @errors kNotFound: the account or a customer; those of the check
    Status assign(std::string_view name, std::span<const std::string> customer_ids,
                  const AssignmentCheck& check = {});
    /// All ids, in order. @errors kNotFound
    Result<std::vector<std::string>> assigned(std::string_view name);

 private:
    enum class Adding { kAny, kFirstOnly };
    Result<IssuedAccount> add(const NewAccount& account, Adding adding);
    void forget(std::string_view name);

    Database& database_;
    const Clock& clock_;
    Passwords& passwords_;
    Directory* directory_;
};

}  // namespace attune
