#include "cli/restart_restored.hpp"

#include <thread>
#include <type_traits>
#include <vector>

#include "cli/start_service.hpp"
#include "http/stand_in.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

/// The jobs that the other store does not know as they are: the one that asks, and those whose
/// files are there, for nobody would find or remove these otherwise.
std::vector<Job> jobs_to_keep(const RestoreRequest& request, const JobRunner& runner) {
    std::vector<Job> kept;
    NewestFirst page;
    for (;;) {
        const auto jobs = runner.list(page);
        // Without them the data is restored all the same.
        if (!jobs) return kept;
        for (const Job& job : *jobs) {
            const bool has_file = job.has_ended() && !job.file.empty();
            if (has_file || job.id == request.job) kept.push_back(job);
        }
        if (jobs->size() < page.limit) return kept;
        page.before = TimeCursor{jobs->back().created_at, jobs->back().id};
    }
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

/// Does what may be in somebody's way now, such as a disk that is full, until that is over.
template <typename Work>
std::invoke_result_t<Work> keep_trying(const Context& context,
                                       const std::function<bool()>& stopping, const Work& work) {
    for (;;) {
        auto result = work();
        const bool later = !result && result.error().code == ErrorCode::kUnavailable;
        if (!later || stopping()) return result;
        context.remark("trying again: " + result.error().message);
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

/// The service on what was staged, or with the reason in `outcome` on what was there before.
Result<std::unique_ptr<RunningService>> open_restored(Context& context, const Config& config,
                                                      RestoreDesk& desk,
                                                      const RestoreRequest& request,
                                                      const std::function<bool()>& stopping,
                                                      Status& outcome) {
    const std::string url = context.database_url();
    const DatabaseOptions options = database_options(config);
    const auto open = [&] { return open_service(context, config, desk); };
    outcome = finish_restore(url, request.earlier, options);
    if (outcome) {
        auto service = open();
        if (service) {
            settle_restore(url);
            return service;
        }
        outcome = fail(service.error().code, "{} cannot be served: {}", request.source,
                       service.error().message);
        ATTUNE_TRY(keep_trying(context, stopping, [&] { return undo_restore(url, options); }));
    }
    // First, for it takes room on the disk.
    drop_staged_restore(url);
    return keep_trying(context, stopping, open);
}

}  // namespace

Result<std::unique_ptr<RunningService>> restart_restored(Context& context, const Config& config,
                                                         RestoreDesk& desk,
                                                         const RestoreRequest& request,
                                                         const std::function<bool()>& stopping,
                                                         std::unique_ptr<RunningService> service) {
    ATTUNE_ASSIGN(HttpServerOptions server, http_server_options(config));
    ATTUNE_ASSIGN(const std::filesystem::path database, database_file(context.database_url()));
    server.port = service->http->port();
    ATTUNE_ASSIGN(const Config same_port,
                  config.with({{"http.port", std::to_string(server.port)}}));
    service->live->alert(
        fmt::format("{} takes the place of the data; the service starts again", request.source));
    service->stop();
    std::vector<Job> jobs = jobs_to_keep(request, *service->jobs);
    service.reset();

    auto stand_in = start_stand_in(context, server);
    Status outcome;
    auto next = open_restored(context, config, desk, request, stopping, outcome);
    if (stand_in != nullptr) stand_in->stop(std::chrono::milliseconds(0));
    Status listening = next ? Status() : fail(next.error());
    if (next) {
        RunningService& running = **next;
        // Callers are not told where files lie here.
        const Status told =
            outcome ? outcome
                    : fail(outcome.error().calling(database.parent_path().string() + "/", ""));
        const Status kept = record_jobs(std::move(jobs), request, told, running);
        running.live->alert(told ? fmt::format("{} was restored", request.source)
                                 : fmt::format("{} was not restored, the data is as it was: {}",
                                               request.source, told.error().message));
        if (!kept) running.live->alert("what jobs wrote is not known: " + kept.error().message);
        listening = listen(context, same_port, running);
    }
    if (const Status told = desk.answer(request, listening ? outcome : listening); !told) {
        context.remark("who asked to restore cannot be told: " + told.error().message);
    }
    ATTUNE_TRY(listening);
    return next;
}

}  // namespace attune
