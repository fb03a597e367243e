#include "storage/sql/migrations.hpp"

namespace attune {
namespace {

/// Runs what talks to the database outside of the stores.
template <typename Work>
auto attempt(const SqlDialect& dialect, const Work& work) -> std::invoke_result_t<Work> {
    try {
        return work();
    } catch (const soci::soci_error& error) {
        return fail(dialect.translate(error));
    }
}

Status apply(soci::session& session, const SqlDialect& dialect,
             std::span<const Migration> migrations) {
    // Looked up again under the lock: another process may have been faster.
    ATTUNE_ASSIGN(const auto found, schema_version(session, dialect));
    ATTUNE_TRY(refuse_newer(found.value_or(0), migrations, dialect.name));
    return attempt(dialect, [&]() -> Status {
        if (!found) {
            session << "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, "
                       "applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";
        }
        for (const Migration& migration : migrations) {
            if (migration.version <= found.value_or(0)) continue;
            for (const std::string& statement : migration.statements) session << statement;
            if (migration.fill) {
                const Status filled = migration.fill(session);
                if (!filled) return fail(filled.error().at(dialect.name));
            }
            session << "INSERT INTO schema_version (version) VALUES (:version)",
                soci::use(migration.version, "version");
        }
        return {};
    });
}

}  // namespace

Result<std::optional<int>> schema_version(soci::session& session, const SqlDialect& dialect) {
    return attempt(dialect, [&]() -> Result<std::optional<int>> {
        std::string table;
        {
            soci::statement tables = (session.prepare_table_names(), soci::into(table));
            bool found = tables.execute(true);
            while (found && table != "schema_version") found = tables.fetch();
        }
        if (table != "schema_version") return std::optional<int>();
        int version = 0;
        soci::indicator has_version = soci::i_null;
        soci::statement statement = prepare(session, "SELECT max(version) FROM schema_version",
                                            soci::into(version, has_version));
        fetch_one(statement);
        return std::optional<int>(has_version == soci::i_ok ? version : 0);
    });
}

Status refuse_newer(int found, std::span<const Migration> migrations, const std::string& name) {
    const int known = migrations.empty() ? 0 : migrations.back().version;
    if (found <= known) return {};
    return fail(ErrorCode::kNewerFormat,
                "{}: the database has version {}, this program knows versions up to {}; it was "
                "left as it is. Use the newer program",
                name, found, known);
}

Status migrate(soci::session& session, const SqlDialect& dialect,
               std::span<const Migration> migrations) {
    ATTUNE_ASSIGN(const auto found, schema_version(session, dialect));
    // Looked at without a lock first: a database that is up to date opens while another process
    // writes.
    if (found && *found == migrations.back().version) return {};
    const auto begin = [&]() -> Status {
        session << dialect.begin_write;
        return {};
    };
    ATTUNE_TRY(attempt(dialect, begin));
    Status status = apply(session, dialect, migrations);
    if (status) {
        status = attempt(dialect, [&]() -> Status {
            session << "COMMIT";
            return {};
        });
    }
    if (!status) {
        // Fails where the database has undone the transaction itself, which is as good.
        const Status undone = attempt(dialect, [&]() -> Status {
            session << "ROLLBACK";
            return {};
        });
        static_cast<void>(undone);
    }
    return status;
}

}  // namespace attune
