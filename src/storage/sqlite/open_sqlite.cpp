#include "storage/sqlite/open_sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "storage/sql/database.hpp"
#include "storage/sqlite/schema.hpp"

// After sql/soci.hpp.
#include <soci/sqlite3/soci-sqlite3.h>

namespace attune {
namespace {

namespace sqlite = sqlite_api;

ErrorCode code_of(int result) {
    switch (result & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::kCorrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
        case SQLITE_NOLFS:
            return ErrorCode::kUnavailable;
        case SQLITE_TOOBIG:
            return ErrorCode::kLimitExceeded;
        default:
            return ErrorCode::kInternal;
    }
}

/// Not what(): its context quotes the values bound, which are customers' data.
Error translate(const soci::soci_error& error, const std::string& name) {
    const auto* known = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    const ErrorCode code = known != nullptr ? code_of(known->result()) : ErrorCode::kInternal;
    return Error{code, fmt::format("{}: {}", name, error.get_error_message())};
}

SqlDialect dialect_of(const std::string& path) {
    return {.name = path,
            .begin_write = "BEGIN IMMEDIATE",
            .begin_read = "BEGIN",
            .translate = [path](const soci::soci_error& error) { return translate(error, path); }};
}

template <typename Work>
auto attempt(const std::string& path, const Work& work) -> std::invoke_result_t<Work> {
    try {
        return work();
    } catch (const soci::soci_error& error) {
        return fail(translate(error, path));
    }
}

enum class Access { kReadOnly, kReadWrite };

/// @throws soci::soci_error
std::unique_ptr<soci::session> connect(const std::string& path, Access access,
                                       const DatabaseOptions& options) {
    auto session = std::make_unique<soci::session>(
        soci::sqlite3,
        fmt::format("dbname=\"{}\"{}", path, access == Access::kReadOnly ? " readonly=true" : ""));
    *session << fmt::format("PRAGMA busy_timeout = {}", options.busy_timeout_ms);
    return session;
}

/// Settings of a session for the whole of its life.
void configure(soci::session& session, SessionMode mode) {
    session << "PRAGMA foreign_keys = ON";
    session << "PRAGMA synchronous = FULL";  // a commit that is acknowledged survives a power cut
    session << "PRAGMA secure_delete = ON";  // what is removed is overwritten
    session << "PRAGMA trusted_schema = OFF";
    if (mode == SessionMode::kWrite) {
        session << "PRAGMA cache_size = -65536";            // KiB; an import touches many pages
        session << "PRAGMA journal_size_limit = 67108864";  // bytes kept after a large import
    } else {
        session << "PRAGMA query_only = ON";
    }
}

/// Write-ahead logging, so that readers and the writer do not wait for each other. SQLite does not
/// wait for the lock that the change takes, hence the loop.
Status use_write_ahead_log(soci::session& session, const std::string& path,
                           const DatabaseOptions& options) {
    const auto give_up =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(options.busy_timeout_ms);
    for (;;) {
        std::string mode;
        const Status status = attempt(path, [&]() -> Status {
            soci::statement statement =
                prepare(session, "PRAGMA journal_mode = WAL", soci::into(mode));
            fetch_one(statement);
            return {};
        });
        if (status && mode == "wal") return {};
        if (status) {
            return fail(ErrorCode::kUnavailable,
                        "{}: its file system does not allow write-ahead logging", path);
        }
        if (status.error().code != ErrorCode::kUnavailable ||
            std::chrono::steady_clock::now() >= give_up) {
            return status;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

bool is_read_only(soci::session& session) {
    auto* backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
    return sqlite::sqlite3_db_readonly(backend->conn_, "main") == 1;
}

/// Makes the file when there is none, readable by its owner alone: it will hold customers' data.
Status make_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        return fail(ErrorCode::kUnavailable, "{}: cannot be opened for writing: {}", path,
                    std::generic_category().message(errno));
    }
    ::close(file);
    return {};
}

/// Looks at an existing file without writing to it, so that what is refused stays as it is.
Status inspect(const std::string& path, const DatabaseOptions& options) {
    constexpr std::string_view kMagic("SQLite format 3\0", 16);
    std::string start(kMagic.size(), '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file.read(start.data(), static_cast<std::streamsize>(start.size())) || start != kMagic) {
        return fail(ErrorCode::kCorrupt, "{}: is not a SQLite database", path);
    }
    file.close();
    return attempt(path, [&]() -> Status {
        const auto session = connect(path, Access::kReadOnly, options);
        ATTUNE_ASSIGN(const auto version, schema_version(*session, dialect_of(path)));
        if (version) return refuse_newer(*version, sqlite_migrations(), path);
        long long num_tables = 0;
        *session << "SELECT count(*) FROM sqlite_master", soci::into(num_tables);
        if (num_tables == 0) return {};
        return fail(ErrorCode::kCorrupt, "{}: is a SQLite database, but not one of Attune's", path);
    });
}

Result<std::unique_ptr<Database>> open_sessions(const std::string& path,
                                                const DatabaseOptions& options) {
    const SqlDialect dialect = dialect_of(path);
    auto writer = connect(path, Access::kReadWrite, options);
    if (is_read_only(*writer)) {
        return fail(ErrorCode::kUnavailable, "{}: cannot be written to", path);
    }
    ATTUNE_TRY(use_write_ahead_log(*writer, path, options));
    configure(*writer, SessionMode::kWrite);
    ATTUNE_TRY(migrate(*writer, dialect, sqlite_migrations()));

    std::vector<std::unique_ptr<SqlSession>> readers;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.num_read_sessions); ++i) {
        auto session = connect(path, Access::kReadWrite, options);
        configure(*session, SessionMode::kRead);
        readers.push_back(
            std::make_unique<SqlSession>(std::move(session), dialect, SessionMode::kRead));
    }
    return std::make_unique<SqlDatabase>(
        std::make_unique<SqlSession>(std::move(writer), dialect, SessionMode::kWrite),
        std::move(readers), options);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path,
                                              const DatabaseOptions& options) {
    if (path.empty() || path == ":memory:") {
        return fail(ErrorCode::kInvalidArgument,
                    "'sqlite:{}' names no file; use sqlite:PATH, such as sqlite:attune.db", path);
    }
    // soci has no way to write a quotation mark in a connection string.
    if (path.find_first_of(std::string_view("\"\0", 2)) != std::string::npos) {
        return fail(ErrorCode::kInvalidArgument,
                    "the path of a database must not hold quotation marks or NUL");
    }
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    if (error) return fail(ErrorCode::kUnavailable, "{}: {}", path, error.message());
    const std::string name = absolute.string();
    ATTUNE_TRY(make_file(name));
    const auto size = std::filesystem::file_size(absolute, error);
    if (error) return fail(ErrorCode::kUnavailable, "{}: {}", name, error.message());
    if (size > 0) ATTUNE_TRY(inspect(name, options));
    return attempt(name, [&] { return open_sessions(name, options); });
}

}  // namespace attune
