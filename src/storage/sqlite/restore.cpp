#include "storage/sqlite/restore.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/file_error.hpp"
#include "storage/sqlite/backup.hpp"

namespace attune {
namespace fs = std::filesystem;
namespace {

/// What belongs to a database, after its path.
constexpr const char* kParts[] = {"-wal", "-shm", ""};

std::string aside_of(const std::string& path) {
    return path + ".replaced";
}

std::string copy_of(const std::string& path) {
    return path + ".restored";
}

/// What was aside before, until the restored database works.
std::string dropped_of(const std::string& path) {
    return path + ".dropped";
}

Status check_nothing_aside(const std::string& path) {
    std::error_code ignored;
    if (!fs::exists(aside_of(path), ignored)) return {};
    return fail(ErrorCode::kConflict,
                "{}: is there from an earlier restore; move it away or have it dropped",
                aside_of(path));
}

/// Holds a database so that nobody else can use it; closing it lets go. All of it is in one file
/// then.
/// @return  nothing to hold where there is no database, or a damaged one
Result<std::unique_ptr<soci::session>> hold(const std::string& path,
                                            const DatabaseOptions& options) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return std::unique_ptr<soci::session>();
    try {
        auto session = connect(path, FileAccess::kReadWrite, options);
        // In exclusive mode the lock stays after the transaction.
        *session << "PRAGMA locking_mode = EXCLUSIVE";
        *session << "BEGIN EXCLUSIVE";
        *session << "COMMIT";
        // Writes the log into the file and removes it. Not before the lock: it would be refused
        // then, and not say so.
        *session << "PRAGMA journal_mode = DELETE";
        return session;
    } catch (const soci::soci_error& error) {
        if (is_held_by_others(error)) {
            return fail(ErrorCode::kConflict,
                        "{}: is in use; stop what uses it before another takes its place", path);
        }
        const Error other = sqlite_error(error, path, options);
        if (other.code == ErrorCode::kCorrupt) return std::unique_ptr<soci::session>();
        return fail(other);
    }
}

Status move_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0) return {};
    const int number = errno;
    return fail(file_error_code(number), "{}: cannot be renamed to {}: {}", from, to,
                std::strerror(number));
}

/// Moves a database, its log first: a database without its log is older, a log without its database
/// would be taken for that of the next.
Status move_database(const std::string& from, const std::string& to) {
    std::error_code ignored;
    for (const char* part : kParts) {
        if (!fs::exists(from + part, ignored)) continue;
        ATTUNE_TRY(move_file(from + part, to + part));
    }
    return {};
}

/// Puts what is there aside. One file keeps its name too, until another takes it.
Status put_aside(const std::string& path, bool one_file) {
    if (one_file && ::link(path.c_str(), aside_of(path).c_str()) == 0) return {};
    // Some file systems have no second names for a file.
    return move_database(path, aside_of(path));
}

void remove_parts(const std::string& path) {
    std::error_code ignored;
    for (const char* part : kParts) fs::remove(path + part, ignored);
}

/// What was renamed stays renamed when the machine stops.
void flush_folder_of(const std::string& path) {
    const int folder =
        ::open(fs::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

/// Gives a copy to whom the database belongs: who restores may be somebody else, such as root.
/// What is not permitted is found out when the copy is to be used.
void give_to_owner_of(const std::string& path, const std::string& copy) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return;
    // By no name: who may write to the folder could have put a link there.
    const int file = ::open(copy.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return;
    if (::fchown(file, status.st_uid, status.st_gid) == 0) {
        (void)::fchmod(file, status.st_mode & 0777);
    }
    ::close(file);
}

}  // namespace

Result<BackupCheck> stage_sqlite_restore(const std::string& path, const std::string& backup,
                                         PutAside earlier, const DatabaseOptions& options,
                                         Progress& progress) {
    std::error_code ignored;
    if (fs::equivalent(backup, copy_of(path), ignored)) {
        return fail(ErrorCode::kInvalidArgument,
                    "{}: is the copy of an earlier restore, which this one would remove; rename it "
                    "first",
                    backup);
    }
    progress.begin("checking the backup", 0);
    ATTUNE_ASSIGN(const BackupCheck check, check_sqlite_backup(backup, progress));
    progress.end();
    ATTUNE_TRY(check_can_be_written(path));
    if (earlier == PutAside::kKeep) ATTUNE_TRY(check_nothing_aside(path));
    drop_staged_sqlite_restore(path);
    ATTUNE_TRY(back_up_sqlite(backup, immutable_uri(backup), FileAccess::kReadOnly, options,
                              copy_of(path), progress));
    give_to_owner_of(path, copy_of(path));
    return check;
}

Status finish_sqlite_restore(const std::string& path, PutAside earlier,
                             const DatabaseOptions& options) {
    std::error_code ignored;
    if (!fs::exists(copy_of(path), ignored)) {
        return fail(ErrorCode::kNotFound, "{}: nothing is there to take the place of {}",
                    copy_of(path), path);
    }
    if (::faccessat(AT_FDCWD, copy_of(path).c_str(), R_OK | W_OK, AT_EACCESS) != 0) {
        return fail(ErrorCode::kForbidden,
                    "{}: may not be used by the account of the service; restore under that account",
                    copy_of(path));
    }
    ATTUNE_ASSIGN(const auto held, hold(path, options));
    if (earlier == PutAside::kKeep) ATTUNE_TRY(check_nothing_aside(path));
    remove_parts(dropped_of(path));
    ATTUNE_TRY(move_database(aside_of(path), dropped_of(path)));
    Status done = put_aside(path, held != nullptr);
    // The other name is on the disk before the first may go.
    flush_folder_of(path);
    if (done) done = move_file(copy_of(path), path);
    if (!done) {
        // It has its name still, or gets it back.
        if (fs::exists(path, ignored)) {
            fs::remove(aside_of(path), ignored);
        } else {
            (void)move_database(aside_of(path), path);
        }
        (void)move_database(dropped_of(path), aside_of(path));
        return done;
    }
    flush_folder_of(path);
    return {};
}

Status undo_sqlite_restore(const std::string& path, const DatabaseOptions& options) {
    std::error_code ignored;
    const bool was_there = fs::exists(aside_of(path), ignored);
    if (!was_there && !fs::exists(dropped_of(path), ignored)) {
        return fail(ErrorCode::kNotFound, "{}: is not there", aside_of(path));
    }
    ATTUNE_ASSIGN(const auto held, hold(path, options));
    // The log of what goes, before what comes could take it for its own.
    for (const char* part : {"-wal", "-shm"}) fs::remove(path + part, ignored);
    ATTUNE_TRY(was_there ? move_database(aside_of(path), path)
                         : move_database(path, copy_of(path)));
    ATTUNE_TRY(move_database(dropped_of(path), aside_of(path)));
    flush_folder_of(path);
    return {};
}

void settle_sqlite_restore(const std::string& path) {
    remove_parts(dropped_of(path));
}

void drop_staged_sqlite_restore(const std::string& path) {
    remove_parts(copy_of(path));
    std::error_code ignored;
    fs::remove(copy_of(path) + ".part", ignored);
}

}  // namespace attune
