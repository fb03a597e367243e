#pragma once

#include "storage/stores.hpp"

namespace attune {

/// The absolute form of a path that SQLite can open.
/// @errors kInvalidArgument: it names no file, or holds what soci cannot write
Result<std::string> absolute_sqlite_path(const std::string& path);

/// The SQLite back end of `open_database`, for the part of the url after "sqlite:".
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path,
                                              const DatabaseOptions& options);

/// A database to read and write, made or migrated when needed.
/// @param path  absolute
Result<std::unique_ptr<Database>> open_sqlite_to_write(const std::string& path,
                                                       const DatabaseOptions& options);

/// A database that is there, to read only. Without the right to write to it:
/// - where a write-ahead log holds writes, through it and its index, as they lie there;
/// - where there is none, nobody writes, and the file is read as one that does not change. Since
///   somebody may begin to, each read is refused when the file was changed by its end.
///
/// A database of an older version is migrated first, which takes that right.
/// @param path  absolute
Result<std::unique_ptr<Database>> open_sqlite_to_read(const std::string& path,
                                                      const DatabaseOptions& options);

}  // namespace attune
