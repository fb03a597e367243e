#include "storage/sqlite/backup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/file_error.hpp"
#include "storage/sqlite/open_sqlite.hpp"

// After sql/soci.hpp.
#include <soci/sqlite3/soci-sqlite3.h>

namespace attune {
namespace fs = std::filesystem;
namespace {

namespace sqlite = sqlite_api;

constexpr int kPagesAStep = 1'024;

sqlite::sqlite3* connection_of(soci::session& session) {
    return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

/// The file under its temporary name; gone again unless it was kept.
class UnfinishedFile {
 public:
    explicit UnfinishedFile(const fs::path& target)
        : target_(target), path_(target.string() + ".part") {}
    ~UnfinishedFile() { remove(); }
    UnfinishedFile(const UnfinishedFile&) = delete;
    UnfinishedFile& operator=(const UnfinishedFile&) = delete;

    [[nodiscard]] std::string path() const { return path_.string(); }

    /// Makes it empty, for its owner alone: it will hold customers' data.
    Status make() {
        remove();
        const int file =
            ::open(path_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (file < 0) return failed("cannot be made");
        ::close(file);
        return {};
    }
    /// Puts it on the disk, and under its name.
    Status keep() {
        ATTUNE_TRY(flush(path_, O_RDWR));
        if (::rename(path_.c_str(), target_.c_str()) != 0) return failed("cannot be renamed");
        return flush(target_.parent_path(), O_RDONLY | O_DIRECTORY);
    }

 private:
    [[nodiscard]] Status failed(const char* what) const {
        const int number = errno;
        return fail(file_error_code(number), "{}: {}: {}", path_.string(), what,
                    std::strerror(number));
    }
    [[nodiscard]] Status flush(const fs::path& path, int flags) const {
        const int file = ::open(path.c_str(), flags | O_CLOEXEC);
        if (file < 0) return failed("cannot be opened");
        const bool flushed = ::fsync(file) == 0;
        const Status status = flushed ? Status() : failed("cannot be flushed to the disk");
        ::close(file);
        return status;
    }
    void remove() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }

    fs::path target_;
    fs::path path_;
};

/// Ends a backup however it is left.
class BackupHandle {
 public:
    BackupHandle(sqlite::sqlite3* target, sqlite::sqlite3* source)
        : handle_(sqlite::sqlite3_backup_init(target, "main", source, "main")) {}
    ~BackupHandle() { finish(); }
    BackupHandle(const BackupHandle&) = delete;
    BackupHandle& operator=(const BackupHandle&) = delete;

    [[nodiscard]] bool begun() const { return handle_ != nullptr; }
    int step() { return sqlite::sqlite3_backup_step(handle_, kPagesAStep); }
    [[nodiscard]] int num_pages() const { return sqlite::sqlite3_backup_pagecount(handle_); }
    [[nodiscard]] int num_done() const {
        return num_pages() - sqlite::sqlite3_backup_remaining(handle_);
    }
    void finish() {
        if (handle_ != nullptr) sqlite::sqlite3_backup_finish(handle_);
        handle_ = nullptr;
    }

 private:
    sqlite::sqlite3_backup* handle_;
};

Status copy_pages(const std::string& name, soci::session& source, soci::session& target,
                  Progress& progress) {
    BackupHandle backup(connection_of(target), connection_of(source));
    if (!backup.begun()) {
        return fail(ErrorCode::kUnavailable, "{}: the copy cannot begin: {}", name,
                    sqlite::sqlite3_errmsg(connection_of(target)));
    }
    int result = SQLITE_OK;
    bool told_total = false;
    while (result == SQLITE_OK) {
        if (progress.cancelled()) return fail(ErrorCode::kCancelled, "the backup was stopped");
        result = backup.step();
        if (!told_total) {
            progress.begin("copying the database", static_cast<std::uint64_t>(backup.num_pages()));
            told_total = true;
        }
        progress.advance(static_cast<std::uint64_t>(backup.num_done()));
    }
    progress.end();
    if (result == SQLITE_DONE) return {};
    return fail(ErrorCode::kUnavailable, "{}: the copy failed: {}", name,
                sqlite::sqlite3_errstr(result));
}

/// Begins a read whose snapshot does not change while the copy goes on.
void pin_snapshot(soci::session& session) {
    session << "BEGIN";
    long long revision = 0;
    soci::statement statement =
        prepare(session, "SELECT revision FROM database_state", soci::into(revision));
    fetch_one(statement);
}

/// Has what a session does end early when it is cancelled.
void heed(const Progress& progress, soci::session& session) {
    constexpr int kStepsBetweenLooks = 1'000;
    const auto asked_to_stop = [](void* asked) {
        return static_cast<const Progress*>(asked)->cancelled() ? 1 : 0;
    };
    sqlite::sqlite3_progress_handler(connection_of(session), kStepsBetweenLooks, asked_to_stop,
                                     const_cast<Progress*>(&progress));
}

Status find_damage(const std::string& path, soci::session& session) {
    std::string damage;
    soci::statement integrity = prepare(session, "PRAGMA integrity_check(1)", soci::into(damage));
    if (!fetch_one(integrity) || damage != "ok") {
        return fail(ErrorCode::kCorrupt, "{}: the file is damaged: {}", path, damage);
    }
    std::string table;
    soci::statement references = prepare(
        session, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", soci::into(table));
    if (!fetch_one(references)) return {};
    return fail(ErrorCode::kCorrupt, "{}: the file is damaged: a row of {} refers to nothing", path,
                table);
}

}  // namespace

Status back_up_sqlite(const std::string& name, const std::string& source, FileAccess access,
                      const DatabaseOptions& options, const fs::path& target, Progress& progress) {
    ATTUNE_ASSIGN(const fs::path absolute, absolute_sqlite_path(target.string()));
    ATTUNE_TRY(check_can_be_written(absolute));
    std::error_code ignored;
    if (fs::exists(absolute, ignored)) {
        return fail(ErrorCode::kConflict, "{}: exists already; choose another name",
                    absolute.string());
    }
    UnfinishedFile file(absolute);
    ATTUNE_TRY(file.make());
    ATTUNE_TRY(attempt(name, options, [&]() -> Status {
        const auto from = connect(source, access, options);
        const auto to = connect(file.path(), FileAccess::kReadWrite, options);
        // The file is flushed once it is whole, and of no use before.
        *to << "PRAGMA journal_mode = OFF";
        *to << "PRAGMA synchronous = OFF";
        pin_snapshot(*from);
        return copy_pages(name, *from, *to, progress);
    }));
    return file.keep();
}

Result<BackupCheck> check_sqlite_backup(const std::string& path, const Progress& progress) {
    ATTUNE_TRY(check_can_be_read(path));
    std::error_code missing;
    const auto log_size = fs::file_size(path + "-wal", missing);
    if (!missing && log_size > 0) {
        return fail(ErrorCode::kConflict,
                    "{0}: {0}-wal holds writes that are not in the file; this is a database in "
                    "use, not a backup",
                    path);
    }
    const DatabaseOptions options;
    const std::string file = immutable_uri(path);
    ATTUNE_ASSIGN(const auto version, inspect(path, file, options));
    if (!version) return fail(ErrorCode::kCorrupt, "{}: is an empty database", path);
    auto checked = attempt(path, options, [&]() -> Result<BackupCheck> {
        const auto session = connect(file, FileAccess::kReadOnly, options);
        heed(progress, *session);
        ATTUNE_TRY(find_damage(path, *session));
        BackupCheck check{.schema_version = *version};
        const auto ask = [&](const char* sql) {
            long long number = 0;
            soci::statement statement = prepare(*session, sql, soci::into(number));
            fetch_one(statement);
            return static_cast<std::uint64_t>(number);
        };
        check.revision = ask("SELECT revision FROM database_state");
        check.num_customers = ask("SELECT count(*) FROM customers");
        check.num_products = ask("SELECT count(*) FROM products");
        check.num_events = ask("SELECT count(*) FROM events");
        return check;
    });
    if (!checked && progress.cancelled()) {
        return fail(ErrorCode::kCancelled, "the check of the backup was stopped");
    }
    return checked;
}

}  // namespace attune
