#include "serving/model_snapshot.hpp"

#include <algorithm>
#include <fstream>

#include "core/assert.hpp"
#include "core/binary_io.hpp"
#include "core/file_error.hpp"
#include "core/hash.hpp"
#include "domain/json.hpp"
#include "models/registry.hpp"

namespace attune {
namespace fs = std::filesystem;
namespace {

constexpr std::uint32_t kFormatVersion = 1;
constexpr const char* kCurrentFile = "current";
constexpr const char* kManifestFile = "manifest.bin";
constexpr const char* kCatalogueFile = "catalogue.bin";
constexpr const char* kSaveLockFile = "save.lock";

Status write_catalogue(const Catalogue& catalogue, const fs::path& file) {
    BinaryWriter writer;
    writer.number<std::uint64_t>(catalogue.num_products());
    for (const Product& product : catalogue.products()) writer.text(to_json(product).dump());
    return write_checked_file(file, "catalogue", kFormatVersion, writer.bytes());
}

Result<std::shared_ptr<const Catalogue>> read_catalogue(const fs::path& file) {
    ATTUNE_ASSIGN(const std::string bytes, read_checked_file(file, "catalogue", kFormatVersion));
    BinaryReader reader(bytes);
    const auto count = reader.number<std::uint64_t>();
    std::vector<Product> products;
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        const auto document = nlohmann::json::parse(reader.text(), nullptr, false);
        auto product = product_from_json(document);
        if (!product) return fail(product.error().at(file.string()));
        products.push_back(std::move(*product));
    }
    ATTUNE_TRY(reader.status());
    return std::make_shared<const Catalogue>(std::move(products));
}

Status write_model(const Recommender& model, const fs::path& file) {
    BinaryWriter writer;
    model.save(writer);
    return write_checked_file(file, "model", kFormatVersion, writer.bytes());
}

void write_blend_part(const std::shared_ptr<const Blend>& blend, BinaryWriter& writer) {
    writer.number<std::uint8_t>(blend ? 1 : 0);
    if (!blend) return;
    std::vector<std::string> names;
    for (const BlendComponent& component : blend->components()) {
        names.emplace_back(component.model->name());
    }
    writer.texts(names);
    blend->save(writer);
}

Status write_manifest(const ModelSnapshot& snapshot, const fs::path& file) {
    BinaryWriter writer;
    writer.text(snapshot.version);
    writer.number(snapshot.trained_at.ms);
    writer.number(snapshot.as_of.ms);
    writer.number(snapshot.database_revision);
    const EventWeights& weights = snapshot.event_weights;
    for (const double weight :
         {weights.view, weights.like, weights.share, weights.comment, weights.purchase}) {
        writer.number(weight);
    }
    std::vector<std::string> names;
    for (const auto& model : snapshot.models) names.emplace_back(model->name());
    writer.texts(names);
    write_blend_part(snapshot.blend, writer);
    write_blend_part(snapshot.cold_blend, writer);
    writer.text(snapshot.report.dump());
    return write_checked_file(file, "snapshot", kFormatVersion, writer.bytes());
}

Status write_folder(const ModelSnapshot& snapshot, const fs::path& folder) {
    ATTUNE_TRY(write_catalogue(*snapshot.catalogue, folder / kCatalogueFile));
    for (const auto& model : snapshot.models) {
        ATTUNE_TRY(write_model(*model, folder / (std::string(model->name()) + ".bin")));
    }
    // Last, so that a folder with a manifest is whole.
    return write_manifest(snapshot, folder / kManifestFile);
}

Status write_current(const fs::path& folder, const std::string& version) {
    return write_checked_file(folder / kCurrentFile, "current", kFormatVersion, version);
}

/// A part that is not there is damage, not "nothing was trained".
Error as_damage(Error error) {
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kCorrupt;
    return error;
}

/// Plain names only: what comes out of a file must not lead out of the folder.
bool is_version(const std::string& version) {
    const auto good = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'T' || c == 'Z' || c == '-';
    };
    return !version.empty() && std::all_of(version.begin(), version.end(), good);
}

tl::unexpected<Error> cannot_be_made(const fs::path& path, const std::error_code& error) {
    return fail(file_error_code(error.value()), "{}: cannot be made: {}", path.string(),
                error.message());
}

