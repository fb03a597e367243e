#include "storage/sqlite/restore.hpp"

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

/// Holds a database so that nobody else can use it; closing it lets go.
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
Status put_aside(const std::string& path, const std::string& aside) {
    std::error_code ignored;
    for (const char* part : kParts) {
        if (!fs::exists(path + part, ignored)) continue;
        ATTUNE_TRY(move_file(path + part, aside + part));
    }
    return {};
}

}  // namespace

Result<BackupCheck> restore_sqlite(const std::string& path, const std::string& backup,
                                   const DatabaseOptions& options, Progress& progress) {
    ATTUNE_ASSIGN(const BackupCheck check, check_sqlite_backup(backup));
    ATTUNE_TRY(check_can_be_written(path));
    const std::string aside = path + ".replaced";
    const std::string copy = path + ".restored";
    std::error_code ignored;
    if (fs::exists(aside, ignored)) {
        return fail(ErrorCode::kConflict,
                    "{}: is there from an earlier restore; move it away or remove it first", aside);
    }
    ATTUNE_ASSIGN(const auto held, hold(path, options));
    fs::remove(copy, ignored);
    ATTUNE_TRY(back_up_sqlite(backup, immutable_uri(backup), FileAccess::kReadOnly, options, copy,
                              progress));
    ATTUNE_TRY(put_aside(path, aside));
    ATTUNE_TRY(move_file(copy, path));
    return check;
}

}  // namespace attune
