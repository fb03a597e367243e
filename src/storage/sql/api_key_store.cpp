#include "storage/sql/api_key_store.hpp"

#include "storage/sql/rows.hpp"

namespace attune {
namespace {

using soci::into;
using soci::use;

constexpr const char* kSelect =
    "SELECT id, name, secret_hash, scopes, created_at_ms, created_by, expires_at_ms, "
    "last_used_at_ms, revoked FROM api_keys";

/// The keys of a query of kSelect's columns.
template <typename... Bound>
Result<std::vector<ApiKey>> fetch_keys(SqlContext& context, const std::string& sql,
                                       const Bound&... bound) {
    ApiKey key;
    OptionalTime expires_at;
    OptionalTime last_used_at;
    long long created_at_ms = 0;
    int revoked = 0;
    std::vector<ApiKey> keys;
    const auto collect = [&]() -> Status {
        key.created_at = Timestamp{created_at_ms};
        key.expires_at = expires_at.time();
        key.last_used_at = last_used_at.time();
        key.revoked = revoked != 0;
        keys.push_back(key);
        return {};
    };
    ATTUNE_TRY(each_row(context, sql, collect, bound..., into(key.id), into(key.name),
                        into(key.secret_hash), into(key.scopes), into(created_at_ms),
                        into(key.created_by), into(expires_at.ms, expires_at.present),
                        into(last_used_at.ms, last_used_at.present), into(revoked)));
    return keys;
}

Error no_key(std::string_view id) {
    return {ErrorCode::kNotFound, fmt::format("there is no API key '{}'", id)};
}

}  // namespace

Status ApiKeyStoreSql::add(const ApiKey& key) {
    ATTUNE_TRY(check_not_empty("the id of an API key", key.id));
    OptionalTime expires_at(key.expires_at);
    OptionalTime last_used_at(key.last_used_at);
    const long long created_at_ms = key.created_at.ms;
    const int revoked = key.revoked ? 1 : 0;
    ATTUNE_ASSIGN(
        const std::size_t num_added,
        change_rows(context_,
                    "INSERT INTO api_keys (id, name, secret_hash, scopes, created_at_ms, "
                    "created_by, expires_at_ms, last_used_at_ms, revoked) VALUES (:id, :name, "
                    ":secret_hash, :scopes, :created_at_ms, :created_by, :expires_at_ms, "
                    ":last_used_at_ms, :revoked) ON CONFLICT (id) DO NOTHING",
                    use(key.id, "id"), use(key.name, "name"), use(key.secret_hash, "secret_hash"),
                    use(key.scopes, "scopes"), use(created_at_ms, "created_at_ms"),
                    use(key.created_by, "created_by"),
                    use(expires_at.ms, expires_at.present, "expires_at_ms"),
                    use(last_used_at.ms, last_used_at.present, "last_used_at_ms"),
                    use(revoked, "revoked")));
    if (num_added > 0) return {};
    return fail(ErrorCode::kConflict, "there is an API key '{}' already", key.id);
}

Result<ApiKey> ApiKeyStoreSql::get(std::string_view id) {
    const std::string wanted(id);
    ATTUNE_ASSIGN(const auto keys, fetch_keys(context_, std::string(kSelect) + " WHERE id = :id",
                                              use(wanted, "id")));
    if (keys.empty()) return fail(no_key(id));
    return keys.front();
}

Result<std::vector<ApiKey>> ApiKeyStoreSql::list(const Page& page) {
    const long long limit = sql_limit(page.limit);
    return fetch_keys(context_,
                      std::string(kSelect) + " WHERE id > :after ORDER BY id LIMIT :limit",
                      use(page.after, "after"), use(limit, "limit"));
}

Status ApiKeyStoreSql::revoke(std::string_view id) {
    const std::string wanted(id);
    ATTUNE_ASSIGN(
        const std::size_t num_changed,
        change_rows(context_, "UPDATE api_keys SET revoked = 1 WHERE id = :id", use(wanted, "id")));
    if (num_changed > 0) return {};
    return fail(no_key(id));
}

Status ApiKeyStoreSql::note_use(std::span<const ApiKeyUse> uses) {
    for (const ApiKeyUse& key_use : uses) {
        const long long time_ms = key_use.time.ms;
        ATTUNE_TRY(change_rows(context_,
                               "UPDATE api_keys SET last_used_at_ms = :time_ms WHERE id = :id "
                               "AND (last_used_at_ms IS NULL OR last_used_at_ms < :time_ms)",
                               use(time_ms, "time_ms"), use(key_use.id, "id")));
    }
    return {};
}

}  // namespace attune
