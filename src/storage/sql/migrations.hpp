#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "storage/sql/session.hpp"

namespace attune {

/// One step of the schema; what is released is never edited, only followed by another.
struct Migration {
    int version = 0;
    std::vector<std::string> statements;
    /// What SQL cannot say, done after the statements. @throws soci::soci_error
    std::function<Status(soci::session&)> fill{};
};

/// The version of the schema; none when the database has no table of versions.
/// @errors those of the database
Result<std::optional<int>> schema_version(soci::session& session, const SqlDialect& dialect);

/// @errors kNewerFormat: `found` is newer than all of `migrations`
Status refuse_newer(int found, std::span<const Migration> migrations, const std::string& name);

/// Brings the database to the last of `migrations` (ascending), all in one transaction.
/// @errors kNewerFormat, and those of the database
Status migrate(soci::session& session, const SqlDialect& dialect,
               std::span<const Migration> migrations);

}  // namespace attune
