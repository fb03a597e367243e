#pragma once

#include <fmt/ranges.h>

#include "storage/listing.hpp"
#include "storage/sql/rows.hpp"

namespace attune {

/// Which columns a listing by time goes by. SQL of the caller's own, never of outside.
struct NewestFirstColumns {
    std::string customer_column{};  ///< with the customer's id; empty: there is none
    std::string time_column;
    std::string id_column;
};

/// What is put after a query to list the newest first, with the parameters that `each_newest`
/// binds for the same page.
inline std::string newest_first_sql(const NewestFirst& page, const NewestFirstColumns& columns) {
    std::vector<std::string> conditions;
    if (page.customer_id) {
        conditions.push_back(columns.customer_column + " = :customer_id");
    } else if (page.assigned_to) {
        conditions.push_back(
            columns.customer_column +
            " IN (SELECT assigned.id FROM accounts a JOIN account_customers ac ON "
            "ac.account_key = a.account_key JOIN customers assigned ON "
            "assigned.customer_key = ac.customer_key WHERE a.name = :assigned_to)");
    }
    if (page.before) {
        conditions.push_back(fmt::format("({}, {}) < (:before_ms, :before_id)", columns.time_column,
                                         columns.id_column));
    }
    return fmt::format("{}{} ORDER BY {} DESC, {} DESC LIMIT :limit",
                       conditions.empty() ? "" : " WHERE ", fmt::join(conditions, " AND "),
                       columns.time_column, columns.id_column);
}

/// Runs a query that ends in newest_first_sql() of the same page and calls `visit` for each row.
template <typename Visit, typename... Into>
Status each_newest(SqlContext& context, const std::string& sql, const NewestFirst& page,
                   const Visit& visit, const Into&... into) {
    return guarded(context, [&]() -> Status {
        const std::string customer_id = page.customer_id.value_or("");
        const std::string assigned_to = page.assigned_to.value_or("");
        const TimeCursor before = page.before.value_or(TimeCursor{});
        const long long before_ms = before.time.ms;
        const long long limit = sql_limit(page.limit);
        soci::statement statement(context.session);
        if (page.customer_id) {
            statement.exchange(soci::use(customer_id, "customer_id"));
        } else if (page.assigned_to) {
            statement.exchange(soci::use(assigned_to, "assigned_to"));
        }
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
