#include "access/accounts.hpp"

#include "access/account_name.hpp"

namespace attune {
namespace {

constexpr const char* kFirstName = "administrator";
constexpr std::size_t kMaxDisplayNameBytes = 200;
constexpr std::size_t kAccountsPage = 500;
constexpr std::size_t kAssignedPage = 10'000;

Status check_display_name(std::string_view name) {
    if (name.size() <= kMaxDisplayNameBytes) return {};
    return fail(ErrorCode::kInvalidArgument, "display_name: may have at most {} bytes",
                kMaxDisplayNameBytes);
}

Status check_role(Role role) {
    if (role != Role::kService) return {};
    return fail(ErrorCode::kInvalidArgument,
                "role: services have API keys; an account is an administrator, analyst or adviser");
}

Result<AccountView> view_of(Stores& stores, const Account& account, Timestamp now) {
    AccountView view{.name = account.name,
                     .display_name = account.display_name,
                     .role = Role::kAdviser,
                     .disabled = account.disabled,
                     .must_change_password = account.must_change_password,
                     .locked_until = {},
                     .created_at = account.created_at,
                     .num_customers = 0};
    if (account.locked_until && *account.locked_until > now) {
        view.locked_until = account.locked_until;
    }
    ATTUNE_ASSIGN(view.role, parse_role(account.role));
    ATTUNE_ASSIGN(view.num_customers, stores.accounts().num_assigned(account.name));
    return view;
}

Status look_at(Stores& stores, const Account& account, Timestamp now, const AccountCheck& check) {
    if (!check) return {};
    ATTUNE_ASSIGN(const AccountView view, view_of(stores, account, now));
    return check(view);
}

bool is_acting_administrator(const Account& account) {
    return account.role == role_name(Role::kAdministrator) && !account.disabled;
}

/// Refuses to go on when `name` is the only administrator who can sign in.
Status keep_an_administrator(AccountStore& accounts, const Account& account) {
    if (!is_acting_administrator(account)) return {};
    Page page{.after = "", .limit = kAccountsPage};
    for (;;) {
        ATTUNE_ASSIGN(const auto found, accounts.list(page));
        for (const Account& other : found) {
            if (other.name != account.name && is_acting_administrator(other)) return {};
        }
        if (found.size() < page.limit) break;
        page.after = found.back().name;
    }
    return fail(ErrorCode::kConflict,
                "'{}' is the last administrator; make another account one first", account.name);
}

Result<std::vector<std::string>> all_assigned(AccountStore& accounts, const std::string& name) {
    ATTUNE_TRY(accounts.get(name));
    std::vector<std::string> ids;
    Page page{.after = "", .limit = kAssignedPage};
    for (;;) {
        ATTUNE_ASSIGN(const auto found, accounts.assigned(name, page));
        ids.insert(ids.end(), found.begin(), found.end());
        if (found.size() < page.limit) return ids;
        page.after = found.back();
    }
}

void set_one_time_password(Account& account, const std::string& hash) {
    account.password_hash = hash;
    account.must_change_password = true;
    account.failed_sign_ins = 0;
    account.locked_until.reset();
}

}  // namespace

Accounts::Accounts(Database& database, const Clock& clock, Passwords& passwords,
                   Directory* directory)
    : database_(database), clock_(clock), passwords_(passwords), directory_(directory) {}

Result<std::optional<IssuedAccount>> Accounts::ensure_administrator() {
    std::size_t num_accounts = 0;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(num_accounts, stores.accounts().count());
        return {};
    }));
    if (num_accounts > 0) return std::optional<IssuedAccount>();
    const NewAccount first{
        .name = kFirstName, .display_name = "Administrator", .role = Role::kAdministrator};
    auto added = add(first, Adding::kFirstOnly);
    if (added) return std::optional(std::move(*added));
    // Another program was faster.
    if (added.error().code == ErrorCode::kConflict) return std::optional<IssuedAccount>();
    return fail(added.error());
}

Result<IssuedAccount> Accounts::create(const NewAccount& account) {
    return add(account, Adding::kAny);
}

