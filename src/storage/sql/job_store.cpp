#include "storage/sql/job_store.hpp"

#include "storage/sql/newest_first.hpp"
#include "storage/sql/rows.hpp"

namespace attune {
namespace {

using soci::into;
using soci::use;

constexpr const char* kSelect =
    "SELECT id, kind, state, created_by, created_at_ms, started_at_ms, ended_at_ms, document "
    "FROM jobs";

struct JobRow {
    JobRecord job{};
    long long created_at_ms = 0;
    OptionalTime started_at{};
    OptionalTime ended_at{};

    [[nodiscard]] JobRecord record() const {
        JobRecord record = job;
        record.created_at = Timestamp{created_at_ms};
        record.started_at = started_at.time();
        record.ended_at = ended_at.time();
        return record;
    }
    /// Calls `exchange` with kSelect's columns.
    template <typename Exchange>
    auto define(const Exchange& exchange) {
        return exchange(into(job.id), into(job.kind), into(job.state), into(job.created_by),
                        into(created_at_ms), into(started_at.ms, started_at.present),
                        into(ended_at.ms, ended_at.present), into(job.document));
    }
};

template <typename... Bound>
Result<std::vector<JobRecord>> fetch_jobs(SqlContext& context, const std::string& conditions,
                                          const Bound&... bound) {
    JobRow row;
    std::vector<JobRecord> jobs;
    const auto collect = [&]() -> Status {
        jobs.push_back(row.record());
        return {};
    };
    ATTUNE_TRY(row.define([&](const auto&... intos) {
        return each_row(context, kSelect + conditions, collect, bound..., intos...);
    }));
    return jobs;
}

}  // namespace

Status JobStoreSql::put(const JobRecord& job) {
    ATTUNE_TRY(check_not_empty("the id of a job", job.id));
    const long long created_at_ms = job.created_at.ms;
    OptionalTime started_at(job.started_at);
    OptionalTime ended_at(job.ended_at);
    ATTUNE_TRY(change_rows(
        context_,
        "INSERT INTO jobs (id, kind, state, created_by, created_at_ms, started_at_ms, "
        "ended_at_ms, document) VALUES (:id, :kind, :state, :created_by, :created_at_ms, "
        ":started_at_ms, :ended_at_ms, :document) ON CONFLICT (id) DO UPDATE SET "
        "kind = excluded.kind, state = excluded.state, created_by = excluded.created_by, "
        "created_at_ms = excluded.created_at_ms, started_at_ms = excluded.started_at_ms, "
        "ended_at_ms = excluded.ended_at_ms, document = excluded.document",
        use(job.id, "id"), use(job.kind, "kind"), use(job.state, "state"),
        use(job.created_by, "created_by"), use(created_at_ms, "created_at_ms"),
        use(started_at.ms, started_at.present, "started_at_ms"),
        use(ended_at.ms, ended_at.present, "ended_at_ms"), use(job.document, "document")));
    return {};
}

Result<JobRecord> JobStoreSql::get(std::string_view id) {
    const std::string wanted(id);
    ATTUNE_ASSIGN(auto jobs, fetch_jobs(context_, " WHERE id = :id", use(wanted, "id")));
    if (jobs.empty()) return fail(ErrorCode::kNotFound, "there is no job '{}'", id);
    return std::move(jobs.front());
}

Result<std::vector<JobRecord>> JobStoreSql::list(const NewestFirst& page) {
    JobRow row;
    std::vector<JobRecord> jobs;
    const auto collect = [&]() -> Status {
        jobs.push_back(row.record());
        return {};
    };
    NewestFirst of_all = page;
    of_all.customer_id.reset();
    of_all.assigned_to.reset();
    const std::string sql =
        kSelect + newest_first_sql(of_all, {.time_column = "created_at_ms", .id_column = "id"});
    ATTUNE_TRY(row.define([&](const auto&... intos) {
        return each_newest(context_, sql, of_all, collect, intos...);
    }));
    return jobs;
}

Result<std::vector<JobRecord>> JobStoreSql::unfinished() {
    return fetch_jobs(context_, " WHERE ended_at_ms IS NULL ORDER BY created_at_ms, id");
}

Result<std::vector<JobRecord>> JobStoreSql::ended_before(Timestamp time, std::size_t limit) {
    const long long time_ms = time.ms;
    const long long row_limit = sql_limit(limit);
    return fetch_jobs(context_, " WHERE ended_at_ms < :time ORDER BY ended_at_ms, id LIMIT :limit",
                      use(time_ms, "time"), use(row_limit, "limit"));
}

Result<std::size_t> JobStoreSql::remove(std::span<const std::string> ids) {
    std::size_t num_removed = 0;
    for (const std::string& id : ids) {
        ATTUNE_ASSIGN(const std::size_t removed,
                      change_rows(context_, "DELETE FROM jobs WHERE id = :id", use(id, "id")));
        num_removed += removed;
    }
    return num_removed;
}

}  // namespace attune
