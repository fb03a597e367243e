#pragma once

#include <memory>
#include <string>

#include "storage/sql/session.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Says what a failure of SQLite means, without the values bound, which are customers' data.
Error sqlite_error(const soci::soci_error& error, const std::string& name,
                   const DatabaseOptions& options);

/// Whether somebody else holds what was asked for.
bool is_held_by_others(const soci::soci_error& error);

/// How sessions of a database talk. The service shows their errors to its callers: these name the
/// file, but not where that is.
/// @param path  of the file
SqlDialect sqlite_dialect(const std::string& path, const DatabaseOptions& options);

/// The same for the session that writes: a disk that is full, a file that has become read-only or
/// does not take what is written is kUnavailable, and said to be so.
SqlDialect sqlite_writer_dialect(const std::string& path, const DatabaseOptions& options);

/// Runs what talks to SQLite outside of the stores.
template <typename Work>
auto attempt(const std::string& name, const DatabaseOptions& options, const Work& work)
    -> std::invoke_result_t<Work> {
    try {
        return work();
    } catch (const soci::soci_error& error) {
        return fail(sqlite_error(error, name, options));
    }
}

enum class FileAccess { kReadOnly, kReadWrite };

/// Opens one connection.
/// @param file  a path without quotation marks, or a "file:" URI
/// @throws soci::soci_error
std::unique_ptr<soci::session> connect(const std::string& file, FileAccess access,
                                       const DatabaseOptions& options);

/// Settings of a session for the whole of its life.
/// @throws soci::soci_error
void configure(soci::session& session, SessionMode mode);

/// The sessions to read of a database, as many as the options say.
/// @throws soci::soci_error
std::vector<std::unique_ptr<SqlSession>> connect_readers(const std::string& file, FileAccess access,
                                                         const SqlDialect& dialect,
                                                         const DatabaseOptions& options);

// POSIX drops all locks that a process has on a file when it closes any descriptor of it. Nothing
// here may open a database but SQLite, which knows its connections: without their locks another
// process would take itself for the last one, and remove the log that this one still writes to.

/// Whether a file is there and may be read, without opening it.
/// @errors kNotFound, kForbidden; kNotAFile: a folder
Status check_can_be_read(const std::string& path);

/// What to connect to so as to read a file as one that does not change: neither locks nor files
/// beside it are made.
std::string immutable_uri(const std::string& path);

/// The version of the schema in an existing file, looked at without writing to it, so that what is
/// refused stays as it is; none: a database without tables.
/// @param path  of the file
/// @param file  what to connect to
/// @errors kCorrupt: no SQLite database, or not one of Attune's; kNewerFormat
Result<std::optional<int>> inspect(const std::string& path, const std::string& file,
                                   const DatabaseOptions& options);

}  // namespace attune
