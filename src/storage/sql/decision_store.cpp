#include "storage/sql/decision_store.hpp"

#include "storage/sql/newest_first.hpp"
#include "storage/sql/rows.hpp"

namespace attune {
namespace {

using soci::into;
using soci::use;

constexpr const char* kSelect =
    "SELECT id, customer_id, time_ms, model_version, purpose, "
    "CASE WHEN same_as = '' THEN document ELSE COALESCE((SELECT made.document FROM decisions AS "
    "made WHERE made.id = decisions.same_as), document) END, "
    "latency_us, cached, same_as FROM decisions";

/// What the columns of kSelect are read into.
struct ReadDecision {
    Decision row;
    long long time_ms = 0;
    long long latency_us = 0;
    int cached = 0;

    [[nodiscard]] Decision decision() const {
        Decision decision = row;
        decision.time = Timestamp{time_ms};
        decision.latency_us = latency_us;
        decision.cached = cached != 0;
        return decision;
    }
};

}  // namespace

std::string decision_query_sql(const NewestFirst& page) {
    return std::string(kSelect) + newest_first_sql(page, {.customer_column = "customer_id",
                                                          .time_column = "time_ms",
                                                          .id_column = "id"});
}

// VALUES, not SELECT: SQLite keeps a journal of each statement that may insert several rows, into
// which it copies every page that the statement changes.
DecisionStoreSql::Insert::Insert(soci::session& session)
    : statement(prepare(
          session,
          "INSERT INTO decisions (id, customer_id, time_ms, model_version, purpose, latency_us, "
          "cached, document, same_as) VALUES (:id, :customer_id, :time_ms, :model_version, "
          ":purpose, :latency_us, :cached, CASE WHEN EXISTS (SELECT 1 FROM decisions WHERE id = "
          ":made) THEN '' ELSE :document END, COALESCE((SELECT id FROM decisions WHERE id = "
          ":same_as), '')) ON CONFLICT (id) DO NOTHING",
          use(row.id, "id"), use(row.customer_id, "customer_id"), use(time_ms, "time_ms"),
          use(row.model_version, "model_version"), use(row.purpose, "purpose"),
          use(latency_us, "latency_us"), use(cached, "cached"), use(row.same_as, "made"),
          use(row.document, "document"), use(row.same_as, "same_as"))) {}

Result<std::size_t> DecisionStoreSql::append(std::span<const Decision> decisions) {
    ATTUNE_TRY(check_writable(context_));
    for (const Decision& decision : decisions) {
        ATTUNE_TRY(check_not_empty("the id of a decision", decision.id));
    }
    return guarded(context_, [&]() -> Result<std::size_t> {
        auto insert = insert_.take(context_.session);
        std::size_t num_added = 0;
        for (const Decision& decision : decisions) {
            insert->row = decision;
            insert->time_ms = decision.time.ms;
            insert->latency_us = decision.latency_us;
            insert->cached = decision.cached ? 1 : 0;
            insert->statement.execute(true);
            if (insert->statement.get_affected_rows() > 0) ++num_added;
        }
        insert_.keep(std::move(insert));
        return num_added;
    });
}

Result<Decision> DecisionStoreSql::get(std::string_view id) {
    const std::string wanted(id);
    ReadDecision read;
    bool found = false;
    const auto collect = [&]() -> Status {
        found = true;
        return {};
    };
    ATTUNE_TRY(each_row(context_, std::string(kSelect) + " WHERE id = :id", collect,
                        use(wanted, "id"), into(read.row.id), into(read.row.customer_id),
                        into(read.time_ms), into(read.row.model_version), into(read.row.purpose),
                        into(read.row.document), into(read.latency_us), into(read.cached),
                        into(read.row.same_as)));
    if (!found) return fail(ErrorCode::kNotFound, "there is no decision '{}'", id);
    return read.decision();
}

Result<std::vector<Decision>> DecisionStoreSql::list(const NewestFirst& page) {
    ReadDecision read;
    std::vector<Decision> decisions;
    const auto collect = [&]() -> Status {
        decisions.push_back(read.decision());
        return {};
    };
    ATTUNE_TRY(each_newest(context_, decision_query_sql(page), page, collect, into(read.row.id),
                           into(read.row.customer_id), into(read.time_ms),
                           into(read.row.model_version), into(read.row.purpose),
                           into(read.row.document), into(read.latency_us), into(read.cached),
                           into(read.row.same_as)));
    return decisions;
}

Result<std::size_t> DecisionStoreSql::count() {
    return ask_number(context_, "SELECT count(*) FROM decisions");
}

// Day by day along the index of times: to group all of them by a day that is worked out, the
// database would sort them first.
Result<std::vector<std::size_t>> DecisionStoreSql::count_by_day(const DayRange& days) {
    return guarded(context_, [&]() -> Result<std::vector<std::size_t>> {
        long long from_ms = 0;
        long long until_ms = 0;
        long long count = 0;
        soci::statement statement = prepare(
            context_.session,
            "SELECT count(*) FROM decisions WHERE time_ms >= :from_ms AND time_ms < :until_ms",
            use(from_ms, "from_ms"), use(until_ms, "until_ms"), into(count));
        std::vector<std::size_t> counts;
        for (std::size_t day = 0; day < days.num_days; ++day) {
            from_ms = days.midnight(day).ms;
            until_ms = days.midnight(day + 1).ms;
            fetch_one(statement);
            counts.push_back(static_cast<std::size_t>(count));
        }
        return counts;
    });
}

Result<std::size_t> DecisionStoreSql::purge(Timestamp time, std::size_t limit) {
    const long long time_ms = time.ms;
    const long long shared_ms = time.ms - kMostAgeOfRepeatedMs;
    const long long row_limit = sql_limit(limit);
    return change_rows(context_,
                       "DELETE FROM decisions WHERE decision_key IN (SELECT decision_key FROM "
                       "decisions WHERE time_ms < :time AND (same_as <> '' OR time_ms < :shared) "
                       "ORDER BY time_ms, id LIMIT :limit)",
                       use(time_ms, "time"), use(shared_ms, "shared"), use(row_limit, "limit"));
}

}  // namespace attune
