#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "core/result.hpp"
#include "storage/sql/soci.hpp"

namespace attune {

/// What the stores of one session share.
struct SqlContext {
    soci::session& session;
    std::string name;  ///< of the database, for messages
    std::function<Error(const soci::soci_error&)> translate;
    bool writable = false;
    std::size_t num_changes = 0;  ///< rows that the job added, changed or removed
    /// Set by the first failure of the database. The transaction may be half undone by then, so
    /// that nothing more is done in it and it cannot be committed.
    std::optional<Error> broken{};
};

/// Runs `work`, which talks to the database, and turns what the database throws into an error.
/// Other exceptions belong to the caller's own code and pass.
template <typename Work>
auto guarded(SqlContext& context, const Work& work) -> std::invoke_result_t<Work> {
    if (context.broken) return fail(*context.broken);
    try {
        return work();
    } catch (const soci::soci_error& error) {
        context.broken = context.translate(error);
        return fail(*context.broken);
    }
}

/// Prepares `sql` with the `use` and `into` elements given; what they name must outlive it.
template <typename... Bound>
soci::statement prepare(soci::session& session, const std::string& sql, const Bound&... bound) {
    soci::statement statement(session);
    (statement.exchange(bound), ...);
    statement.alloc();
    statement.prepare(sql);
    statement.define_and_bind();
    return statement;
}

/// Runs a query of at most one row; true when there was one. The second step makes the database
/// see its end: a statement left at its row would keep the snapshot it reads open.
inline bool fetch_one(soci::statement& statement) {
    const bool found = statement.execute(true);
    if (found) statement.fetch();
    return found;
}

/// Keeps a query between its uses, for preparing again costs more than most runs. The query is
/// lent out while it runs, so that a visit may run the same one; whoever fails midway drops it.
template <typename Query>
class KeptQuery {
 public:
    template <typename... Args>
    std::unique_ptr<Query> take(soci::session& session, const Args&... args) {
        if (kept_) return std::move(kept_);
        return std::make_unique<Query>(session, args...);
    }
    void keep(std::unique_ptr<Query> query) { kept_ = std::move(query); }

 private:
    std::unique_ptr<Query> kept_;
};

}  // namespace attune
