#pragma once

#include <span>
#include <vector>

#include "storage/sql/context.hpp"
#include "storage/sql/key_finder.hpp"
#include "storage/stores.hpp"

namespace attune {

/// What the tables need of each other.
struct SqlKeys {
    KeyFinder& customers;
    KeyFinder& products;
};

/// The keys that a row refers to.
struct RowKeys {
    long long customer = 0;
    long long other = 0;  ///< product, or related customer
};

/// The two statements behind `put`, sharing one row of variables. `Table` says how a record is
/// laid out:
///   Record, Checked (what `check` finds out), Row (the bound variables)
///   kInsert  leaves a row that is there alone; kUpdate  changes it when it differs, "" for
///            tables whose rows are their own keys
///   check(record, keys) -> Result<Checked>    validates and finds the rows referred to
///   fill(row, record, checked)                sets the variables
///   bind(row, exchange)                       calls `exchange` with each `use`
template <typename Table>
struct PutQuery {
    typename Table::Row row{};
    soci::statement insert;
    std::optional<soci::statement> update;

    explicit PutQuery(soci::session& session) : insert(bound(session, Table::kInsert)) {
        if (*Table::kUpdate != '\0') update.emplace(bound(session, Table::kUpdate));
    }

    soci::statement bound(soci::session& session, const char* sql) {
        return Table::bind(row,
                           [&](const auto&... uses) { return prepare(session, sql, uses...); });
    }
};

/// Adds or changes rows. Every record is checked before the first is written, so that a refused
/// call leaves nothing behind.
template <typename Table>
Result<PutCounts> put_rows(SqlContext& context, SqlKeys keys, KeptQuery<PutQuery<Table>>& kept,
                           std::span<const typename Table::Record> records) {
    if (!context.writable) {
        return fail(ErrorCode::kForbidden, "{}: nothing can be written within a read",
                    context.name);
    }
    return guarded(context, [&]() -> Result<PutCounts> {
        std::vector<typename Table::Checked> checked;
        checked.reserve(records.size());
        for (const auto& record : records) {
            auto outcome = Table::check(record, keys);
            if (!outcome) return fail(outcome.error().at(Table::name_of(record)));
            checked.push_back(std::move(*outcome));
        }
        PutCounts counts;
        auto query = kept.take(context.session);
        for (std::size_t i = 0; i < records.size(); ++i) {
            Table::fill(query->row, records[i], checked[i]);
            query->insert.execute(true);
            if (query->insert.get_affected_rows() > 0) {
                ++counts.added;
                continue;
            }
            if (query->update) query->update->execute(true);
            const bool changed = query->update && query->update->get_affected_rows() > 0;
            ++(changed ? counts.changed : counts.unchanged);
        }
        kept.keep(std::move(query));
        context.num_changes += counts.added + counts.changed;
        return counts;
    });
}

/// The number of rows that `sql` counts.
Result<std::size_t> count_rows(SqlContext& context, const std::string& sql);

}  // namespace attune
