#pragma once

#include <algorithm>
#include <limits>
#include <string>

#include "core/clock.hpp"
#include "storage/sql/context.hpp"

/// Statements that are prepared for each use: for tables that are not on a path where that counts.
namespace attune {

/// @errors kForbidden: within a read
inline Status check_writable(const SqlContext& context) {
    if (context.writable) return {};
    return fail(ErrorCode::kForbidden, "{}: nothing can be written within a read", context.name);
}

/// Runs a statement that adds, changes or removes rows; tells how many.
/// @errors kForbidden: within a read
template <typename... Bound>
Result<std::size_t> change_rows(SqlContext& context, const std::string& sql,
                                const Bound&... bound) {
    ATTUNE_TRY(check_writable(context));
    return guarded(context, [&]() -> Result<std::size_t> {
        soci::statement statement = prepare(context.session, sql, bound...);
        statement.execute(true);
        return static_cast<std::size_t>(statement.get_affected_rows());
    });
}

/// Runs a query and calls `visit` after each row was put into what `bound` names.
template <typename Visit, typename... Bound>
Status each_row(SqlContext& context, const std::string& sql, const Visit& visit,
                const Bound&... bound) {
    return guarded(context, [&]() -> Status {
        soci::statement statement = prepare(context.session, sql, bound...);
        for (bool found = statement.execute(true); found; found = statement.fetch()) {
            ATTUNE_TRY(visit());
        }
        return {};
    });
}

/// Whether a query has a row.
template <typename... Bound>
Result<bool> has_rows(SqlContext& context, const std::string& sql, const Bound&... bound) {
    return guarded(context, [&]() -> Result<bool> {
        int ignored = 0;
        soci::statement statement = prepare(context.session, sql, bound..., soci::into(ignored));
        return fetch_one(statement);
    });
}

/// The number that a query of one row and column gives.
template <typename... Bound>
Result<std::size_t> ask_number(SqlContext& context, const std::string& sql, const Bound&... bound) {
    return guarded(context, [&]() -> Result<std::size_t> {
        long long number = 0;
        soci::statement statement = prepare(context.session, sql, bound..., soci::into(number));
        fetch_one(statement);
        return static_cast<std::size_t>(number);
    });
}

/// A limit as the database takes it.
inline long long sql_limit(std::size_t limit) {
    return static_cast<long long>(
        std::min<std::size_t>(limit, std::numeric_limits<long long>::max()));
}

/// A time that may be missing, as a column.
struct OptionalTime {
    long long ms = 0;
    soci::indicator present = soci::i_null;

    OptionalTime() = default;
    explicit OptionalTime(const std::optional<Timestamp>& time)
        : ms(time ? time->ms : 0), present(time ? soci::i_ok : soci::i_null) {}
    [[nodiscard]] std::optional<Timestamp> time() const {
        if (present != soci::i_ok) return std::nullopt;
        return Timestamp{ms};
    }
};

/// @errors kInvalidArgument: empty
inline Status check_not_empty(std::string_view what, std::string_view text) {
    if (!text.empty()) return {};
    return fail(ErrorCode::kInvalidArgument, "{} must not be empty", what);
}

}  // namespace attune
