#include "cli/start_service.hpp"

#include <fmt/core.h>

#include <mutex>

#include "access/options.hpp"
#include "cli/job_kinds.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

/// Beside the models: uploads that wait for their import, and what jobs write.
fs::path files_folder(const Context& context) {
    fs::path folder = context.models_folder();
    folder += ".files";
    return folder;
}

fs::path uploads_folder(const Context& context) {
    return files_folder(context) / "uploads";
}

Status start_jobs(const Context& context, const Config& config, RestoreDesk& desk,
                  RunningService& service) {
    ATTUNE_ASSIGN(const fs::path home, context.home());
    std::vector<JobKind> kinds = job_kinds(*service.live, {home / "config" / "mappings"});
    kinds.push_back(restore_job_kind(desk, context.database_url(), database_options(config)));
    ATTUNE_ASSIGN(service.jobs,
                  JobRunner::start(
                      *service.database, service.clock, std::move(kinds),
                      job_runner_options(*service.live, config, files_folder(context) / "jobs")));
    return {};
}

}  // namespace

Result<LiveServiceOptions> live_options(const Context& context, const Config& config) {
    ATTUNE_ASSIGN(const fs::path home, context.home());
    LiveServiceOptions options{config, context.models_folder(),
                               home / "config" / "templates" / "reasons"};
    if (!config.text("explain.templates").empty()) {
        options.templates_folder = config.text("explain.templates");
    }
    options.log_alert = [&context](const std::string& text) { context.remark(text); };
    return options;
}

Result<std::unique_ptr<RunningService>> open_service(Context& context, const Config& config,
                                                     RestoreDesk& desk) {
    auto service = std::make_unique<RunningService>();
    ATTUNE_ASSIGN(auto database, context.open_database(Context::Access::kWrite));
    service->database =
        std::make_unique<WatchedDatabase>(std::move(database), WatchedDatabase::Options{});
    ATTUNE_ASSIGN(service->access_reads, context.open_database(Context::Access::kRead));
    ATTUNE_ASSIGN(service->access,
                  AccessService::open(*service->database, service->clock, access_options(config),
                                      service->access_reads.get()));
    ATTUNE_ASSIGN(const LiveServiceOptions options, live_options(context, config));
    ATTUNE_ASSIGN(service->live, LiveService::start(*service->database, service->clock, options,
                                                    context.progress()));
    ATTUNE_TRY(start_jobs(context, config, desk, *service));
    std::vector<RetentionRule> rules = store_retention_rules(*service->database, config);
    rules.push_back(jobs_retention_rule(*service->jobs, config));
    rules.push_back(uploads_retention_rule(uploads_folder(context), config));
    service->retention = std::make_unique<RetentionSweep>(
        std::move(rules), service->clock, retention_options(config),
        [&context](const std::string& text) { context.remark(text); });
    return service;
}

Status listen(const Context& context, const Config& config, RunningService& service) {
    const fs::path uploads = uploads_folder(context);
    std::error_code error;
    fs::create_directories(uploads, error);
    if (error) {
        return fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", uploads.string(),
                    error.message());
    }
    ATTUNE_ASSIGN(const fs::path home, context.home());
    const auto turn = std::make_shared<std::mutex>();
    ATTUNE_ASSIGN(service.http,
                  HttpService::start(
                      config, {*service.live, *service.jobs, *service.access, service.clock,
                               service.monotonic, *service.retention, *service.database, uploads,
                               home / "config" / "mappings", [turn](const std::string& line) {
                                   const std::lock_guard lock(*turn);
                                   fmt::print(stderr, "{}\n", line);
                               }}));
    return {};
}

void watch(RunningService& service) {
    service.retention->start();
    service.database->start([&service](const std::string& text) { service.live->alert(text); });
}

}  // namespace attune
