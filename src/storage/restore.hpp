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
/// name, in the place of an earlier copy. The database may be in use.
/// @errors those of check_backup; kConflict: something was put aside before and is still there;
///         kCancelled; those of open_database for the url
Result<BackupCheck> stage_restore(const std::string& url, const std::filesystem::path& backup,
                                  PutAside earlier, const DatabaseOptions& options,
                                  Progress& progress);

/// Puts the copy in the place of the database, which nobody may be using; a damaged one may be
/// there, or none. What was there is kept with ".replaced" after its name. At every instant either
/// of them is whole under the name of the database, where the database was not damaged.
/// @errors kUnavailable: the database is in use; kConflict as above; kNotFound: nothing was staged;
///         kForbidden: another account staged it. The database is left as it is then
Status finish_restore(const std::string& url, PutAside earlier, const DatabaseOptions& options);

/// Puts back what `finish_restore` put aside, as before.
/// @pre nobody uses the database
/// @errors kNotFound: nothing was put aside
Status undo_restore(const std::string& url);

/// Removes the copy that `stage_restore` made, if there is one.
void drop_staged_restore(const std::string& url);

/// Where the file of a database lies, absolute. @errors kInvalidArgument: a malformed url
Result<std::filesystem::path> database_file(const std::string& url);

}  // namespace attune
