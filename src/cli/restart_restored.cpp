#include "cli/restart_restored.hpp"

#include <vector>

#include "cli/start_service.hpp"
#include "http/stand_in.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

/// The jobs that the other store does not know as they are.
std::vector<Job> jobs_of(const RestoreRequest& request, const JobRunner& runner) {
    std::vector<Job> jobs;
    for (const std::string& id : {request.backup_job, request.job}) {
        if (id.empty()) continue;
        if (const auto job = runner.get(id)) jobs.push_back(*job);
    }
    return jobs;
}

/// Brings jobs into the store that is served now, the one that asked with what became of it.
Status record_jobs(std::vector<Job> jobs, const RestoreRequest& request, const Status& outcome,
                   RunningService& service) {
    for (Job& job : jobs) {
        if (job.id == request.job) {
            job.state = outcome ? JobState::kDone : JobState::kFailed;
            job.ended_at = service.clock.now();
            if (!outcome) {
                job.error = outcome.error();
                job.result = nullptr;
            }
        }
        ATTUNE_TRY(service.jobs->record(job));
    }
    return {};
}

/// Answers on a port while no service does. Without it callers are refused: no harm but the words.
std::unique_ptr<HttpServer> start_stand_in(const Context& context, HttpServerOptions options) {
    const bool secure = !options.tls_certificate.empty();
    auto server = HttpServer::start(std::move(options),
                                    stand_in_sink("a backup takes the place of the data", secure),
                                    [](ConnectionRemark, const std::string&) {});
    if (server) return std::move(*server);
    context.remark("while the data is replaced nobody is answered: " + server.error().message);
    return nullptr;
}

}  // namespace

Result<std::unique_ptr<RunningService>> restart_restored(Context& context, const Config& config,
                                                         RestoreDesk& desk,
                                                         const RestoreRequest& request,
                                                         std::unique_ptr<RunningService> service) {
    const std::string url = context.database_url();
    service->live->alert(
        fmt::format("{} takes the place of the data; the service starts again", request.source));
    const std::uint16_t port = service->http->port();
    service->stop();
    std::vector<Job> jobs = jobs_of(request, *service->jobs);
    service.reset();

    ATTUNE_ASSIGN(HttpServerOptions server, http_server_options(config));
    server.port = port;
    auto stand_in = start_stand_in(context, server);
    Status outcome = finish_restore(url, request.earlier, database_options(config));
    auto next = open_service(context, config, desk);
    if (outcome && !next) {
        outcome = fail(next.error().code, "{} cannot be served: {}", request.source,
                       next.error().message);
        ATTUNE_TRY(undo_restore(url));
        next = open_service(context, config, desk);
    }
    if (!outcome) drop_staged_restore(url);
    ATTUNE_TRY(next);
    if (stand_in != nullptr) stand_in->stop(std::chrono::milliseconds(0));
    ATTUNE_ASSIGN(const Config same_port, config.with({{"http.port", std::to_string(port)}}));
    ATTUNE_TRY(listen(context, same_port, **next));

    RunningService& running = **next;
    running.live->alert(outcome ? fmt::format("{} was restored", request.source)
                                : fmt::format("{} was not restored, the data is as it was: {}",
                                              request.source, outcome.error().message));
    if (const Status kept = record_jobs(std::move(jobs), request, outcome, running); !kept) {
        running.live->alert("the job that restored cannot be kept: " + kept.error().message);
    }
    if (const Status told = desk.answer(request, outcome); !told) {
        running.live->alert("who asked to restore cannot be told: " + told.error().message);
    }
    return next;
}

}  // namespace attune
