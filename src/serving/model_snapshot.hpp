#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "features/catalogue.hpp"
#include "models/recommender.hpp"
#include "ranking/blend.hpp"
#include "serving/file_lock.hpp"

namespace attune {

/// Everything that was trained, immutable: what requests are served from.
struct ModelSnapshot {
    std::string version;  ///< "20111109T082600Z-1a2b3c4d"
    Timestamp trained_at;
    Timestamp as_of;                      ///< the moment of the data: decay was counted from it
    std::uint64_t database_revision = 0;  ///< of the store it was trained on
    EventWeights event_weights;
    std::shared_ptr<const Catalogue> catalogue;
    std::vector<std::shared_ptr<const Recommender>> models;
    std::shared_ptr<const Blend> blend;       ///< for customers with a history; none: not learnt
    std::shared_ptr<const Blend> cold_blend;  ///< for those without
    nlohmann::json report;                    ///< how it was trained: parameters, trials, seconds
    /// Keeps its files from being pruned; null: it was not read from any.
    std::shared_ptr<const FileLock> in_use;

    /// The blend that answers for the customer.
    [[nodiscard]] const Blend& blend_for(const CustomerView& customer) const;
};

/// A version that cannot be told apart from another one of the same second only if it was trained
/// on the same store with the same result.
std::string make_version(Timestamp trained_at, std::uint64_t database_revision,
                         const nlohmann::json& report);

/// Writes the snapshot as one folder of `folder` and makes it the current one. A crash leaves the
/// former one current, and what it left half written the next saving removes. Only the newest
/// `num_kept` are kept, and those that somebody has loaded, in whatever process. Processes that
/// save at once take turns.
/// @errors kNotFound, kForbidden, kUnavailable: cannot be written
Status save_snapshot(const ModelSnapshot& snapshot, const std::filesystem::path& folder,
                     std::size_t num_kept);

/// Reads one version.
/// @param catalogue  the products as they are now, so that what changed since the training counts;
///                   none: as they were then
/// Its files stay for as long as the snapshot is there.
/// @errors kNotFound, kCorrupt, kNewerFormat; the message names the file
Result<std::shared_ptr<const ModelSnapshot>> load_snapshot(
    const std::filesystem::path& folder, const std::string& version,
    std::shared_ptr<const Catalogue> catalogue = nullptr);

struct LoadedSnapshot {
    std::shared_ptr<const ModelSnapshot> snapshot;
    std::vector<std::string> refused;  ///< newer ones that could not be read, and why
};

/// Reads the current version; where it is damaged or too new, the newest older one that is good.
/// @errors kNotFound: nothing was trained yet; else the error of the current one
Result<LoadedSnapshot> load_current_snapshot(const std::filesystem::path& folder,
                                             std::shared_ptr<const Catalogue> catalogue = nullptr);

/// What a version says of itself, without its models.
struct SnapshotSummary {
    Timestamp trained_at;
    Timestamp as_of;
    std::uint64_t database_revision = 0;
    std::vector<std::string> models;
    std::vector<SavedComponent> blend;  ///< for customers with a history; empty: not learnt
    std::vector<SavedComponent> cold_blend;
    nlohmann::json report;
    std::uint64_t size_bytes = 0;  ///< of all its files
};

/// @errors as load_snapshot
Result<SnapshotSummary> read_snapshot_summary(const std::filesystem::path& folder,
                                              const std::string& version);

/// Makes a version the one that load_current_snapshot reads.
/// @errors kNotFound: there is none; kForbidden, kUnavailable: cannot be written
Status make_current_snapshot(const std::filesystem::path& folder, const std::string& version);

/// The version that is the current one. @errors kNotFound: none was saved yet; kCorrupt
Result<std::string> current_snapshot_version(const std::filesystem::path& folder);

/// Removes a version that is not the current one. @errors kNotFound; kConflict: it is the current
/// one; kForbidden, kUnavailable
Status remove_snapshot(const std::filesystem::path& folder, const std::string& version);

/// Versions that are there, newest first.
std::vector<std::string> list_snapshots(const std::filesystem::path& folder);

}  // namespace attune
