#include "access/sessions.hpp"

#include <algorithm>

#include "access/account_name.hpp"
#include "access/secure_random.hpp"

namespace attune {
namespace {

constexpr std::string_view kRefreshPrefix = "atr_";
constexpr std::size_t kRefreshBytes = 32;
constexpr std::size_t kFamilyBytes = 16;
constexpr std::size_t kCsrfBytes = 16;
constexpr std::size_t kMaxUnknownNames = 4'096;
constexpr std::int64_t kMsPerHour = 3'600'000;

tl::unexpected<Error> wrong() {
    return fail(ErrorCode::kUnauthenticated, "the name or the password is wrong");
}

tl::unexpected<Error> ended() {
    return fail(ErrorCode::kUnauthenticated, "the session has ended; sign in again");
}

std::optional<LockedOut> lock_of(const std::optional<Timestamp>& locked_until, Timestamp now) {
    if (!locked_until || *locked_until <= now) return std::nullopt;
    return LockedOut{.retry_after_s = (locked_until->ms - now.ms + 999) / 1'000};
}

/// The account; none when there is none of that name.
Result<std::optional<Account>> find_account(Database& database, const std::string& name) {
    std::optional<Account> account;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        auto found = stores.accounts().get(name);
        if (found) {
            account = std::move(*found);
            return {};
        }
        if (found.error().code != ErrorCode::kNotFound) return fail(found.error());
        return {};
    }));
    return account;
}

}  // namespace

Principal principal_of(const KnownAccount& account, const TokenClaims& claims) {
    return {.kind = PrincipalKind::kAccount,
            .name = account.name,
            .display_name = account.display_name,
            .role = account.role,
            .scopes = account.must_change_password ? Scopes() : scopes_of(account.role),
            .must_change_password = account.must_change_password,
            .session = claims.session,
            .csrf_token = claims.csrf_token,
            .expires_at = claims.expires_at,
            .assigned = account.assigned};
}

Sessions::Sessions(Database& database, const Clock& clock, const AccessOptions& options,
                   Passwords& passwords, Tokens& tokens, Directory& directory)
    : database_(database),
      clock_(clock),
      options_(options),
      passwords_(passwords),
      tokens_(tokens),
      directory_(directory),
      unknown_names_(kMaxUnknownNames) {}

std::int64_t Sessions::lock_s(int num_failures) const {
    const std::int64_t beyond = num_failures - options_.lock_after_failures;
    if (beyond < 0) return 0;
    constexpr std::int64_t kMaxDoublings = 30;
    return std::min(options_.longest_lock_s,
                    options_.first_lock_s << std::min(beyond, kMaxDoublings));
}

Status Sessions::note_failure(const std::string& name, bool exists) {
    return database_.write([&](Stores& stores) -> Status {
        const Timestamp now = clock_.now();
        const auto locked_until = [&](int num_failures) {
            return Timestamp{now.ms + lock_s(num_failures) * 1'000};
        };
        if (exists) {
            auto account = stores.accounts().get(name);
            if (!account) return {};  // removed meanwhile
            ++account->failed_sign_ins;
            if (lock_s(account->failed_sign_ins) > 0) {
                account->locked_until = locked_until(account->failed_sign_ins);
            }
            return stores.accounts().change(*account);
        }
        FailureMemory::Failures failures = unknown_names_.of(name);
        ++failures.count;
        failures.last = now;
        if (lock_s(failures.count) > 0) failures.locked_until = locked_until(failures.count);
        unknown_names_.set(name, failures);
        // A write like the other: how long it takes must not tell which names exist.
        return stores.secrets().put("access.last_unknown_name", format_timestamp(now));
    });
}

Result<std::variant<SignedIn, LockedOut>> Sessions::sign_in(std::string_view name,
                                                            std::string_view password) {
    const std::string folded = fold_account_name(name);
    if (!check_account_name(folded)) return wrong();
    ATTUNE_ASSIGN(const auto account, find_account(database_, folded));
    const auto locked_until =
        account ? account->locked_until : std::optional(unknown_names_.of(folded).locked_until);
    if (const auto locked = lock_of(locked_until, clock_.now())) return *locked;
    ATTUNE_ASSIGN(const PasswordMatch match,
                  passwords_.check(account ? account->password_hash : "", password));
    if (match == PasswordMatch::kWrong || account->disabled) {
        ATTUNE_TRY(note_failure(folded, account.has_value()));
        return wrong();
    }
    std::string new_hash;
    if (match == PasswordMatch::kRightButOld) {
        ATTUNE_ASSIGN(new_hash, passwords_.hash(password));
    }
    return begin(*account, new_hash);
}

Result<std::variant<SignedIn, LockedOut>> Sessions::begin(const Account& checked,
                                                          const std::string& new_hash) {
    const Timestamp now = clock_.now();
    const std::string secret = std::string(kRefreshPrefix) + random_token(kRefreshBytes);
    const RefreshToken token = next_token(
        {.account = checked.name, .family = random_token(kFamilyBytes), .started_at = now}, now,
        secret);
    std::optional<LockedOut> locked;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        auto account = stores.accounts().get(checked.name);
        // Removed, or its password changed, since it was checked.
        if (!account || account->password_hash != checked.password_hash || account->disabled) {
            return wrong();
        }
        // Others may have tried while this one was being checked.
        locked = lock_of(account->locked_until, now);
        if (locked) return {};
        account->failed_sign_ins = 0;
        account->locked_until.reset();
        if (!new_hash.empty()) account->password_hash = new_hash;
        ATTUNE_TRY(stores.accounts().change(*account));
        return stores.refresh_tokens().add(token);
    }));
    if (locked) return *locked;
    ATTUNE_ASSIGN(SignedIn signed_in, hand_out(token, secret, now));
    return signed_in;
}

