#include "jobs/job.hpp"

#include <algorithm>
#include <array>

namespace attune {
namespace {

using nlohmann::json;

constexpr std::array kStates{JobState::kQueued, JobState::kRunning, JobState::kDone,
                             JobState::kFailed, JobState::kCancelled};

json stage_json(const JobProgress::Stage& stage) {
    return {{"stage", stage.name}, {"done", stage.done}, {"total", stage.total}};
}

json progress_json(const JobProgress& progress) {
    json stages = json::array();
    for (const JobProgress::Stage& stage : progress.stages) stages.push_back(stage_json(stage));
    json document = progress.stages.empty() ? json{{"stage", ""}, {"done", 0}, {"total", 0}}
                                            : stage_json(progress.stages.back());
    document["stages"] = std::move(stages);
    return document;
}

json error_json(const Error& error) {
    return {{"code", error_code_name(error.code)}, {"message", error.message}};
}

json time_or_null(const std::optional<Timestamp>& time) {
    return time ? json(format_timestamp(*time)) : json(nullptr);
}

ErrorCode parse_code(const std::string& name) {
    for (int code = 0; code <= static_cast<int>(ErrorCode::kTooManyRequests); ++code) {
        if (error_code_name(static_cast<ErrorCode>(code)) == name) {
            return static_cast<ErrorCode>(code);
        }
    }
    return ErrorCode::kInternal;
}

}  // namespace

std::string_view job_state_name(JobState state) {
    switch (state) {
        case JobState::kQueued:
            return "queued";
        case JobState::kRunning:
            return "running";
        case JobState::kDone:
            return "done";
        case JobState::kFailed:
            return "failed";
        case JobState::kCancelled:
            return "cancelled";
    }
    return "unknown";
}

Result<JobState> parse_job_state(std::string_view text) {
    const auto found = std::find_if(kStates.begin(), kStates.end(),
                                    [&](JobState state) { return job_state_name(state) == text; });
    if (found != kStates.end()) return *found;
    return fail(ErrorCode::kInvalidArgument, "'{}' is no state of a job", text.substr(0, 64));
}

json to_json(const Job& job) {
    json document{{"id", job.id},
                  {"kind", job.kind},
                  {"state", job_state_name(job.state)},
                  {"created_by", job.created_by},
                  {"created_at", format_timestamp(job.created_at)},
                  {"started_at", time_or_null(job.started_at)},
                  {"ended_at", time_or_null(job.ended_at)},
                  {"parameters", job.parameters},
                  {"progress", progress_json(job.progress)},
                  {"has_file", !job.file.empty()}};
    if (job.error) document["error"] = error_json(*job.error);
    if (!job.result.is_null()) document["result"] = job.result;
    return document;
}

JobRecord to_record(const Job& job) {
    JobRecord record;
    record.id = job.id;
    record.kind = job.kind;
    record.state = job_state_name(job.state);
    record.created_by = job.created_by;
    record.created_at = job.created_at;
    record.started_at = job.started_at;
    record.ended_at = job.ended_at;
    json document{{"parameters", job.parameters},
                  {"progress", progress_json(job.progress)},
                  {"result", job.result},
                  {"file", job.file}};
    if (job.error) document["error"] = error_json(*job.error);
    record.document = document.dump(-1, ' ', false, json::error_handler_t::replace);
    return record;
}

Result<Job> job_from_record(const JobRecord& record) {
    Job job;
    job.id = record.id;
    job.kind = record.kind;
    job.created_by = record.created_by;
    job.created_at = record.created_at;
    job.started_at = record.started_at;
    job.ended_at = record.ended_at;
    auto state = parse_job_state(record.state);
    if (!state) return fail(ErrorCode::kCorrupt, "job {}: {}", record.id, state.error().message);
    job.state = *state;
    try {
        const json document = json::parse(record.document);
        job.parameters = document.value("parameters", json());
        job.result = document.value("result", json());
        job.file = document.value("file", std::string());
        if (document.contains("error")) {
            job.error = Error{parse_code(document.at("error").at("code").get<std::string>()),
                              document.at("error").at("message").get<std::string>()};
        }
        for (const json& stage : document.at("progress").at("stages")) {
            job.progress.stages.push_back({stage.at("stage").get<std::string>(),
                                           stage.at("done").get<std::uint64_t>(),
                                           stage.at("total").get<std::uint64_t>()});
        }
    } catch (const json::exception& error) {
        return fail(ErrorCode::kCorrupt, "job {}: {}", record.id, error.what());
    }
    return job;
}

}  // namespace attune
