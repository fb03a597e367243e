#pragma once

#include <filesystem>
#include <vector>

#include "jobs/job_runner.hpp"
#include "serving/live_service.hpp"
#include "serving/restore_desk.hpp"
#include "serving/retention.hpp"

namespace attune {

/// The kinds of jobs that a service does: train (in the heavy lane), import, recommend_all, export,
/// backup. serving/background_work.hpp says what they take and give.
/// @param mapping_folders  where imports look for mappings
/// @lifetime borrows the service
std::vector<JobKind> job_kinds(LiveService& service,
                               std::vector<std::filesystem::path> mapping_folders);

/// The job that puts a backup of this service in the place of its data. It runs until the service
/// stops for it: what becomes of it then, whoever restarts the service records.
/// @lifetime borrows the desk
JobKind restore_job_kind(RestoreDesk& desk, const std::string& url, const DatabaseOptions& options);

/// What [jobs] of the configuration says; jobs are published on the service's stream.
/// @param files_folder  used where jobs.files_folder is empty
/// @lifetime borrows the service
JobRunnerOptions job_runner_options(LiveService& service, const Config& config,
                                    const std::filesystem::path& files_folder);

/// How long jobs and what they wrote are kept. @lifetime borrows the runner
RetentionRule jobs_retention_rule(JobRunner& jobs, const Config& config);

}  // namespace attune
