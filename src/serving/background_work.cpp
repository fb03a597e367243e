#include "serving/background_work.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "core/thread_pool.hpp"
#include "serving/export_service.hpp"
#include "serving/guess_mapping.hpp"
#include "serving/recommend_list.hpp"
#include "serving/settings.hpp"
#include "serving/train_service.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// @errors kInvalidArgument: no object, or a key that is not among those known
Status check_keys(const json& parameters, const std::vector<std::string>& known) {
    if (!parameters.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "the parameters must be a JSON object");
    }
    for (const auto& [key, value] : parameters.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        return fail(ErrorCode::kInvalidArgument, "there is no parameter '{}'; there are {}",
                    key.substr(0, 64), fmt::join(known, ", "));
    }
    return {};
}

template <typename T>
Result<T> value_or(const json& parameters, const char* key, T otherwise, const char* takes) {
    const auto found = parameters.find(key);
    if (found == parameters.end() || found->is_null()) return otherwise;
    try {
        return found->get<T>();
    } catch (const json::exception&) {
        return fail(ErrorCode::kInvalidArgument, "{}: takes {}", key, takes);
    }
}

/// The configuration with what the job sets.
Result<Config> training_config(const Config& config, const json& parameters) {
    ATTUNE_TRY(check_keys(parameters, {"models", "tune", "seed"}));
    std::map<std::string, std::string, std::less<>> values;
    ATTUNE_ASSIGN(const auto models, value_or(parameters, "models", std::vector<std::string>(),
                                              "a list of names of recommenders"));
    if (!models.empty()) values["training.models"] = fmt::format("{}", fmt::join(models, ", "));
    ATTUNE_ASSIGN(const bool tune,
                  value_or(parameters, "tune", config.boolean("training.tune"), "true or false"));
    values["training.tune"] = tune ? "true" : "false";
    ATTUNE_ASSIGN(const auto seed,
                  value_or(parameters, "seed", config.integer("training.seed"), "a whole number"));
    values["training.seed"] = fmt::format("{}", seed);
    return config.with(values);
}

Result<ImportFile> import_file_of(LiveService& service, const std::vector<fs::path>& folders,
                                  const json& entry) {
    ATTUNE_TRY(check_keys(entry, {"path", "name", "mapping", "sheet"}));
    ImportFile file;
    ATTUNE_ASSIGN(const auto path, value_or(entry, "path", std::string(), "a text"));
    ATTUNE_ASSIGN(auto mapping, value_or(entry, "mapping", std::string(), "a text"));
    ATTUNE_ASSIGN(const auto sheet, value_or(entry, "sheet", std::string(), "a text"));
    ATTUNE_ASSIGN(file.name, value_or(entry, "name", std::string(), "a text"));
    const ReaderLimits limits = reader_limits(service.settings().config());
    file.path = path;
    if (mapping.empty()) {
        ATTUNE_ASSIGN(mapping, guess_mapping(file.path, folders, limits));
    } else if (mapping.find('/') != std::string::npos) {
        return fail(ErrorCode::kInvalidArgument, "mapping: '{}' must be a name and not a path",
                    mapping.substr(0, 64));
    }
    ATTUNE_ASSIGN(file.mapping, find_mapping(mapping, folders));
    file.mapping.source.limits = limits;
    if (!sheet.empty()) file.mapping.source.sheet = sheet;
    return file;
}

json counts_json(const ImportOutcome& outcome) {
    json counts = json::object();
    for (const RecordKind kind : kRecordKinds) {
        const PutCounts& stored = outcome.stored[static_cast<std::size_t>(kind)];
        if (stored == PutCounts{}) continue;
        counts[std::string(record_kind_name(kind))] = {
            {"added", stored.added}, {"changed", stored.changed}, {"unchanged", stored.unchanged}};
    }
    return counts;
}