/// Held by the one process that writes to the folder; the others wait.
Result<FileLock> lock_saving(const fs::path& folder) {
    return FileLock::wait_for(folder / kSaveLockFile);
}

/// Keeps the version from being pruned while somebody has it. Null where nothing can be locked, as
/// on some file systems: then nothing keeps it.
/// @errors kNotFound: it is being removed
Result<std::shared_ptr<const FileLock>> hold_version(const fs::path& place) {
    auto lock = FileLock::try_take(place / kManifestFile, FileLock::Sharing::kShared);
    if (lock) return std::make_shared<const FileLock>(std::move(*lock));
    if (lock.error().code != ErrorCode::kConflict) return std::shared_ptr<const FileLock>();
    return fail(ErrorCode::kNotFound, "{}: is being removed", place.string());
}

/// Removes all but the newest `num_kept` versions, `saved` and those that somebody has: a service
/// reads the one that it serves anew whenever products change.
/// @pre the lock on saving is held
void prune(const fs::path& folder, const std::string& saved, std::size_t num_kept) {
    const std::vector<std::string> versions = list_snapshots(folder);
    for (std::size_t i = std::max<std::size_t>(num_kept, 1); i < versions.size(); ++i) {
        if (versions[i] == saved) continue;
        const fs::path place = folder / versions[i];
        const auto lock = FileLock::try_take(place / kManifestFile, FileLock::Sharing::kExclusive);
        if (!lock && lock.error().code == ErrorCode::kConflict) continue;
        std::error_code ignored;
        fs::remove_all(place, ignored);
    }
}

/// What a saving left behind that was killed. @pre the lock on saving is held, so none is at work
void remove_leftovers(const fs::path& folder) {
    std::vector<fs::path> leftovers;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        const fs::path& path = entry.path();
        if (path.extension() == ".tmp" && is_version(path.stem().string())) {
            leftovers.push_back(path);
        }
    }
    for (const fs::path& path : leftovers) fs::remove_all(path, ignored);
}

Result<std::vector<SavedComponent>> read_saved_blend_part(BinaryReader& reader) {
    if (reader.number<std::uint8_t>() == 0) return std::vector<SavedComponent>();
    reader.texts();
    return read_saved_blend(reader);
}

/// @errors kCorrupt: not the name of a version; kNotFound: there is none
Status check_version(const fs::path& folder, const std::string& version) {
    if (!is_version(version)) {
        return fail(ErrorCode::kCorrupt, "{}: '{}' is not the name of a version", folder.string(),
                    version.substr(0, 64));
    }
    std::error_code ignored;
    if (!fs::is_directory(folder / version, ignored)) {
        return fail(ErrorCode::kNotFound, "{}: there is no such version",
                    (folder / version).string());
    }
    return {};
}

Result<std::shared_ptr<const Blend>> read_blend_part(
    BinaryReader& reader, const std::vector<std::shared_ptr<const Recommender>>& models) {
    if (reader.number<std::uint8_t>() == 0) return std::shared_ptr<const Blend>();
    std::vector<std::shared_ptr<const Recommender>> used;
    for (const std::string& name : reader.texts()) {
        const auto found = std::find_if(models.begin(), models.end(),
                                        [&](const auto& model) { return model->name() == name; });
        if (found == models.end()) {
            return fail(ErrorCode::kCorrupt, "the blend uses a model '{}' that is not there",
                        name.substr(0, 64));
        }
        used.push_back(*found);
    }
    ATTUNE_ASSIGN(std::unique_ptr<Blend> blend, load_blend(reader, std::move(used)));
    return std::shared_ptr<const Blend>(std::move(blend));
}

Result<std::shared_ptr<const Recommender>> read_model(
    const fs::path& file, const std::string& name,
    const std::shared_ptr<const Catalogue>& catalogue) {
    ATTUNE_ASSIGN(const std::string bytes, read_checked_file(file, "model", kFormatVersion));
    BinaryReader reader(bytes);
    auto model = load_model(name, reader, catalogue);
    if (!model) return fail(model.error().at(file.string()));
    return std::shared_ptr<const Recommender>(std::move(*model));
}