Result<IssuedAccount> Accounts::add(const NewAccount& account, Adding adding) {
    Account stored;
    stored.name = fold_account_name(account.name);
    ATTUNE_TRY(check_account_name(stored.name));
    ATTUNE_TRY(check_display_name(account.display_name));
    ATTUNE_TRY(check_role(account.role));
    stored.display_name = account.display_name.empty() ? stored.name : account.display_name;
    stored.role = role_name(account.role);
    stored.created_at = clock_.now();
    IssuedAccount issued{.account = {}, .one_time_password = one_time_password()};
    ATTUNE_ASSIGN(const std::string hash, passwords_.hash(issued.one_time_password));
    set_one_time_password(stored, hash);
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        if (adding == Adding::kFirstOnly) {
            ATTUNE_ASSIGN(const std::size_t num_accounts, stores.accounts().count());
            if (num_accounts > 0) return fail(ErrorCode::kConflict, "there are accounts already");
        }
        ATTUNE_TRY(stores.accounts().add(stored));
        ATTUNE_ASSIGN(issued.account, view_of(stores, stored, stored.created_at));
        return {};
    }));
    forget(stored.name);
    return issued;
}

Result<std::vector<AccountView>> Accounts::list(const Page& page) {
    std::vector<AccountView> views;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        views.clear();
        ATTUNE_ASSIGN(const auto accounts, stores.accounts().list(page));
        for (const Account& account : accounts) {
            ATTUNE_ASSIGN(AccountView view, view_of(stores, account, clock_.now()));
            views.push_back(std::move(view));
        }
        return {};
    }));
    return views;
}

Result<AccountView> Accounts::get(std::string_view name) {
    AccountView view;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const Account account, stores.accounts().get(fold_account_name(name)));
        ATTUNE_ASSIGN(view, view_of(stores, account, clock_.now()));
        return {};
    }));
    return view;
}

Result<ChangedAccount> Accounts::change(std::string_view name, const AccountChange& change,
                                        const AccountCheck& check) {
    if (change.role) ATTUNE_TRY(check_role(*change.role));
    if (change.display_name) ATTUNE_TRY(check_display_name(*change.display_name));
    const std::string folded = fold_account_name(name);
    ATTUNE_TRY(get(folded));  // before the long work
    ChangedAccount changed;
    std::string hash;
    if (change.reset_password) {
        changed.one_time_password = one_time_password();
        ATTUNE_ASSIGN(hash, passwords_.hash(*changed.one_time_password));
    }
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(Account account, stores.accounts().get(folded));
        const Account before = account;
        ATTUNE_TRY(look_at(stores, before, clock_.now(), check));
        if (change.role) account.role = role_name(*change.role);
        if (change.disabled) account.disabled = *change.disabled;
        if (change.display_name) account.display_name = *change.display_name;
        if (!hash.empty()) set_one_time_password(account, hash);
        if (!is_acting_administrator(account)) {
            ATTUNE_TRY(keep_an_administrator(stores.accounts(), before));
        }
        ATTUNE_TRY(stores.accounts().change(account));
        if (account.disabled || !hash.empty()) {
            ATTUNE_TRY(stores.refresh_tokens().revoke_account(folded));
        }
        ATTUNE_ASSIGN(changed.account, view_of(stores, account, clock_.now()));
        return {};
    }));
    forget(folded);
    return changed;
}

Result<IssuedAccount> Accounts::reset_password(std::string_view name) {
    ATTUNE_ASSIGN(ChangedAccount changed, change(name, {.reset_password = true}));
    return IssuedAccount{.account = std::move(changed.account),
                         .one_time_password = changed.one_time_password.value_or("")};
}

Status Accounts::remove(std::string_view name, const AccountCheck& check) {
    const std::string folded = fold_account_name(name);
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const Account account, stores.accounts().get(folded));
        ATTUNE_TRY(look_at(stores, account, clock_.now(), check));
        ATTUNE_TRY(keep_an_administrator(stores.accounts(), account));
        return stores.accounts().remove(folded);
    }));
    forget(folded);
    return {};
}

Status Accounts::assign(std::string_view name, std::span<const std::string> customer_ids,
                        const AssignmentCheck& check) {
    const std::string folded = fold_account_name(name);
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        if (check) {
            ATTUNE_ASSIGN(const auto stored, all_assigned(stores.accounts(), folded));
            ATTUNE_TRY(check(stored));
        }
        return stores.accounts().assign(folded, customer_ids);
    }));
    forget(folded);
    return {};
}

Result<std::vector<std::string>> Accounts::assigned(std::string_view name) {
    std::vector<std::string> ids;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(ids, all_assigned(stores.accounts(), fold_account_name(name)));
        return {};
    }));
    return ids;
}

void Accounts::forget(std::string_view name) {
    if (directory_ == nullptr) return;
    directory_->forget_account(name);
    directory_->forget_sessions();
}

}  // namespace attune
