#include "storage/sql/idempotency_store.hpp"

#include "storage/sql/rows.hpp"

namespace attune {

using soci::into;
using soci::use;

Result<std::optional<IdempotencyRecord>> IdempotencyStoreSql::put_if_absent(
    const IdempotencyRecord& record, Timestamp oldest) {
    const long long time_ms = record.time.ms;
    const long long oldest_ms = oldest.ms;
    ATTUNE_ASSIGN(
        const std::size_t num_added,
        change_rows(context_,
                    "INSERT INTO idempotency_records (principal, key, request_hash, status, "
                    "content_type, time_ms, body) VALUES (:principal, :key, :request_hash, "
                    ":status, :content_type, :time_ms, :body) "
                    "ON CONFLICT (principal, key) DO UPDATE SET "
                    "request_hash = excluded.request_hash, status = excluded.status, "
                    "content_type = excluded.content_type, time_ms = excluded.time_ms, "
                    "body = excluded.body WHERE idempotency_records.time_ms < :oldest",
                    use(record.principal, "principal"), use(record.key, "key"),
                    use(record.request_hash, "request_hash"), use(record.status, "status"),
                    use(record.content_type, "content_type"), use(time_ms, "time_ms"),
                    use(record.body, "body"), use(oldest_ms, "oldest")));
    if (num_added > 0) return std::optional<IdempotencyRecord>();
    return find(record.principal, record.key);
}

Result<std::optional<IdempotencyRecord>> IdempotencyStoreSql::find(std::string_view principal,
                                                                   std::string_view key) {
    const std::string wanted_principal(principal);
    const std::string wanted_key(key);
    IdempotencyRecord row;
    long long time_ms = 0;
    std::optional<IdempotencyRecord> found;
    const auto collect = [&]() -> Status {
        row.time = Timestamp{time_ms};
        found = row;
        return {};
    };
    ATTUNE_TRY(each_row(context_,
                        "SELECT principal, key, request_hash, status, content_type, time_ms, body "
                        "FROM idempotency_records WHERE principal = :principal AND key = :key",
                        collect, use(wanted_principal, "principal"), use(wanted_key, "key"),
                        into(row.principal), into(row.key), into(row.request_hash),
                        into(row.status), into(row.content_type), into(time_ms), into(row.body)));
    return found;
}

Result<std::size_t> IdempotencyStoreSql::purge(Timestamp time, std::size_t limit) {
    const long long time_ms = time.ms;
    const long long row_limit = sql_limit(limit);
    return change_rows(context_,
                       "DELETE FROM idempotency_records WHERE rowid IN (SELECT rowid FROM "
                       "idempotency_records WHERE time_ms < :time ORDER BY time_ms LIMIT :limit)",
                       use(time_ms, "time"), use(row_limit, "limit"));
}

}  // namespace attune
