#pragma once

#include <cstdint>
#include <filesystem>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "ingest/record_kind.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Writes all records of a kind to a file in the format of its ending, in Attune's own form, which
/// imports again with the mapping "native-<kind>". One snapshot of the store; bounded memory.
///
/// @return the number of records
/// @errors those of create_rows and the store; kCancelled: no file is left behind
Result<std::uint64_t> export_records(Database& database, RecordKind kind,
                                     const std::filesystem::path& file, Progress& progress);

}  // namespace attune
