#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "serving/live_service.hpp"

namespace attune {

/// What jobs do, each with its parameters and its result as JSON objects. Unknown parameters are
/// refused. They run beside requests, which go on by what was before until the end.

/// Trains on everything and serves the result.
/// @param parameters  {"models"?: [names], "tune"?: bool, "seed"?: number}
/// @return {"version", "seconds", "report"}
/// @errors those of train_and_save and ModelHolder::activate
Result<nlohmann::json> train_work(LiveService& service, const nlohmann::json& parameters,
                                  Progress& progress);

/// Imports files in one transaction and brings states and products up to date.
/// @param parameters  {"files": [{"path", "name"?, "mapping"?, "sheet"?}], "on_error"?: "stop" or
/// "skip",
///                    "remove_files"?: bool: whatever becomes of it}; without a mapping it is
///                    guessed, and with a name messages call the file so
/// @param folders     of mappings
/// @return {"message", "counts": {kind: {"added", "changed", "unchanged"}}, "reports": [...]}; the
///         message ends with what is stored and not in force yet
/// @errors those of guess_mapping and import_files: nothing is stored then. Once it is stored it
///         cannot fail or be cancelled any more.
Result<nlohmann::json> import_work(LiveService& service,
                                   const std::vector<std::filesystem::path>& folders,
                                   const nlohmann::json& parameters, Progress& progress);

/// Writes recommendations for all customers as JSON Lines.
/// @param parameters  {"n"?, "purpose"?}
/// @return {"customers", "refused", "items", "model_version"}
Result<nlohmann::json> recommend_all_work(LiveService& service, const nlohmann::json& parameters,
                                          const std::filesystem::path& file, Progress& progress);

/// Writes all records of a kind to a file in the format of its ending.
/// @param parameters  {"kind"}
/// @return {"records"}
Result<nlohmann::json> export_work(LiveService& service, const nlohmann::json& parameters,
                                   const std::filesystem::path& file, Progress& progress);

/// Writes a copy of the database.
/// @return {"size_bytes"}
Result<nlohmann::json> backup_work(LiveService& service, const std::filesystem::path& file,
                                   Progress& progress);

}  // namespace attune
