#include <fmt/core.h>

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "core/hash.hpp"
#include "http/file_body.hpp"
#include "http/idempotency_key.hpp"
#include "http/job_json.hpp"
#include "http/json_body.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"

namespace attune {
namespace {

using nlohmann::json;

OrProblem<HttpResponse> list_jobs(const Call& call, ServiceParts& parts,
                                  const ServiceLimits& limits) {
    ATTUNE_HTTP_TRY(call.target.query.only({"limit", "cursor"}));
    ATTUNE_HTTP_ASSIGN(const NewestFirst page, newest_first(call.target.query, limits));
    ATTUNE_HTTP_ASSIGN(std::vector<Job> jobs, parts.jobs.list(page));
    json body{{"jobs", json::array()}, {"next_cursor", nullptr}};
    if (jobs.size() == page.limit) {
        jobs.pop_back();
        body["next_cursor"] = to_cursor(TimeCursor{jobs.back().created_at, jobs.back().id});
    }
    for (const Job& job : jobs) body["jobs"].push_back(job_json(job));
    return json_response(200, body);
}

OrProblem<HttpResponse> get_job(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Job job, parts.jobs.get(call.parameter(0)));
    return json_response(200, job_json(job));
}

OrProblem<HttpResponse> start_job(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(json body, read_json_object(call.request));
    const std::string kind = body.value("kind", json("")).is_string()
                                 ? body.value("kind", json("")).get<std::string>()
                                 : std::string{};
    if (kind != "recommend_all" && kind != "backup") {
        return tl::unexpected(Problem{
            422, "invalid_argument",
            "kind: must be recommend_all or backup; training and imports have routes of their own",
            "kind"});
    }
    body.erase("kind");
    const auto job = parts.jobs.submit(kind, body, call.principal.key());
    if (!job) return tl::unexpected(in_body(job.error()));
    return json_response(202, {{"job", job_json(*job)}});
}

OrProblem<HttpResponse> cancel_job(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Job job, parts.jobs.cancel(call.parameter(0)));
    return json_response(202, {{"job", job_json(job)}});
}

OrProblem<HttpResponse> get_file(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Job job, parts.jobs.get(call.parameter(0)));
    // A copy of the whole store holds more than any export: hashes and keys too.
    if (job.kind == "backup" && !call.principal.permits(Scope::kAccountsAdmin)) {
        return tl::unexpected(
            Problem{403, "forbidden", "a backup takes the scope accounts:admin", {}});
    }
    ATTUNE_HTTP_ASSIGN(const std::filesystem::path file, parts.jobs.file_of(job.id));
    HttpResponse response;
    response.content_type = "application/octet-stream";
    response.with("Content-Disposition",
                  "attachment; filename=\"" + file.filename().string() + "\"");
    ATTUNE_HTTP_ASSIGN(response.producer, file_body(file));
    return response;
}

/// Whether what an earlier restore put aside goes.
OrProblem<bool> drop_replaced(const HttpRequest& request) {
    if (request.body.empty()) return false;
    ATTUNE_HTTP_ASSIGN(const json body, read_json_object(request));
    bool drop = false;
    for (const auto& [name, value] : body.items()) {
        if (name != "drop_replaced") {
            return tl::unexpected(Problem{422, "invalid_argument",
                                          name + ": is not known here; drop_replaced is", name});
        }
        if (!value.is_boolean()) {
            return tl::unexpected(
                Problem{422, "invalid_argument", name + ": must be true or false", name});
        }
        drop = value;
    }
    return drop;
}

/// A request with an Idempotency-Key. Kept with the job, which the restored data knows too, and not
/// with the answers, which it does not.
struct KeyedRequest {
    std::string key;   ///< hash of the key and of who sent it; empty: it has none
    std::string sent;  ///< hash of what was asked for
};

