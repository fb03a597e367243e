#include "storage/sql/refresh_token_store.hpp"

#include "storage/sql/rows.hpp"

namespace attune {
namespace {

constexpr const char* kSelect =
    "SELECT t.token_hash, t.family, a.name, t.started_at_ms, t.issued_at_ms, t.expires_at_ms, "
    "t.used_at_ms, t.revoked FROM refresh_tokens t JOIN accounts a "
    "ON a.account_key = t.account_key";

/// The first token of a query of kSelect's columns.
template <typename... Bound>
Result<std::optional<RefreshToken>> fetch_token(SqlContext& context, const std::string& sql,
                                                const Bound&... bound) {
    using soci::into;
    RefreshToken token;
    OptionalTime used_at;
    int revoked = 0;
    std::optional<RefreshToken> first;
    long long started_ms = 0;
    long long issued_ms = 0;
    long long expires_ms = 0;
    const auto collect = [&]() -> Status {
        token.started_at = Timestamp{started_ms};
        token.issued_at = Timestamp{issued_ms};
        token.expires_at = Timestamp{expires_ms};
        token.used_at = used_at.time();
        token.revoked = revoked != 0;
        if (!first) first = token;
        return {};
    };
    ATTUNE_TRY(each_row(context, sql, collect, bound..., into(token.token_hash), into(token.family),
                        into(token.account), into(started_ms), into(issued_ms), into(expires_ms),
                        into(used_at.ms, used_at.present), into(revoked)));
    return first;
}

RefreshTokenState state_of(const RefreshToken& token, Timestamp now) {
    if (token.revoked) return RefreshTokenState::kRevoked;
    if (token.used_at) return RefreshTokenState::kReplayed;
    return token.expires_at <= now ? RefreshTokenState::kExpired : RefreshTokenState::kUsed;
}

}  // namespace

Status RefreshTokenStoreSql::add(const RefreshToken& token) {
    ATTUNE_TRY(check_not_empty("the hash of a refresh token", token.token_hash));
    ATTUNE_TRY(check_writable(context_));
    using soci::use;
    ATTUNE_ASSIGN(const auto account_key,
                  ask_number(context_, "SELECT account_key FROM accounts WHERE name = :name",
                             use(token.account, "name")));
    if (account_key == 0) {
        return fail(ErrorCode::kNotFound, "there is no account '{}'", token.account);
    }
    const auto key = static_cast<long long>(account_key);
    const long long started_ms = token.started_at.ms;
    const long long issued_ms = token.issued_at.ms;
    const long long expires_ms = token.expires_at.ms;
    OptionalTime used_at(token.used_at);
    const int revoked = token.revoked ? 1 : 0;
    ATTUNE_ASSIGN(
        const std::size_t num_added,
        change_rows(context_,
                    "INSERT INTO refresh_tokens (token_hash, family, account_key, started_at_ms, "
                    "issued_at_ms, expires_at_ms, used_at_ms, revoked) VALUES (:token_hash, "
                    ":family, :account_key, :started_ms, :issued_ms, :expires_ms, :used_ms, "
                    ":revoked) ON CONFLICT (token_hash) DO NOTHING",
                    use(token.token_hash, "token_hash"), use(token.family, "family"),
                    use(key, "account_key"), use(started_ms, "started_ms"),
                    use(issued_ms, "issued_ms"), use(expires_ms, "expires_ms"),
                    use(used_at.ms, used_at.present, "used_ms"), use(revoked, "revoked")));
    if (num_added > 0) return {};
    return fail(ErrorCode::kConflict, "a refresh token has the hash of another");
}

Result<RefreshTokenUse> RefreshTokenStoreSql::use(std::string_view token_hash, Timestamp now) {
    ATTUNE_TRY(check_writable(context_));
    const std::string hash(token_hash);
    ATTUNE_ASSIGN(auto found, find(hash));
    if (!found) return fail(ErrorCode::kNotFound, "there is no such refresh token");
    const RefreshTokenState state = state_of(*found, now);
    if (state == RefreshTokenState::kUsed) {
        const long long now_ms = now.ms;
        ATTUNE_TRY(change_rows(context_,
                               "UPDATE refresh_tokens SET used_at_ms = :now WHERE token_hash = :h",
                               soci::use(now_ms, "now"), soci::use(hash, "h")));
        found->used_at = now;
    }
    return RefreshTokenUse{state, std::move(*found)};
}

Result<std::optional<RefreshToken>> RefreshTokenStoreSql::find(std::string_view token_hash) {
    const std::string hash(token_hash);
    return fetch_token(context_, std::string(kSelect) + " WHERE t.token_hash = :h",
                       soci::use(hash, "h"));
}

Result<std::optional<RefreshToken>> RefreshTokenStoreSql::newest_of(std::string_view family) {
    const std::string wanted(family);
    return fetch_token(context_,
                       std::string(kSelect) +
                           " WHERE t.family = :family ORDER BY t.issued_at_ms DESC, "
                           "t.used_at_ms IS NOT NULL LIMIT 1",
                       soci::use(wanted, "family"));
}

Result<std::vector<std::string>> RefreshTokenStoreSql::families_of(std::string_view account,
                                                                   Timestamp now) {
    const std::string name(account);
    const long long now_ms = now.ms;
    std::string family;
    std::vector<std::string> families;
    const auto collect = [&]() -> Status {
        families.push_back(family);
        return {};
    };
    ATTUNE_TRY(each_row(context_,
                        "SELECT DISTINCT t.family FROM refresh_tokens t JOIN accounts a "
                        "ON a.account_key = t.account_key WHERE a.name = :name AND t.revoked = 0 "
                        "AND t.used_at_ms IS NULL AND t.expires_at_ms > :now ORDER BY t.family",
                        collect, soci::use(name, "name"), soci::use(now_ms, "now"),
                        soci::into(family)));
    return families;
}

Status RefreshTokenStoreSql::revoke_family(std::string_view family) {
    const std::string revoked(family);
    ATTUNE_TRY(change_rows(context_, "UPDATE refresh_tokens SET revoked = 1 WHERE family = :family",
                           soci::use(revoked, "family")));
    return {};
}

Status RefreshTokenStoreSql::revoke_account(std::string_view account,
                                            std::string_view kept_family) {
    const std::string name(account);
    const std::string kept(kept_family);
    ATTUNE_TRY(change_rows(context_,
                           "UPDATE refresh_tokens SET revoked = 1 WHERE account_key = (SELECT "
                           "account_key FROM accounts WHERE name = :name) AND family <> :kept",
                           soci::use(name, "name"), soci::use(kept, "kept")));
    return {};
}

Result<std::size_t> RefreshTokenStoreSql::purge(Timestamp time, std::size_t limit) {
    const long long time_ms = time.ms;
    const long long row_limit = sql_limit(limit);
    return change_rows(context_,
                       "DELETE FROM refresh_tokens WHERE token_hash IN (SELECT token_hash FROM "
                       "refresh_tokens WHERE expires_at_ms < :time ORDER BY expires_at_ms "
                       "LIMIT :limit)",
                       soci::use(time_ms, "time"), soci::use(row_limit, "limit"));
}

}  // namespace attune
