#include "storage/sqlite/backup.hpp"
#include "storage/sqlite/open_sqlite.hpp"
#include "storage/stores.hpp"

namespace attune {

Result<std::unique_ptr<Database>> open_database(const std::string& url,
                                                const DatabaseOptions& options) {
    const std::size_t colon = url.find(':');
    const std::string backend = url.substr(0, colon);
    if (colon == std::string::npos || backend.empty()) {
        return fail(ErrorCode::kInvalidArgument,
                    "'{}' is not the url of a database; use sqlite:PATH", url);
    }
    if (backend == "sqlite") return open_sqlite(url.substr(colon + 1), options);
    return fail(ErrorCode::kInvalidArgument, "there is no database back end '{}'; use sqlite:PATH",
                backend);
}

Result<BackupCheck> check_backup(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::path absolute = std::filesystem::absolute(path, error);
    if (error) return fail(ErrorCode::kUnavailable, "{}: {}", path.string(), error.message());
    return check_sqlite_backup(absolute.string());
}

}  // namespace attune
