#include "storage/sqlite/restore.hpp"

#include <fcntl.h>
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
    auto held = attempt(path, options, [&]() -> Result<std::unique_ptr<soci::session>> {
        auto session = connect(path, FileAccess::kReadWrite, options);
        // In exclusive mode the lock stays after the transaction.
        *session << "PRAGMA locking_mode = EXCLUSIVE";
        *session << "BEGIN EXCLUSIVE";
        *session << "COMMIT";
        // Writes the log into the file and removes it. Not before the lock: it would be refused
        // then, and not say so.
        *session << "PRAGMA journal_mode = DELETE";
        return session;
    });
    if (held) return held;
    if (held.error().code == ErrorCode::kCorrupt) return std::unique_ptr<soci::session>();
    if (held.error().code != ErrorCode::kUnavailable) return fail(held.error());
    return fail(ErrorCode::kUnavailable,
                "{}: is in use; stop what uses it before another takes its place", path);
}

Status move_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0) return {};
    const int number = errno;
    return fail(file_error_code(number), "{}: cannot be renamed to {}: {}", from, to,
                std::strerror(number));
}

/// Puts what is there aside, the log first: a database without its log is older, a log without its
/// database would be taken for that of the next.
Status move_aside(const std::string& path) {
    std::error_code ignored;
    for (const char* part : kParts) {
        if (!fs::exists(path + part, ignored)) continue;
        ATTUNE_TRY(move_file(path + part, aside_of(path) + part));
    }
    return {};
}

/// Puts what is there aside. One file keeps its name too, until another takes it.
Status put_aside(const std::string& path, bool one_file) {
    if (one_file && ::link(path.c_str(), aside_of(path).c_str()) == 0) return {};
    // Some file systems have no second names for a file.
    return move_aside(path);
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

}  // namespace

Result<BackupCheck> stage_sqlite_restore(const std::string& path, const std::string& backup,
                                         PutAside earlier, const DatabaseOptions& options,
                                         Progress& progress) {
    progress.begin("checking the backup", 0);
    ATTUNE_ASSIGN(const BackupCheck check, check_sqlite_backup(backup));
    progress.end();
    ATTUNE_TRY(check_can_be_written(path));
    if (earlier == PutAside::kKeep) ATTUNE_TRY(check_nothing_aside(path));
    drop_staged_sqlite_restore(path);
    ATTUNE_TRY(back_up_sqlite(backup, immutable_uri(backup), FileAccess::kReadOnly, options,
                              copy_of(path), progress));
    return check;
}

Status finish_sqlite_restore(const std::string& path, PutAside earlier,
                             const DatabaseOptions& options) {
    std::error_code ignored;
    if (!fs::exists(copy_of(path), ignored)) {
        return fail(ErrorCode::kNotFound, "{}: nothing is there to take the place of {}",
                    copy_of(path), path);
    }
    if (::access(copy_of(path).c_str(), R_OK | W_OK) != 0) {
        return fail(ErrorCode::kForbidden,
                    "{}: may not be used by the account of the service; restore under that account",
                    copy_of(path));
    }
    ATTUNE_ASSIGN(const auto held, hold(path, options));
    if (earlier == PutAside::kKeep) ATTUNE_TRY(check_nothing_aside(path));
    remove_parts(aside_of(path));
    ATTUNE_TRY(put_aside(path, held != nullptr));
    if (const Status moved = move_file(copy_of(path), path); !moved) {
        // It has its name still, or gets it back.
        if (fs::exists(path, ignored)) {
            fs::remove(aside_of(path), ignored);
        } else {
            (void)undo_sqlite_restore(path);
        }
        return moved;
    }
    flush_folder_of(path);
    return {};
}

Status undo_sqlite_restore(const std::string& path) {
    std::error_code ignored;
    if (!fs::exists(aside_of(path), ignored)) {
        return fail(ErrorCode::kNotFound, "{}: is not there", aside_of(path));
    }
    // The log of what goes, before what comes could take it for its own.
    for (const char* part : {"-wal", "-shm"}) fs::remove(path + part, ignored);
    for (const char* part : kParts) {
        if (!fs::exists(aside_of(path) + part, ignored)) continue;
        ATTUNE_TRY(move_file(aside_of(path) + part, path + part));
    }
    flush_folder_of(path);
    return {};
}

void drop_staged_sqlite_restore(const std::string& path) {
    remove_parts(copy_of(path));
}

}  // namespace attune