OrProblem<KeyedRequest> keyed_request(const Call& call) {
    const auto key = call.request.header("idempotency-key");
    if (!key) return KeyedRequest{};
    ATTUNE_HTTP_ASSIGN(const std::string checked, checked_idempotency_key(*key));
    return KeyedRequest{to_hex(hash128(fmt::format("{}\n{}", call.principal.key(), checked))),
                        idempotent_request_hash(call.request)};
}

/// The restore that a request began before; none: it is new.
OrProblem<std::optional<Job>> begun_by(const KeyedRequest& request, ServiceParts& parts) {
    constexpr std::size_t kNewestJobs = 500;
    if (request.key.empty()) return std::nullopt;
    ATTUNE_HTTP_ASSIGN(std::vector<Job> jobs, parts.jobs.list({.limit = kNewestJobs}));
    for (Job& job : jobs) {
        if (job.kind != "restore" || job.parameters.value("key", "") != request.key) continue;
        if (job.parameters.value("sent", "") == request.sent) return std::move(job);
        return tl::unexpected(idempotency_key_reused());
    }
    return std::nullopt;
}

/// Puts what a backup wrote in the place of the data.
OrProblem<HttpResponse> restore_backup(const Call& call, ServiceParts& parts, std::mutex& turn) {
    ATTUNE_HTTP_ASSIGN(const bool drop, drop_replaced(call.request));
    ATTUNE_HTTP_ASSIGN(const KeyedRequest request, keyed_request(call));
    const std::lock_guard lock(turn);  // of two with one key the second finds the job of the first
    ATTUNE_HTTP_ASSIGN(const std::optional<Job> begun, begun_by(request, parts));
    if (begun) {
        HttpResponse again = json_response(202, {{"job", job_json(*begun)}});
        again.with("Idempotency-Replayed", "true");
        return again;
    }
    ATTUNE_HTTP_ASSIGN(const Job job, parts.jobs.get(call.parameter(0)));
    if (job.kind != "backup" || job.state != JobState::kDone) {
        return tl::unexpected(
            Problem{409, "conflict", fmt::format("job {} is no backup that is done", job.id), {}});
    }
    ATTUNE_HTTP_TRY(parts.jobs.file_of(job.id));
    json parameters{{"job", job.id}, {"file", job.file}, {"drop_replaced", drop}};
    if (!request.key.empty()) {
        parameters["key"] = request.key;
        parameters["sent"] = request.sent;
    }
    ATTUNE_HTTP_ASSIGN(const Job restoring,
                       parts.jobs.submit("restore", std::move(parameters), call.principal.key()));
    return json_response(202, {{"job", job_json(restoring)}});
}

}  // namespace

std::vector<Route> job_routes(ServiceParts& parts, const ServiceLimits& limits) {
    const auto with = [&parts](auto handler) {
        return [handler, &parts](const Call& call) { return handler(call, parts); };
    };
    return {
        {.method = HttpMethod::kGet,
         .pattern = "/api/jobs",
         .scope = Scope::kJobsRead,
         .handler = [&parts, limits](const Call& call) { return list_jobs(call, parts, limits); }},
        {.method = HttpMethod::kPost,
         .pattern = "/api/jobs",
         .scope = Scope::kJobsWrite,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(start_job)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/jobs/{id}",
         .scope = Scope::kJobsRead,
         .handler = with(get_job)},
        {.method = HttpMethod::kPost,
         .pattern = "/api/jobs/{id}/cancel",
         .scope = Scope::kJobsWrite,
         .lane = Lane::kCancelling,
         .max_body_bytes = limits.max_json_bytes,
         .handler = with(cancel_job)},
        {.method = HttpMethod::kGet,
         .pattern = "/api/jobs/{id}/file",
         .scope = Scope::kExport,
         .handler = with(get_file)},
        {.method = HttpMethod::kPost,
         .pattern = "/api/jobs/{id}/restore",
         .scope = Scope::kAccountsAdmin,
         .max_body_bytes = limits.max_json_bytes,
         .heeds_key = true,
         .handler = [&parts, turn = std::make_shared<std::mutex>()](
                        const Call& call) { return restore_backup(call, parts, *turn); }},
    };
}

}  // namespace attune
