#pragma once

#include <string>

#include "storage/restore.hpp"

/// The functions of storage/restore.hpp for a file.
namespace attune {

/// @param path  of the database, as database_file gives it
Result<BackupCheck> stage_sqlite_restore(const std::string& path, const std::string& backup,
                                         PutAside earlier, const DatabaseOptions& options,
                                         Progress& progress);
Status finish_sqlite_restore(const std::string& path, PutAside earlier,
                             const DatabaseOptions& options);
Status undo_sqlite_restore(const std::string& path, const DatabaseOptions& options);
void settle_sqlite_restore(const std::string& path);
void drop_staged_sqlite_restore(const std::string& path);

}  // namespace attune
