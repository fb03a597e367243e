#include "cli/job_kinds.hpp"

#include <thread>

#include "serving/background_work.hpp"

namespace attune {
namespace {

using nlohmann::json;

Result<json> write_list(LiveService& service, const json& parameters, JobContext& context) {
    std::filesystem::path file = context.file_stem;
    file += ".jsonl";
    ATTUNE_ASSIGN(json result, recommend_all_work(service, parameters, file, context.progress));
    context.file = file;
    return result;
}

Result<json> write_export(LiveService& service, const json& parameters, JobContext& context) {
    const auto format = parameters.find("format");
    std::string ending = "jsonl";
    if (format != parameters.end() && format->is_string()) ending = format->get<std::string>();
    if (ending != "xlsx" && ending != "csv" && ending != "jsonl") {
        return fail(ErrorCode::kInvalidArgument, "format: '{}' is not xlsx, csv or jsonl",
                    ending.substr(0, 64));
    }
    std::filesystem::path file = context.file_stem;
    file += "." + ending;
    ATTUNE_ASSIGN(json result, export_work(service, parameters, file, context.progress));
    context.file = file;
    return result;
}

Result<json> write_backup(LiveService& service, JobContext& context) {
    std::filesystem::path file = context.file_stem;
    file += ".db";
    ATTUNE_ASSIGN(json result, backup_work(service, file, context.progress));
    context.file = file;
    return result;
}

constexpr std::chrono::milliseconds kBetweenLooks{20};

/// @param parameters  {"job", "file", "drop_replaced"}: whose file it is, its name, and whether
///                    what an earlier restore put aside goes
Result<json> restore(RestoreDesk& desk, const std::string& url, const DatabaseOptions& options,
                     const json& parameters, JobContext& context) {
    ATTUNE_ASSIGN(const std::filesystem::path database, database_file(url));
    ATTUNE_ASSIGN(FileLock lock, lock_restore(database));
    RestoreRequest request;
    request.backup_job = parameters.at("job");
    request.source = "the backup of job " + request.backup_job;
    request.earlier = parameters.at("drop_replaced") ? PutAside::kDrop : PutAside::kKeep;
    request.job = context.id;
    request.lock = std::make_shared<FileLock>(std::move(lock));
    const std::filesystem::path backup =
        context.file_stem.parent_path() / parameters.at("file").get<std::string>();
    ATTUNE_ASSIGN(const BackupCheck check,
                  stage_restore(url, backup, request.earlier, options, context.progress));
    context.progress.begin("starting the service again", 0);
    const auto held = request.lock;  // until the copy is removed, where it is
    desk.ask(std::move(request));
    while (!context.progress.cancelled()) {
        if (const auto why = desk.refusal(context.id)) {
            drop_staged_restore(url);
            return fail(*why);
        }
        std::this_thread::sleep_for(kBetweenLooks);
    }
    // Cancelled by a person, or by the service that stops: for this, or for another reason.
    if (desk.withdraw()) {
        drop_staged_restore(url);
        return fail(ErrorCode::kCancelled, "the restore was stopped");
    }
    context.goes_on = true;
    return json{{"customers", check.num_customers},
                {"products", check.num_products},
                {"events", check.num_events}};
}

}  // namespace

JobKind restore_job_kind(RestoreDesk& desk, const std::string& url,
                         const DatabaseOptions& options) {
    return {"restore", JobLane::kLight,
            [&desk, url, options](const json& parameters, JobContext& context) -> Result<json> {
                auto result = restore(desk, url, options, parameters, context);
                if (result) return result;
                const auto file = database_file(url);
                const std::string folder = file ? file->parent_path().string() + "/" : "";
                return fail(folder.empty() ? result.error() : result.error().calling(folder, ""));
            }};
}

std::vector<JobKind> job_kinds(LiveService& service,
                               std::vector<std::filesystem::path> mapping_folders) {
    return {{"train", JobLane::kHeavy,
             [&service](const json& parameters, JobContext& context) {
                 return train_work(service, parameters, context.progress);
             }},
            {"import", JobLane::kLight,
             [&service, folders = std::move(mapping_folders)](const json& parameters,
                                                              JobContext& context) {
                 return import_work(service, folders, parameters, context.progress);
             }},
            {"recommend_all", JobLane::kLight,
             [&service](const json& parameters, JobContext& context) {
                 return write_list(service, parameters, context);
             }},
            {"export", JobLane::kLight,
             [&service](const json& parameters, JobContext& context) {
                 return write_export(service, parameters, context);
             }},
            {"backup", JobLane::kLight, [&service](const json&, JobContext& context) {
                 return write_backup(service, context);
             }}};
}

JobRunnerOptions job_runner_options(LiveService& service, const Config& config,
                                    const std::filesystem::path& files_folder) {
    JobRunnerOptions options;
    options.max_waiting = static_cast<std::size_t>(config.integer("jobs.max_waiting"));
    options.nice = static_cast<int>(config.integer("jobs.nice"));
    options.progress_interval =
        std::chrono::milliseconds(config.integer("jobs.progress_interval_ms"));
    const std::string& set = config.text("jobs.files_folder");
    options.files_folder = set.empty() ? files_folder : std::filesystem::path(set);
    options.publish = [&service](const json& job) {
        service.stream().publish(StreamKind::kJob,
                                 job.dump(-1, ' ', false, json::error_handler_t::replace));
    };
    return options;
}

RetentionRule jobs_retention_rule(JobRunner& jobs, const Config& config) {
    return {"jobs", std::chrono::days(config.integer("retention.jobs_days")),
            [&jobs](Timestamp time, std::size_t limit) { return jobs.purge(time, limit); }};
}

}  // namespace attune
