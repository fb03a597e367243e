#pragma once

#include "storage/stores.hpp"

namespace attune {

/// The SQLite back end of `open_database`, for the part of the url after "sqlite:".
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path,
                                              const DatabaseOptions& options);

}  // namespace attune
