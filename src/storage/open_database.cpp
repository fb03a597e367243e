#include "storage/restore.hpp"
#include "storage/sqlite/backup.hpp"
#include "storage/sqlite/open_sqlite.hpp"
#include "storage/sqlite/restore.hpp"
#include "storage/stores.hpp"

namespace attune {

namespace {

/// The part of a url after "sqlite:".
/// @errors kInvalidArgument
Result<std::string> sqlite_part_of(const std::string& url) {
    const std::size_t colon = url.find(':');
    const std::string backend = url.substr(0, colon);
    if (colon == std::string::npos || backend.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not the url of a database; use sqlite:PATH", url);
    }
    if (backend == "sqlite") return url.substr(colon + 1);
    return fail(ErrorCode::kInvalidArgument, "there is no database back end '{}'; use sqlite:PATH",
                backend);
}

}  // namespace

Result<std::unique_ptr<Database>> open_database(const std::string& url,
                                                const DatabaseOptions& options) {
    ATTUNE_ASSIGN(const std::string path, sqlite_part_of(url));
    return open_sqlite(path, options);
}

Result<BackupCheck> check_backup(const std::filesystem::path& path) {
    ATTUNE_ASSIGN(const std::string file, absolute_sqlite_path(path.string()));
    const NullProgress never_cancelled;
    return check_sqlite_backup(file, never_cancelled);
}

Result<std::filesystem::path> database_file(const std::string& url) {
    ATTUNE_ASSIGN(const std::string part, sqlite_part_of(url));
    ATTUNE_ASSIGN(const std::string path, absolute_sqlite_path(part));
    std::error_code error;
    const std::filesystem::path canonical = std::filesystem::weakly_canonical(path, error);
    return error ? std::filesystem::path(path) : canonical;
}

Result<BackupCheck> stage_restore(const std::string& url, const std::filesystem::path& backup,
                                  PutAside earlier, const DatabaseOptions& options,
                                  Progress& progress) {
    ATTUNE_ASSIGN(const std::filesystem::path path, database_file(url));
    // A log would lie beside the file itself.
    ATTUNE_ASSIGN(const std::filesystem::path source, database_file("sqlite:" + backup.string()));
    const std::string file = source.string();
    return stage_sqlite_restore(path.string(), file, earlier, options, progress);
}

Status finish_restore(const std::string& url, PutAside earlier, const DatabaseOptions& options) {
    ATTUNE_ASSIGN(const std::filesystem::path path, database_file(url));
    return finish_sqlite_restore(path.string(), earlier, options);
}

Status undo_restore(const std::string& url, const DatabaseOptions& options) {
    ATTUNE_ASSIGN(const std::filesystem::path path, database_file(url));
    return undo_sqlite_restore(path.string(), options);
}

void settle_restore(const std::string& url) {
    if (const auto path = database_file(url)) settle_sqlite_restore(path->string());
}

void drop_staged_restore(const std::string& url) {
    if (const auto path = database_file(url)) drop_staged_sqlite_restore(path->string());
}

}  // namespace attune
