#pragma once

#include <string>

#include "core/progress.hpp"
#include "storage/stores.hpp"

namespace attune {

/// @param path  of the database, absolute. @errors as restore_database
Result<BackupCheck> restore_sqlite(const std::string& path, const std::string& backup,
                                   const DatabaseOptions& options, Progress& progress);

}  // namespace attune