Status read_manifest(BinaryReader& reader, const fs::path& folder, ModelSnapshot& snapshot) {
    snapshot.version = reader.text();
    snapshot.trained_at.ms = reader.number<std::int64_t>();
    snapshot.as_of.ms = reader.number<std::int64_t>();
    snapshot.database_revision = reader.number<std::uint64_t>();
    EventWeights& weights = snapshot.event_weights;
    for (double* weight :
         {&weights.view, &weights.like, &weights.share, &weights.comment, &weights.purchase}) {
        *weight = reader.number<double>();
    }
    const std::vector<std::string> names = reader.texts();
    ATTUNE_TRY(reader.status());
    for (const std::string& name : names) {
        if (name.find('/') != std::string::npos) {
            return fail(ErrorCode::kCorrupt, "a model's name has a slash in it");
        }
        ATTUNE_ASSIGN(auto model, read_model(folder / (name + ".bin"), name, snapshot.catalogue));
        snapshot.models.push_back(std::move(model));
    }
    ATTUNE_ASSIGN(snapshot.blend, read_blend_part(reader, snapshot.models));
    ATTUNE_ASSIGN(snapshot.cold_blend, read_blend_part(reader, snapshot.models));
    snapshot.report = nlohmann::json::parse(reader.text(), nullptr, false);
    ATTUNE_TRY(reader.status());
    if (!snapshot.cold_blend || snapshot.report.is_discarded()) {
        return fail(ErrorCode::kCorrupt, "parts of the snapshot are missing");
    }
    return {};
}

}  // namespace

const Blend& ModelSnapshot::blend_for(const CustomerView& customer) const {
    const bool has_history = std::any_of(customer.history.begin(), customer.history.end(),
                                         [](const Interaction& i) { return i.weight > 0; });
    ATTUNE_ASSERT(cold_blend != nullptr);
    return blend != nullptr && has_history ? *blend : *cold_blend;
}

std::string make_version(Timestamp trained_at, std::uint64_t database_revision,
                         const nlohmann::json& report) {
    std::string stamp;
    for (const char c : format_timestamp(trained_at).substr(0, 19)) {
        if (c != '-' && c != ':') stamp += c;
    }
    const std::string content = fmt::format("{} {}", database_revision, report.dump());
    return fmt::format("{}Z-{}", stamp, to_hex(hash64(content)).substr(0, 8));
}

Status save_snapshot(const ModelSnapshot& snapshot, const fs::path& folder, std::size_t num_kept) {
    const fs::path target = folder / snapshot.version;
    const fs::path temporary = folder / (snapshot.version + ".tmp");
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return cannot_be_made(folder, error);
    ATTUNE_ASSIGN(const FileLock lock, lock_saving(folder));
    remove_leftovers(folder);
    fs::create_directory(temporary, error);
    if (error) return cannot_be_made(temporary, error);
    ATTUNE_TRY(write_folder(snapshot, temporary));
    fs::remove_all(target, error);
    fs::rename(temporary, target, error);
    if (error) return cannot_be_made(target, error);
    ATTUNE_TRY(write_current(folder, snapshot.version));
    prune(folder, snapshot.version, num_kept);
    return {};
}

Result<std::shared_ptr<const ModelSnapshot>> load_snapshot(
    const fs::path& folder, const std::string& version,
    std::shared_ptr<const Catalogue> catalogue) {
    ATTUNE_TRY(check_version(folder, version));
    const fs::path place = folder / version;
    auto snapshot = std::make_shared<ModelSnapshot>();
    ATTUNE_ASSIGN(snapshot->in_use, hold_version(place));
    if (catalogue) {
        snapshot->catalogue = std::move(catalogue);
    } else {
        auto kept = read_catalogue(place / kCatalogueFile);
        if (!kept) return fail(as_damage(kept.error()));
        snapshot->catalogue = std::move(*kept);
    }
    const auto bytes = read_checked_file(place / kManifestFile, "snapshot", kFormatVersion);
    if (!bytes) return fail(as_damage(bytes.error()));
    BinaryReader reader(*bytes);
    if (Status status = read_manifest(reader, place, *snapshot); !status) {
        return fail(as_damage(status.error()));
    }
    return std::shared_ptr<const ModelSnapshot>(std::move(snapshot));
}

