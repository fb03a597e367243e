#include "storage/sqlite/open_sqlite.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "core/file_error.hpp"
#include "storage/sql/database.hpp"
#include "storage/sqlite/backup.hpp"
#include "storage/sqlite/connect.hpp"
#include "storage/sqlite/schema.hpp"

// After sql/soci.hpp.
#include <soci/sqlite3/soci-sqlite3.h>

namespace attune {
namespace {

namespace sqlite = sqlite_api;

/// Write-ahead logging, so that readers and the writer do not wait for each other. SQLite does not
/// wait for the lock that the change takes, hence the loop.
Status use_write_ahead_log(soci::session& session, const std::string& path,
                           const DatabaseOptions& options) {
    const auto give_up =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(options.busy_timeout_ms);
    for (;;) {
        std::string mode;
        const Status status = attempt(path, options, [&]() -> Status {
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

/// Whether the file is still the one of that name: while this waited for it, a restore may have put
/// another there, whose log is not to be touched.
Status check_not_replaced(soci::session& session, const std::string& path) {
    auto* backend = static_cast<soci::sqlite3_session_backend*>(session.get_backend());
    int moved = 0;
    sqlite::sqlite3_file_control(backend->conn_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved == 0) return {};
    return fail(ErrorCode::kUnavailable, "{}: was replaced while it was being opened; try again",
                path);
}

/// Makes the file when there is none, readable by its owner alone: it will hold customers' data.
Status make_file(const std::string& path) {
    // One that is there is not opened: closing it would drop the locks of other connections.
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0 && errno == EEXIST) return check_can_be_written(path);
    if (file < 0) {
        const int number = errno;
        ATTUNE_TRY(check_can_be_written(path));  // says more
        return fail(file_error_code(number), "{}: cannot be opened for writing: {}", path,
                    std::strerror(number));
    }
    ::close(file);
    return {};
}

Result<std::unique_ptr<Database>> open_sessions(const std::string& path,
                                                const DatabaseOptions& options) {
    const SqlDialect dialect = sqlite_dialect(path, options);
    auto writer = connect(path, FileAccess::kReadWrite, options);
    if (is_read_only(*writer)) {
        return fail(ErrorCode::kForbidden, "{}: cannot be written to", path);
    }
    const Status logged = use_write_ahead_log(*writer, path, options);
    ATTUNE_TRY(check_not_replaced(*writer, path));
    ATTUNE_TRY(logged);
    configure(*writer, SessionMode::kWrite);
    ATTUNE_TRY(migrate(*writer, dialect, sqlite_migrations()));
    auto readers = connect_readers(path, FileAccess::kReadWrite, dialect, options);
    const auto back_up = [path, options](const std::filesystem::path& target, Progress& progress) {
        return back_up_sqlite(path, path, FileAccess::kReadWrite, options, target, progress);
    };
    return std::make_unique<SqlDatabase>(
        std::make_unique<SqlSession>(std::move(writer), sqlite_writer_dialect(path, options),
                                     SessionMode::kWrite),
        std::move(readers), back_up, options);
}

}  // namespace

Result<std::string> absolute_sqlite_path(const std::string& path) {
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
    return absolute.string();
}

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path,
                                              const DatabaseOptions& options) {
    ATTUNE_ASSIGN(const std::string absolute, absolute_sqlite_path(path));
    return options.access == DatabaseAccess::kReadOnly ? open_sqlite_to_read(absolute, options)
                                                       : open_sqlite_to_write(absolute, options);
}

Result<std::unique_ptr<Database>> open_sqlite_to_write(const std::string& path,
                                                       const DatabaseOptions& options) {
    ATTUNE_TRY(make_file(path));
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return fail(ErrorCode::kUnavailable, "{}: {}", path, error.message());
    if (size > 0) ATTUNE_TRY(inspect(path, path, options));
    return attempt(path, options, [&] { return open_sessions(path, options); });
}

}  // namespace attune
