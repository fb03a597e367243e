#include "storage/sql/put_rows.hpp"

namespace attune {

Result<std::size_t> count_rows(SqlContext& context, const std::string& sql) {
    return guarded(context, [&]() -> Result<std::size_t> {
        long long count = 0;
        soci::statement statement = prepare(context.session, sql, soci::into(count));
        fetch_one(statement);
        return static_cast<std::size_t>(count);
    });
}

}  // namespace attune