RefreshToken Sessions::next_token(const Family& family, Timestamp now,
                                  const std::string& secret) const {
    const Timestamp unused_end{now.ms + options_.refresh_token_h * kMsPerHour};
    const Timestamp session_end{family.started_at.ms + options_.session_h * kMsPerHour};
    return {.token_hash = secret_hash(secret),
            .family = family.family,
            .account = family.account,
            .started_at = family.started_at,
            .issued_at = now,
            .expires_at = std::min(unused_end, session_end)};
}

Result<SignedIn> Sessions::hand_out(const RefreshToken& token, const std::string& secret,
                                    Timestamp now) {
    // Whole seconds, as tokens have them.
    const Timestamp issued_at{now.ms / 1'000 * 1'000};
    const TokenClaims claims{
        .kind = PrincipalKind::kAccount,
        .subject = token.account,
        .session = token.family,
        .csrf_token = random_token(kCsrfBytes),
        .scopes = {},
        .issued_at = issued_at,
        .expires_at = Timestamp{issued_at.ms + options_.access_token_s * 1'000}};
    ATTUNE_ASSIGN(const auto account, directory_.account(token.account));
    SignedIn signed_in{.principal = principal_of(*account, claims),
                       .access_token = {},
                       .access_expires_at = claims.expires_at,
                       .refresh_token = secret,
                       .refresh_expires_at = token.expires_at};
    ATTUNE_ASSIGN(signed_in.access_token, tokens_.sign(claims));
    return signed_in;
}

Result<SignedIn> Sessions::refresh(std::string_view refresh_token) {
    if (!refresh_token.starts_with(kRefreshPrefix)) return ended();
    const Timestamp now = clock_.now();
    const std::string hash = secret_hash(refresh_token);
    const std::string secret = std::string(kRefreshPrefix) + random_token(kRefreshBytes);
    RefreshTokenUse used;
    RefreshToken next;
    // What is found out must be stored, also where it is a refusal: so no error from within.
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        auto found = stores.refresh_tokens().use(hash, now);
        if (!found && found.error().code != ErrorCode::kNotFound) return fail(found.error());
        used = found ? std::move(*found) : RefreshTokenUse{};
        if (used.state == RefreshTokenState::kReplayed) {
            return stores.refresh_tokens().revoke_family(used.token.family);
        }
        if (used.state != RefreshTokenState::kUsed) return {};
        ATTUNE_ASSIGN(const Account account, stores.accounts().get(used.token.account));
        if (account.disabled) {
            used.state = RefreshTokenState::kRevoked;
            return stores.refresh_tokens().revoke_family(used.token.family);
        }
        next = next_token({.account = used.token.account,
                           .family = used.token.family,
                           .started_at = used.token.started_at},
                          now, secret);
        return stores.refresh_tokens().add(next);
    }));
    if (used.state == RefreshTokenState::kUsed) return hand_out(next, secret, now);
    if (!used.token.family.empty()) directory_.forget_session(used.token.family);
    return ended();
}

Status Sessions::end(const std::string& family) {
    if (family.empty()) return {};
    ATTUNE_TRY(database_.write(
        [&](Stores& stores) { return stores.refresh_tokens().revoke_family(family); }));
    directory_.forget_session(family);
    return {};
}

Status Sessions::sign_out(const Principal& principal) {
    return end(principal.session);
}

Status Sessions::sign_out(std::string_view refresh_token) {
    const std::string hash = secret_hash(refresh_token);
    std::string family;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto token, stores.refresh_tokens().find(hash));
        if (token) family = token->family;
        return {};
    }));
    return end(family);
}

Status Sessions::change_password(const Principal& principal, std::string_view current,
                                 std::string_view chosen) {
    if (principal.kind != PrincipalKind::kAccount) {
        return fail(ErrorCode::kForbidden, "an API key has no password");
    }
    ATTUNE_ASSIGN(const auto account, find_account(database_, principal.name));
    if (!account) return ended();
    if (const auto locked = lock_of(account->locked_until, clock_.now())) {
        return fail(ErrorCode::kTooManyRequests, "too many wrong passwords; wait {} s",
                    locked->retry_after_s);
    }
    ATTUNE_ASSIGN(const PasswordMatch match, passwords_.check(account->password_hash, current));
    if (match == PasswordMatch::kWrong) {
        ATTUNE_TRY(note_failure(principal.name, true));
        return fail(ErrorCode::kUnauthenticated, "the current password is wrong");
    }
    if (chosen == current) {
        return fail(ErrorCode::kInvalidArgument, "the new password is the old one");
    }
    ATTUNE_TRY(passwords_.check_choice(chosen, principal.name));
    ATTUNE_ASSIGN(const std::string new_hash, passwords_.hash(chosen));
    const Status stored = database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(Account changed, stores.accounts().get(principal.name));
        if (changed.password_hash != account->password_hash) {
            return fail(ErrorCode::kConflict, "the password was changed meanwhile");
        }
        changed.password_hash = new_hash;
        changed.must_change_password = false;
        changed.failed_sign_ins = 0;
        changed.locked_until.reset();
        ATTUNE_TRY(stores.accounts().change(changed));
        return stores.refresh_tokens().revoke_account(principal.name, principal.session);
    });
    directory_.forget_account(principal.name);
    directory_.forget_sessions();
    return stored;
}

}  // namespace attune
