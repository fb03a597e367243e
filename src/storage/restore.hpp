#pragma once

#include <filesystem>
#include <string>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "storage/stores.hpp"

/// A backup takes the place of a database in two steps, so that whoever uses the database stops for
/// the second alone, which copies nothing.
namespace attune {

/// What an earlier restore put aside and nobody has removed since.
enum class PutAside {
    kKeep,  ///< then nothing is restored
    kDrop,
};

/// Checks a backup in full and copies it beside the database at `url`, with ".restored" after its
/// name, in the place of an earlier copy. The database may be in use. The copy belongs to whom the
/// database belongs, as far as that is permitted.
/// @pre    one restore at a time
/// @errors those of check_backup; kConflict: something was put aside before and is still there;
///         kInvalidArgument: `backup` is the copy itself; kCancelled; those of open_database for
///         the url
Result<BackupCheck> stage_restore(const std::string& url, const std::filesystem::path& backup,
                                  PutAside earlier, const DatabaseOptions& options,
                                  Progress& progress);

/// Puts the copy in the place of the database, which nobody may be using; a damaged one may be
/// there, or none. What was there is kept with ".replaced" after its name. Where the file system
/// knows second names of a file, and the database was not damaged, one of them is whole under the
/// name of the database at every instant.
/// @errors kConflict: the database is in use, or as above; kNotFound: nothing was staged;
///         kForbidden: another account staged it. The database is left as it is then
Status finish_restore(const std::string& url, PutAside earlier, const DatabaseOptions& options);

/// Takes back what the latest `finish_restore` did.
/// @errors kNotFound: there is nothing to take back; kConflict: the database is in use
Status undo_restore(const std::string& url, const DatabaseOptions& options);

/// The restored database works: what PutAside::kDrop was said of is removed.
void settle_restore(const std::string& url);

/// Removes the copy that `stage_restore` made, whole or not, if there is one.
void drop_staged_restore(const std::string& url);

/// Where the file of a database lies: absolute, without symbolic links. @errors kInvalidArgument: a
/// malformed url
Result<std::filesystem::path> database_file(const std::string& url);

}  // namespace attune
