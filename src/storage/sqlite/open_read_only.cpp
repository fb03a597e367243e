#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "storage/sql/database.hpp"
#include "storage/sqlite/backup.hpp"
#include "storage/sqlite/connect.hpp"
#include "storage/sqlite/open_sqlite.hpp"
#include "storage/sqlite/schema.hpp"

// After sql/soci.hpp.
#include <soci/sqlite3/soci-sqlite3.h>

namespace attune {
namespace fs = std::filesystem;
namespace {

namespace sqlite = sqlite_api;

/// What changes with a file's content.
struct FileStamp {
    dev_t device = 0;
    ino_t number = 0;
    off_t size = 0;
    timespec modified{};

    friend bool operator==(const FileStamp& a, const FileStamp& b) {
        return a.device == b.device && a.number == b.number && a.size == b.size &&
               a.modified.tv_sec == b.modified.tv_sec && a.modified.tv_nsec == b.modified.tv_nsec;
    }
};

FileStamp stamp_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

bool may_write(const fs::path& path) {
    return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

/// How a database is read.
struct Reading {
    std::string file;  ///< what to connect to
    FileAccess access = FileAccess::kReadOnly;
    std::function<Status()> confirm{};
};

Result<Reading> read_through_log(const std::string& path) {
    std::error_code ignored;
    if (fs::exists(path + "-shm", ignored)) return Reading{path, FileAccess::kReadOnly, {}};
    return fail(ErrorCode::kForbidden,
                "{0}: {0}-wal holds writes that are not in the file yet, as a process leaves them "
                "that was killed; taking them in needs the right to write to the file and its "
                "folder: read it once with that right, or copy both files to a folder of your own",
                path);
}

Result<Reading> read_as_immutable(const std::string& path) {
    if (sqlite::sqlite3_compileoption_used("USE_URI") == 0) {
        return fail(ErrorCode::kUnavailable,
                    "{}: this SQLite library is built without USE_URI and so cannot read a "
                    "database without the right to write to it and its folder",
                    path);
    }
    const auto confirm = [path, before = stamp_of(path)]() -> Status {
        if (stamp_of(path) == before) return {};
        return fail(ErrorCode::kUnavailable,
                    "{}: another process changed the database while it was being read; try again",
                    path);
    };
    return Reading{immutable_uri(path), FileAccess::kReadOnly, confirm};
}

Result<Reading> choose_reading(const std::string& path) {
    // As SQLite would have it: whoever reads last clears away the log and its index. Without the
    // right to write they would stay, and stand in the way of those who have it.
    if (may_write(path) && may_write(fs::path(path).parent_path())) {
        return Reading{path, FileAccess::kReadWrite, {}};
    }
    std::error_code missing;
    const auto log_size = fs::file_size(path + "-wal", missing);
    return !missing && log_size > 0 ? read_through_log(path) : read_as_immutable(path);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite_to_read(const std::string& path,
                                                      const DatabaseOptions& options) {
    ATTUNE_TRY(check_can_be_read(path));
    ATTUNE_ASSIGN(const Reading reading, choose_reading(path));
    ATTUNE_ASSIGN(const auto version, inspect(path, reading.file, options));
    if (version.value_or(0) < sqlite_migrations().back().version) {
        if (reading.access == FileAccess::kReadOnly) {
            return fail(ErrorCode::kForbidden,
                        "{}: was made by an older version; read it once with the right to write "
                        "to it, which brings it up to date",
                        path);
        }
        ATTUNE_TRY(open_sqlite_to_write(path, options));
    }
    return attempt(path, options, [&]() -> Result<std::unique_ptr<Database>> {
        SqlDialect dialect = sqlite_dialect(path, options);
        dialect.confirm_read = reading.confirm;
        auto readers = connect_readers(reading.file, reading.access, dialect, options);
        const auto back_up = [path, reading, options](const fs::path& target, Progress& progress) {
            return back_up_sqlite(path, reading.file, reading.access, options, target, progress);
        };
        return std::make_unique<SqlDatabase>(nullptr, std::move(readers), back_up, options);
    });
}

}  // namespace attune
