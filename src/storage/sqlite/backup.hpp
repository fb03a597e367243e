#pragma once

#include <filesystem>
#include <string>

#include "core/progress.hpp"
#include "storage/sqlite/connect.hpp"

namespace attune {

/// Copies the database `source` as it is at one instant to the new file `target`. Writers go on:
/// the copy reads a snapshot of the write-ahead log.
/// @param name  of the database, for messages
/// @errors as Database::backup
Status back_up_sqlite(const std::string& name, const std::string& source, FileAccess access,
                      const DatabaseOptions& options, const std::filesystem::path& target,
                      Progress& progress);

/// @errors as check_backup; kCancelled
Result<BackupCheck> check_sqlite_backup(const std::string& path, const Progress& progress);

}  // namespace attune