Result<SnapshotSummary> read_snapshot_summary(const fs::path& folder, const std::string& version) {
    ATTUNE_TRY(check_version(folder, version));
    const fs::path place = folder / version;
    const auto bytes = read_checked_file(place / kManifestFile, "snapshot", kFormatVersion);
    if (!bytes) return fail(as_damage(bytes.error()));
    BinaryReader reader(*bytes);
    SnapshotSummary summary;
    reader.text();
    summary.trained_at.ms = reader.number<std::int64_t>();
    summary.as_of.ms = reader.number<std::int64_t>();
    summary.database_revision = reader.number<std::uint64_t>();
    for (int weight = 0; weight < 5; ++weight) reader.number<double>();
    summary.models = reader.texts();
    ATTUNE_ASSIGN(summary.blend, read_saved_blend_part(reader));
    ATTUNE_ASSIGN(summary.cold_blend, read_saved_blend_part(reader));
    summary.report = nlohmann::json::parse(reader.text(), nullptr, false);
    ATTUNE_TRY(reader.status());
    if (summary.report.is_discarded()) {
        return fail(ErrorCode::kCorrupt, "{}: its report cannot be read", place.string());
    }
    std::error_code ignored;
    for (const fs::directory_entry& file : fs::directory_iterator(place, ignored)) {
        const std::uintmax_t size = file.file_size(ignored);
        if (!ignored) summary.size_bytes += size;
    }
    return summary;
}

Status make_current_snapshot(const fs::path& folder, const std::string& version) {
    ATTUNE_TRY(check_version(folder, version));
    ATTUNE_ASSIGN(const FileLock lock, lock_saving(folder));
    return write_current(folder, version);
}

Result<std::string> current_snapshot_version(const fs::path& folder) {
    return read_checked_file(folder / kCurrentFile, "current", kFormatVersion);
}

Status remove_snapshot(const fs::path& folder, const std::string& version) {
    ATTUNE_TRY(check_version(folder, version));
    ATTUNE_ASSIGN(const FileLock lock, lock_saving(folder));
    if (const auto current = current_snapshot_version(folder); current && *current == version) {
        return fail(ErrorCode::kConflict, "model {} is the current one; activate another one first",
                    version);
    }
    // Renamed first: a folder that is half removed must not look like a version.
    const fs::path doomed = folder / (version + ".tmp");
    std::error_code error;
    fs::rename(folder / version, doomed, error);
    if (error) return cannot_be_made(doomed, error);
    fs::remove_all(doomed, error);
    if (error)
        return fail(file_error_code(error.value()), "{}: {}", doomed.string(), error.message());
    return {};
}

std::vector<std::string> list_snapshots(const fs::path& folder) {
    std::vector<std::string> versions;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (is_version(name) && fs::exists(entry.path() / kManifestFile, ignored)) {
            versions.push_back(name);
        }
    }
    std::sort(versions.rbegin(), versions.rend());
    return versions;
}

Result<LoadedSnapshot> load_current_snapshot(const fs::path& folder,
                                             std::shared_ptr<const Catalogue> catalogue) {
    std::vector<std::string> versions = list_snapshots(folder);
    if (versions.empty()) {
        return fail(ErrorCode::kNotFound,
                    "{}: there is no trained model yet; train one with `attune train`",
                    folder.string());
    }
    LoadedSnapshot loaded;
    const auto current = read_checked_file(folder / kCurrentFile, "current", kFormatVersion);
    if (!current) {
        loaded.refused.push_back(current.error().message);
    } else {
        // Only the current version and those before it: going back to an old one was a choice.
        std::erase_if(versions, [&](const std::string& version) { return version > *current; });
    }
    std::optional<Error> first_error;
    for (const std::string& version : versions) {
        auto snapshot = load_snapshot(folder, version, catalogue);
        if (snapshot) {
            loaded.snapshot = std::move(*snapshot);
            return loaded;
        }
        loaded.refused.push_back(snapshot.error().message);
        if (!first_error) first_error = snapshot.error();
    }
    if (first_error) return fail(*first_error);
    return fail(ErrorCode::kCorrupt, "{}: names a version that is not there",
                (folder / kCurrentFile).string());
}

}  // namespace attune
