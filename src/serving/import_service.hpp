#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "ingest/importer.hpp"
#include "storage/stores.hpp"

namespace attune {

/// One file and how it is laid out.
struct ImportFile {
    std::filesystem::path path;
    Mapping mapping;
    std::string name{};  ///< what reports call it; empty: by the name that it has in its folder
};

struct ImportOutcome {
    std::vector<ImportReport> reports;                    ///< one a file
    std::array<PutCounts, kRecordKinds.size()> stored{};  ///< what changed in the store, by kind
    /// Customers with a profile, event or consent in the files; none: more than kMostTouched.
    std::optional<std::vector<std::string>> touched_customers;

    static constexpr std::size_t kMostTouched = 5'000;
};

/// Reads the files one after the other and stores what they hold, all in one transaction: after an
/// error the store is as it was. Fields that a file does not give keep what is stored, and records
/// that are stored just so change nothing, so importing a file again adds nothing.
///
/// @errors  those of open_rows, import_rows and the store
Result<ImportOutcome> import_files(Database& database, const std::vector<ImportFile>& files,
                                   const ImportOptions& options, Progress& progress);

}  // namespace attune
