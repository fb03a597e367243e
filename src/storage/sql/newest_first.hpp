#pragma once

#include "storage/listing.hpp"
#include "storage/sql/rows.hpp"

namespace attune {

/// Which columns a listing by time goes by. SQL of the caller's own, never of outside.
struct NewestFirstColumns {
    std::string customer_column{};  ///< empty: of all customers
    std::string time_column;
    std::string id_column;
    bool after_cursor = false;
};

/// What is put after a query to list the newest first, with the parameters that `each_newest`
/// binds.
inline std::string newest_first_sql(const NewestFirstColumns& columns) {
    std::string conditions;
    if (!columns.customer_column.empty()) {
        conditions = columns.customer_column + " = :customer_id";
    }
    if (columns.after_cursor) {
        if (!conditions.empty()) conditions += " AND ";
        conditions += fmt::format("({}, {}) < (:before_ms, :before_id)", columns.time_column,
                                  columns.id_column);
    }
    return fmt::format("{}{} ORDER BY {} DESC, {} DESC LIMIT :limit",
                       conditions.empty() ? "" : " WHERE ", conditions, columns.time_column,
                       columns.id_column);
}

/// Runs a query that ends in newest_first_sql() of the same page and calls `visit` for each row.
template <typename Visit, typename... Into>
Status each_newest(SqlContext& context, const std::string& sql, const NewestFirst& page,
                   const Visit& visit, const Into&... into) {
    return guarded(context, [&]() -> Status {
        const std::string customer_id = page.customer_id.value_or("");
        const TimeCursor before = page.before.value_or(TimeCursor{});
        const long long before_ms = before.time.ms;
        const long long limit = sql_limit(page.limit);
        soci::statement statement(context.session);
        if (page.customer_id) statement.exchange(soci::use(customer_id, "customer_id"));
        if (page.before) {
            statement.exchange(soci::use(before_ms, "before_ms"));
            statement.exchange(soci::use(before.id, "before_id"));
        }
        statement.exchange(soci::use(limit, "limit"));
        (statement.exchange(into), ...);
        statement.alloc();
        statement.prepare(sql);
        statement.define_and_bind();
        for (bool found = statement.execute(true); found; found = statement.fetch()) {
            ATTUNE_TRY(visit());
        }
        return {};
    });
}

}  // namespace attune
