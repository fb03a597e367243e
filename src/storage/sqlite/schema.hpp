#pragma once

#include <span>

#include "storage/sql/migrations.hpp"

namespace attune {

/// The schema of SQLite databases, from the first version on.
std::span<const Migration> sqlite_migrations();

}  // namespace attune