Result<json> import_named(LiveService& service, const std::vector<fs::path>& folders,
                          const json& parameters, Progress& progress) {
    ATTUNE_ASSIGN(ImportOptions options,
                  import_options(service.settings().config(), service.clock().now()));
    ATTUNE_ASSIGN(const auto on_error,
                  value_or(parameters, "on_error", std::string(), "stop or skip"));
    if (!on_error.empty() && on_error != "stop" && on_error != "skip") {
        return fail(ErrorCode::kInvalidArgument, "on_error: '{}' is not stop or skip",
                    on_error.substr(0, 64));
    }
    if (!on_error.empty()) {
        options.on_error = on_error == "skip" ? OnError::kSkip : OnError::kStop;
    }
    std::vector<ImportFile> files;
    for (const json& entry : parameters.value("files", json::array())) {
        ATTUNE_ASSIGN(ImportFile file, import_file_of(service, folders, entry));
        files.push_back(std::move(file));
    }
    if (files.empty()) return fail(ErrorCode::kInvalidArgument, "files: there are none");
    // What was uploaded lies in a folder that takes files.
    ATTUNE_ASSIGN(const ImportOutcome outcome,
                  import_files(service.database(), files, options, files.front().path.parent_path(),
                               progress));
    const std::vector<std::string> not_in_force = service.refresh_after_import(outcome, progress);
    json reports = json::array();
    std::uint64_t num_users = 0;
    for (const ImportReport& report : outcome.reports) {
        reports.push_back(to_json(report));
        num_users += report.customers;
    }
    std::string message = fmt::format("Successfully imported {} users", num_users);
    for (const std::string& remark : not_in_force) message += "; " + remark;
    return json{{"message", std::move(message)},
                {"counts", counts_json(outcome)},
                {"reports", std::move(reports)}};
}

/// The error, calling the files as their sender does.
Error call_by_name(Error error, const json& files) {
    for (const json& entry : files) {
        const std::string name = entry.value("name", std::string());
        if (!name.empty()) error = error.calling(entry.value("path", std::string()), name);
    }
    return error;
}

}  // namespace

Result<json> train_work(LiveService& service, const json& parameters, Progress& progress) {
    const auto start = std::chrono::steady_clock::now();
    ATTUNE_ASSIGN(const Config config, training_config(service.settings().config(), parameters));
    TrainRequest request;
    ATTUNE_ASSIGN(request.options, training_options(config));
    request.event_weights = event_weights(config);
    request.folder = service.models_folder();
    request.num_kept = static_cast<std::size_t>(config.integer("storage.kept_models"));
    ThreadPool pool(static_cast<std::size_t>(config.integer("training.threads")));
    ATTUNE_ASSIGN(const auto snapshot,
                  train_and_save(service.database(), request, service.clock(), pool, progress));
    ATTUNE_TRY(service.models().activate(snapshot->version));
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return json{{"version", snapshot->version}, {"seconds", seconds}, {"report", snapshot->report}};
}

Result<json> import_work(LiveService& service, const std::vector<fs::path>& folders,
                         const json& parameters, Progress& progress) {
    ATTUNE_TRY(check_keys(parameters, {"files", "on_error", "remove_files"}));
    ATTUNE_ASSIGN(const bool remove, value_or(parameters, "remove_files", false, "true or false"));
    auto result = import_named(service, folders, parameters, progress);
    if (!result) {
        result = fail(call_by_name(result.error(), parameters.value("files", json::array())));
    }
    if (remove) {
        for (const json& entry : parameters.value("files", json::array())) {
            std::error_code ignored;
            fs::remove(entry.value("path", std::string()), ignored);
        }
    }
    return result;
}

Result<json> recommend_all_work(LiveService& service, const json& parameters, const fs::path& file,
                                Progress& progress) {
    ATTUNE_TRY(check_keys(parameters, {"n", "purpose"}));
    RecommendRequest request;
    ATTUNE_ASSIGN(request.num_items, value_or(parameters, "n", std::size_t{0}, "a whole number"));
    ATTUNE_ASSIGN(request.purpose, value_or(parameters, "purpose", request.purpose, "a text"));
    ATTUNE_ASSIGN(
        const RecommendAllOutcome outcome,
        recommend_all(service.database(), service.recommender(), request, file, progress));
    return json{{"customers", outcome.num_customers},
                {"refused", outcome.num_refused},
                {"items", outcome.num_items},
                {"model_version", outcome.model_version}};
}

Result<json> export_work(LiveService& service, const json& parameters, const fs::path& file,
                         Progress& progress) {
    ATTUNE_TRY(check_keys(parameters, {"kind", "format"}));
    ATTUNE_ASSIGN(const auto name, value_or(parameters, "kind", std::string(), "a text"));
    ATTUNE_ASSIGN(const RecordKind kind, parse_record_kind(name));
    ATTUNE_ASSIGN(const std::uint64_t records,
                  export_records(service.database(), kind, file, progress));
    return json{{"records", records}};
}

Result<json> backup_work(LiveService& service, const fs::path& file, Progress& progress) {
    ATTUNE_TRY(service.database().backup(file, progress));
    std::error_code ignored;
    return json{{"size_bytes", fs::file_size(file, ignored)}};
}

}  // namespace attune
