#include "storage/sqlite/connect.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/file_error.hpp"
#include "storage/sqlite/schema.hpp"

// After sql/soci.hpp.
#include <soci/sqlite3/soci-sqlite3.h>

namespace attune {
namespace {

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
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
        case SQLITE_NOLFS:
            return ErrorCode::kUnavailable;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return ErrorCode::kForbidden;
        case SQLITE_TOOBIG:
            return ErrorCode::kLimitExceeded;
        default:
            return ErrorCode::kInternal;
    }
}

bool is_lock(int result) {
    return (result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED;
}

/// Why a file that was open for writing takes no writes, where the system says; empty: it does not.
std::string why_not_writable(const std::string& path) {
    for (const std::string& file : {path, path + "-wal"}) {
        if (::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0 || errno == ENOENT) continue;
        return fmt::format("it is read-only ({})", std::strerror(errno));
    }
    struct statvfs space {};
    const bool full = ::statvfs(path.c_str(), &space) == 0 && space.f_bavail == 0;
    return full ? "the disk is full" : "";
}

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

/// What keeps a session that was opened to write from writing; none: something else is wrong.
std::optional<Error> write_failure(int result, const std::string& path, const char* message) {
    std::string why;
    switch (result & 0xFF) {
        case SQLITE_FULL:
            why = "the disk is full";
            break;
        case SQLITE_READONLY:
            why = why_not_writable(path);
            if (why.empty()) why = "it is read-only";
            break;
        case SQLITE_IOERR:
            why = why_not_writable(path);
            if (why.empty()) why = message;
            break;
        default:
            return std::nullopt;
    }
    return Error{
        ErrorCode::kUnavailable,
        fmt::format("{}: cannot be written: {}; nothing of this was stored", file_name(path), why)};
}

Error not_a_database(const std::string& name) {
    return {ErrorCode::kCorrupt, fmt::format("{}: is not a SQLite database", name)};
}

}  // namespace

Error sqlite_error(const soci::soci_error& error, const std::string& name,
                   const DatabaseOptions& options) {
    const auto* known = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    if (known != nullptr && is_lock(known->result())) {
        return Error{ErrorCode::kUnavailable,
                     fmt::format("{}: another process is writing to this database and did not "
                                 "finish within {} ms; try again when it has, or wait longer with "
                                 "--set storage.busy_timeout_ms=60000",
                                 name, options.busy_timeout_ms)};
    }
    if (known != nullptr && (known->result() & 0xFF) == SQLITE_NOTADB) return not_a_database(name);
    const ErrorCode code = known != nullptr ? code_of(known->result()) : ErrorCode::kInternal;
    // Not what(): its context quotes the values bound, which are customers' data.
    return Error{code, fmt::format("{}: {}", name, error.get_error_message())};
}

bool is_held_by_others(const soci::soci_error& error) {
    const auto* known = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    return known != nullptr && is_lock(known->result());
}

SqlDialect sqlite_dialect(const std::string& path, const DatabaseOptions& options) {
    return {.name = file_name(path),
            .begin_write = "BEGIN IMMEDIATE",
            .begin_read = "BEGIN",
            .translate = [name = file_name(path), options](const soci::soci_error& error) {
                return sqlite_error(error, name, options);
            }};
}

SqlDialect sqlite_writer_dialect(const std::string& path, const DatabaseOptions& options) {
    SqlDialect dialect = sqlite_dialect(path, options);
    dialect.translate = [path, otherwise = dialect.translate](const soci::soci_error& error) {
        const auto* known = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
        auto failure = known == nullptr ? std::nullopt
                                        : write_failure(known->result(), path,
                                                        error.get_error_message().c_str());
        return failure ? std::move(*failure) : otherwise(error);
    };
    return dialect;
}

std::unique_ptr<soci::session> connect(const std::string& file, FileAccess access,
                                       const DatabaseOptions& options) {
    const char* mode = access == FileAccess::kReadOnly ? " readonly=true" : "";
    auto session =
        std::make_unique<soci::session>(soci::sqlite3, fmt::format("dbname=\"{}\"{}", file, mode));
    *session << fmt::format("PRAGMA busy_timeout = {}", options.busy_timeout_ms);
    return session;
}

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

std::vector<std::unique_ptr<SqlSession>> connect_readers(const std::string& file, FileAccess access,
                                                         const SqlDialect& dialect,
                                                         const DatabaseOptions& options) {
    std::vector<std::unique_ptr<SqlSession>> readers;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options.num_read_sessions); ++i) {
        auto session = connect(file, access, options);
        configure(*session, SessionMode::kRead);
        readers.push_back(
            std::make_unique<SqlSession>(std::move(session), dialect, SessionMode::kRead));
    }
    return readers;
}

Status check_can_be_read(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return fail(ErrorCode::kNotAFile, "{}: is a folder, not a database", path);
    }
    // Not by opening it: closing it again would drop the locks of this process's own connections.
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0) return {};
    const int number = errno;
    return fail(file_error_code(number), "{}: cannot be read: {}", path, std::strerror(number));
}

// Some characters of a path would mean something else in a URI.
std::string immutable_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            uri += c;
        }
    }
    return uri + "?immutable=1";
}

Result<std::optional<int>> inspect(const std::string& path, const std::string& file,
                                   const DatabaseOptions& options) {
    // SQLite would take it for a new database.
    std::error_code error;
    if (std::filesystem::file_size(path, error) == 0 && !error) {
        return fail(not_a_database(path));
    }
    return attempt(path, options, [&]() -> Result<std::optional<int>> {
        const auto session = connect(file, FileAccess::kReadOnly, options);
        // Looks at the beginning of the file.
        long long num_tables = 0;
        *session << "SELECT count(*) FROM sqlite_master", soci::into(num_tables);
        ATTUNE_ASSIGN(const auto version, schema_version(*session, sqlite_dialect(path, options)));
        if (version) {
            ATTUNE_TRY(refuse_newer(*version, sqlite_migrations(), path));
            return version;
        }
        if (num_tables == 0) return version;
        return fail(ErrorCode::kCorrupt, "{}: is a SQLite database, but not one of Attune's", path);
    });
}

}  // namespace attune
